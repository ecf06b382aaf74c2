/**
 * The file system as the core sees it: what OTP's prim_file asks of the operating system (prim_file_nif.h), all of it
 * synchronous. Names are bytes as the operating system has them, without a terminating 0. What fails throws a PosixError.
 */

export type FileName = Uint8Array;

/** A system call has failed; `code` is the error's name in errno.h in lower case: `enoent`. */
export class PosixError {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}

export interface OpenModes {
  readonly read: boolean;
  readonly write: boolean;
  readonly append: boolean;
  /** Fails when there is such a file. */
  readonly exclusive: boolean;
  /** Every write returns when the data is on the disk. */
  readonly sync: boolean;
  /** Only a directory may be opened; without it, none may. */
  readonly directory: boolean;
  /** A directory may be opened without `directory`. */
  readonly skipTypeCheck: boolean;
}

export type FileType = 'device' | 'directory' | 'regular' | 'symlink' | 'other';

/** Times are whole seconds since 1970; device and inode numbers are cut to 32 bits. */
export interface FileInfo {
  readonly size: number;
  readonly type: FileType;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly accessed: number;
  readonly modified: number;
  readonly changed: number;
  readonly mode: number;
  readonly links: number;
  readonly majorDevice: number;
  readonly minorDevice: number;
  readonly inode: number;
  readonly uid: number;
  readonly gid: number;
}

export type SeekOrigin = 'bof' | 'cur' | 'eof';

/** An open file, with a position of its own. Offsets are bytes, whole numbers of at most 2^53 - 1. */
export interface OpenFile {
  /** The number by which the operating system knows it. */
  readonly descriptor: number;
  /** Reads from the position on until `target` is full or the file ends; returns the number of bytes. */
  read(target: Uint8Array): number;
  readAt(target: Uint8Array, offset: number): number;
  /** Writes all of `parts`, in order. */
  write(parts: readonly Uint8Array[]): void;
  writeAt(parts: readonly Uint8Array[], offset: number): void;
  /** Moves the position; returns where it is then. */
  seek(origin: SeekOrigin, offset: number): number;
  sync(dataOnly: boolean): void;
  /** Ends the file at the position. */
  truncate(): void;
  /** Makes the file at least so long. */
  allocate(offset: number, length: number): void;
  info(): FileInfo;
  close(): void;
}

export interface Files {
  /** What names mean as text. */
  readonly nameEncoding: 'utf8' | 'latin1';
  open(name: FileName, modes: OpenModes): OpenFile;
  /** A file that is open already, such as 0, standard input. */
  fromDescriptor(descriptor: number): OpenFile;
  info(name: FileName, followLinks: boolean): FileInfo;
  setPermissions(name: FileName, permissions: number): void;
  /** -1 leaves an owner as it is. */
  setOwner(name: FileName, uid: number, gid: number): void;
  /** In seconds since 1970. */
  setTimes(name: FileName, accessed: number, modified: number): void;
  readLink(name: FileName): Uint8Array;
  /** In the order of the operating system. */
  listDirectory(name: FileName): Uint8Array[];
  makeDirectory(name: FileName): void;
  removeDirectory(name: FileName): void;
  removeFile(name: FileName): void;
  rename(from: FileName, to: FileName): void;
  makeHardLink(existing: FileName, name: FileName): void;
  makeSoftLink(target: FileName, name: FileName): void;
  /** The virtual machine's own working directory, from which names that do not begin with `/` count. */
  workingDirectory(): Uint8Array;
  setWorkingDirectory(name: FileName): void;
}
