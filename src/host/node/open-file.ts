/**
 * Open files. Node has no lseek, so a file that has positions keeps its own here and reads and writes at it; only with what was open
 * already (standard input, say) it is the operating system's that counts, which other programs may share.
 */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writevSync,
} from 'node:fs';
import { isatty } from 'node:tty';
import { type FileInfo, type OpenFile, type OpenModes, PosixError, type SeekOrigin } from '../files.ts';
import { openFileInfo } from './file-info.ts';
import { posix } from './posix.ts';

const FILE_MODE = 0o666;
const DIRECTORY_MODE = 0o777;

/** Where reading and writing go on: at a position of ours, or at the operating system's. */
type Place = number | 'shared';

class NodeFile implements OpenFile {
  readonly descriptor: number;
  private readonly appends: boolean;
  private readonly writable: boolean;
  private readonly kind: 'seekable' | 'device' | 'stream';
  private place: Place;

  constructor(descriptor: number, place: Place, modes: { readonly write: boolean; readonly append: boolean }) {
    this.descriptor = descriptor;
    this.appends = modes.append;
    this.writable = modes.write;
    const stats = fstatSync(descriptor);
    if (stats.isFile() || stats.isBlockDevice() || stats.isDirectory()) this.kind = 'seekable';
    else this.kind = stats.isCharacterDevice() && !isatty(descriptor) ? 'device' : 'stream';
    this.place = this.kind === 'seekable' ? place : 'shared';
  }

  read(target: Uint8Array): number {
    const { place } = this;
    if (place === 'shared') return this.fill(target, null);
    const count = this.fill(target, place);
    this.place = place + count;
    return count;
  }

  readAt(target: Uint8Array, offset: number): number {
    return this.fill(target, offset);
  }

  private fill(target: Uint8Array, position: number | null): number {
    let count = 0;
    while (count < target.length) {
      const at = position === null ? null : position + count;
      const more = posix(() => readSync(this.descriptor, target, count, target.length - count, at));
      if (more === 0) break;
      count += more;
    }
    return count;
  }

  write(parts: readonly Uint8Array[]): void {
    const { place } = this;
    if (place === 'shared' || this.appends) {
      this.writeAll(parts, null);
      if (place !== 'shared') this.place = posix(() => fstatSync(this.descriptor).size);
      return;
    }
    this.place = place + this.writeAll(parts, place);
  }

  writeAt(parts: readonly Uint8Array[], offset: number): void {
    this.writeAll(parts, offset);
  }

  private writeAll(parts: readonly Uint8Array[], position: number | null): number {
    let rest = parts.filter((part) => part.length > 0);
    let count = 0;
    while (rest.length > 0) {
      const at = position === null ? undefined : position + count;
      const written = posix(() => writevSync(this.descriptor, rest, at));
      count += written;
      rest = withoutFirst(rest, written);
    }
    return count;
  }

  seek(origin: SeekOrigin, offset: number): number {
    if (this.kind === 'stream') throw new PosixError('espipe');
    if (this.kind === 'device') return 0;
    const target = this.origin(origin) + offset;
    if (target < 0 || !Number.isSafeInteger(target)) throw new PosixError('einval');
    this.place = target;
    return target;
  }

  private origin(origin: SeekOrigin): number {
    if (origin === 'bof') return 0;
    if (origin === 'eof') return posix(() => fstatSync(this.descriptor).size);
    return this.place === 'shared' ? sharedPosition(this.descriptor) : this.place;
  }

  sync(dataOnly: boolean): void {
    posix(() => (dataOnly ? fdatasyncSync(this.descriptor) : fsyncSync(this.descriptor)));
  }

  truncate(): void {
    const length = this.seek('cur', 0);
    posix(() => ftruncateSync(this.descriptor, length));
  }

  /** Node has no fallocate: the file gets its length, but no blocks on the disk are set aside. */
  allocate(offset: number, length: number): void {
    if (!this.writable) throw new PosixError('ebadf');
    if (this.kind === 'stream') throw new PosixError('espipe');
    if (this.kind === 'device') throw new PosixError('enodev');
    if (length === 0) throw new PosixError('einval');
    const end = offset + length;
    if (!Number.isSafeInteger(end)) throw new PosixError('efbig');
    posix(() => {
      if (fstatSync(this.descriptor).size < end) ftruncateSync(this.descriptor, end);
    });
  }

  info(): FileInfo {
    return openFileInfo(posix(() => fstatSync(this.descriptor, { bigint: true })));
  }

  close(): void {
    posix(() => closeSync(this.descriptor));
  }
}

function withoutFirst(parts: readonly Uint8Array[], byteCount: number): Uint8Array[] {
  let first = 0;
  let skip = byteCount;
  while (first < parts.length && skip >= (parts[first] as Uint8Array).length) {
    skip -= (parts[first] as Uint8Array).length;
    first++;
  }
  const [head, ...rest] = parts.slice(first);
  return head === undefined ? [] : [head.subarray(skip), ...rest];
}

/** The operating system's position of a descriptor, which only Linux tells without lseek. */
function sharedPosition(descriptor: number): number {
  const text = posix(() => readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'));
  const position = /^pos:\s*(\d+)/m.exec(text)?.[1];
  if (position === undefined) throw new PosixError('enotsup');
  return Number(position);
}

/** What open(2) wants (get_flags in unix_prim_file.c). */
function flagsOf({ read, write, append, exclusive, sync, directory }: OpenModes): number {
  const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_EXCL, O_SYNC, O_DIRECTORY } = constants;
  let flags: number;
  if (!write) flags = O_RDONLY;
  else if (read) flags = O_RDWR + O_CREAT;
  else flags = O_WRONLY + O_CREAT + (append ? 0 : O_TRUNC);
  if (append) flags += O_APPEND;
  if (exclusive) flags += O_EXCL;
  if (sync) flags += O_SYNC;
  return directory ? flags + O_DIRECTORY : flags;
}

export function openNodeFile(path: Uint8Array, modes: OpenModes): OpenFile {
  const { directory, skipTypeCheck } = modes;
  return posix(() => {
    const descriptor = openSync(path as Buffer, flagsOf(modes), directory ? DIRECTORY_MODE : FILE_MODE);
    if (!directory && !skipTypeCheck && fstatSync(descriptor).isDirectory()) {
      closeSync(descriptor);
      throw new PosixError('eisdir');
    }
    return new NodeFile(descriptor, 0, modes);
  });
}

export function nodeFileFromDescriptor(descriptor: number): OpenFile {
  return posix(() => new NodeFile(descriptor, 'shared', { write: true, append: false }));
}
