/** How the bytes that a port reads become messages: as they come, as packets with a length before them, as lines. */
import { am } from '../../term/atoms.ts';
import type { Term } from '../../term/layout.ts';
import type { PortOptions } from './port-options.ts';

const BITS_OF_BYTE = 256;
const NEWLINE = 0x0a;

type Deliver = (content: Uint8Array, mark?: Term) => void;

/** A packet with its length before it, high byte first. */
export function framed(content: Uint8Array, packetBytes: number): Uint8Array[] {
  if (packetBytes === 0) return [content];
  const header = new Uint8Array(packetBytes);
  let rest = content.length;
  for (let i = packetBytes - 1; i >= 0; i--) {
    header[i] = rest % BITS_OF_BYTE;
    rest = Math.floor(rest / BITS_OF_BYTE);
  }
  return [header, content];
}

export class PortInput {
  private readonly options: Pick<PortOptions, 'packetBytes' | 'lineBytes'>;
  private readonly deliver: Deliver;
  private kept: Uint8Array = new Uint8Array();

  constructor(options: Pick<PortOptions, 'packetBytes' | 'lineBytes'>, deliver: Deliver) {
    this.options = options;
    this.deliver = deliver;
  }

  /** Bytes that have come. */
  take(content: Uint8Array): void {
    const { packetBytes, lineBytes } = this.options;
    if (packetBytes === 0 && lineBytes === 0) {
      if (content.length > 0) this.deliver(content);
      return;
    }
    const all = new Uint8Array(this.kept.length + content.length);
    all.set(this.kept);
    all.set(content, this.kept.length);
    this.kept = all.slice(packetBytes > 0 ? this.packets(all) : this.lines(all));
  }

  /** No more bytes will come: the last line may lack its end. */
  end(): void {
    if (this.options.lineBytes > 0 && this.kept.length > 0) this.deliver(this.kept, am.noeol);
    this.kept = new Uint8Array();
  }

  /** Delivers whole packets; returns where the rest begins. */
  private packets(all: Uint8Array): number {
    const { packetBytes } = this.options;
    let at = 0;
    while (at + packetBytes <= all.length) {
      const length = all.subarray(at, at + packetBytes).reduce((sum, byte) => sum * BITS_OF_BYTE + byte, 0);
      const end = at + packetBytes + length;
      if (end > all.length) break;
      this.deliver(all.slice(at + packetBytes, end));
      at = end;
    }
    return at;
  }

  private lines(all: Uint8Array): number {
    const { lineBytes } = this.options;
    let at = 0;
    for (;;) {
      const end = all.indexOf(NEWLINE, at);
      if (end >= 0 && end - at <= lineBytes) {
        this.deliver(all.slice(at, end), am.eol);
        at = end + 1;
      } else if (all.length - at > lineBytes) {
        this.deliver(all.slice(at, at + lineBytes), am.noeol);
        at += lineBytes;
      } else {
        return at;
      }
    }
  }
}
