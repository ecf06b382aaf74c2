/** The file system of Node's operating system (Unix; what unix_prim_file.c does with it). */
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  opendirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { env } from 'node:process';
import { type FileInfo, type FileName, type Files, type OpenFile, type OpenModes, PosixError } from '../files.ts';
import { namedFileInfo } from './file-info.ts';
import { nodeFileFromDescriptor, openNodeFile } from './open-file.ts';
import { posix } from './posix.ts';

const DIRECTORY_MODE = 0o777;
/** Bits of a mode: below STICKY what owner, group and others may do; above it set-group-ID and set-user-ID. */
const STICKY = 0o1000;
const SET_USER_ID = 0o4000;
const SLASH = 0x2f;
const SEPARATOR = Buffer.from('/');
const MILLISECONDS = 1000;

const NAME = { encoding: 'buffer' } as const;

/** Changes the code of an error. */
function renaming<Result>(codes: Readonly<Record<string, string>>, work: () => Result): Result {
  try {
    return posix(work);
  } catch (error) {
    const code = error instanceof PosixError ? codes[error.code] : undefined;
    throw code === undefined ? error : new PosixError(code);
  }
}

/** What the locale of the environment says, as setlocale(3) reads it: C and what is not UTF-8 mean Latin-1. */
function encodingOfLocale(): 'utf8' | 'latin1' {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '') ?? 'C';
  return /\.utf-?8(@|$)/i.test(locale) ? 'utf8' : 'latin1';
}

/** Seconds as utimes takes them: it has another meaning for negative numbers. */
function timeOf(seconds: number): number | Date {
  return seconds < 0 ? new Date(seconds * MILLISECONDS) : seconds;
}

/** User and group numbers are unsigned, but for -1. */
function idOf(value: number): number {
  return value < -1 ? value + 2 ** 32 : value;
}

class NodeFiles implements Files {
  readonly nameEncoding = encodingOfLocale();
  /** The working directory; undefined: Node was started in one that has been removed. */
  private directory = startDirectory();

  /** An absolute name (Node's own working directory does not count); what is empty stays so, and fails. */
  private path(name: FileName): Buffer {
    const bytes = Buffer.from(name.buffer, name.byteOffset, name.length);
    if (bytes[0] === SLASH || bytes.length === 0) return bytes;
    const { directory } = this;
    if (directory === undefined) return bytes;
    return Buffer.concat(directory.length === 1 ? [directory, bytes] : [directory, SEPARATOR, bytes]);
  }

  open(name: FileName, modes: OpenModes): OpenFile {
    return openNodeFile(this.path(name), modes);
  }

  fromDescriptor(descriptor: number): OpenFile {
    return nodeFileFromDescriptor(descriptor);
  }

  info(name: FileName, followLinks: boolean): FileInfo {
    const path = this.path(name);
    const stats = posix(() => (followLinks ? statSync : lstatSync)(path, { bigint: true }));
    return namedFileInfo(path, stats);
  }

  setPermissions(name: FileName, permissions: number): void {
    const path = this.path(name);
    const mode = mutableBits(permissions);
    try {
      chmodSync(path, mode);
    } catch {
      posix(() => chmodSync(path, mode % STICKY));
    }
  }

  setOwner(name: FileName, uid: number, gid: number): void {
    posix(() => chownSync(this.path(name), idOf(uid), idOf(gid)));
  }

  setTimes(name: FileName, accessed: number, modified: number): void {
    posix(() => utimesSync(this.path(name), timeOf(accessed), timeOf(modified)));
  }

  readLink(name: FileName): Uint8Array {
    return posix(() => readlinkSync(this.path(name), NAME));
  }

  listDirectory(name: FileName): Uint8Array[] {
    return posix(() => {
      const directory = opendirSync(this.path(name) as unknown as string, NAME as unknown as { encoding: 'utf8' });
      try {
        const names: Uint8Array[] = [];
        for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
          names.push(entry.name as unknown as Buffer);
        }
        return names;
      } finally {
        directory.closeSync();
      }
    });
  }

  makeDirectory(name: FileName): void {
    posix(() => mkdirSync(this.path(name), DIRECTORY_MODE));
  }

  removeDirectory(name: FileName): void {
    const path = this.path(name);
    try {
      renaming({ enotempty: 'eexist' }, () => rmdirSync(path));
    } catch (error) {
      const isFull = error instanceof PosixError && error.code === 'eexist';
      throw isFull && this.isWorkingDirectory(path) ? new PosixError('einval') : error;
    }
  }

  private isWorkingDirectory(path: Buffer): boolean {
    const { directory } = this;
    if (directory === undefined) return false;
    const [asked, current] = [path, directory].map((each) => statSync(each, { throwIfNoEntry: false }));
    return asked !== undefined && asked.ino === current?.ino && asked.dev === current.dev;
  }

  removeFile(name: FileName): void {
    renaming({ eisdir: 'eperm' }, () => unlinkSync(this.path(name)));
  }

  rename(from: FileName, to: FileName): void {
    const source = this.path(from);
    const isRoot = source.length === 1 && source[0] === SLASH;
    try {
      renaming({ enotempty: 'eexist' }, () => renameSync(source, this.path(to)));
    } catch (error) {
      const known = error instanceof PosixError && error.code !== 'eexist';
      throw isRoot && known ? new PosixError('einval') : error;
    }
  }

  makeHardLink(existing: FileName, name: FileName): void {
    posix(() => linkSync(this.path(existing), this.path(name)));
  }

  makeSoftLink(target: FileName, name: FileName): void {
    posix(() => symlinkSync(Buffer.from(target), this.path(name)));
  }

  workingDirectory(): Uint8Array {
    const { directory } = this;
    if (directory === undefined) throw new PosixError('enoent');
    posix(() => statSync(directory));
    return directory;
  }

  setWorkingDirectory(name: FileName): void {
    this.directory = posix(() => {
      const path = this.path(name);
      if (!statSync(path).isDirectory()) throw new PosixError('enotdir');
      accessSync(path, constants.X_OK);
      return realpathSync.native(path, NAME);
    });
  }
}

function startDirectory(): Buffer | undefined {
  try {
    return posix(() => realpathSync.native('.', NAME));
  } catch (error) {
    if (error instanceof PosixError) return undefined;
    throw error;
  }
}

/** Without the sticky bit and what lies above it. */
function mutableBits(permissions: number): number {
  const bits = permissions % (2 * SET_USER_ID);
  return bits % (2 * STICKY) >= STICKY ? bits - STICKY : bits;
}

export function nodeFiles(): Files {
  return new NodeFiles();
}
