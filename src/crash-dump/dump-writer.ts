/** Where a crash dump goes: text, in pieces, up to a number of bytes and until a time. */

/** The dump is not to go on. */
export class DumpEnded {
  readonly reason: 'full' | 'late';
  constructor(reason: 'full' | 'late') {
    this.reason = reason;
  }
}

export interface DumpLimits {
  /** Bytes at most; what is more is cut off. */
  readonly byteCount: number;
  /** Whether the time is up. */
  readonly isLate: () => boolean;
}

const PIECE_CHARACTERS = 2 ** 16;
const encoder = new TextEncoder();

export class DumpWriter {
  private readonly write: (bytes: Uint8Array) => void;
  private readonly limits: DumpLimits;
  private pending = '';
  private written = 0;

  constructor(write: (bytes: Uint8Array) => void, limits: DumpLimits) {
    this.write = write;
    this.limits = limits;
  }

  /** Throws DumpEnded. */
  text(text: string): void {
    this.pending += text;
    if (this.pending.length >= PIECE_CHARACTERS) this.flush();
  }

  line(text: string): void {
    this.text(`${text}\n`);
  }

  flush(): void {
    const bytes = encoder.encode(this.pending);
    this.pending = '';
    const room = this.limits.byteCount - this.written;
    this.written += bytes.length;
    this.write(bytes.length > room ? bytes.subarray(0, room) : bytes);
    if (bytes.length > room) throw new DumpEnded('full');
    if (this.limits.isLate()) throw new DumpEnded('late');
  }
}
