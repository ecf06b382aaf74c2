/** What stat(2) tells, as prim_file wants it (build_file_info in unix_prim_file.c). */
import { accessSync, type BigIntStats, constants, type PathLike } from 'node:fs';
import { getegid, geteuid } from 'node:process';
import type { FileInfo, FileType } from '../files.ts';

const UINT32_BITS = 32;
const NANOSECONDS = 1_000_000_000n;
const OWNER = 64n;
const GROUP = 8n;
const OTHERS = 1n;

function typeOf(stats: BigIntStats): FileType {
  if (stats.isFile()) return 'regular';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  return stats.isCharacterDevice() || stats.isBlockDevice() ? 'device' : 'other';
}

function uint32(value: bigint): number {
  return Number(BigInt.asUintN(UINT32_BITS, value));
}

/** Whole seconds, rounded down. */
function seconds(nanoseconds: bigint): number {
  const rest = ((nanoseconds % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;
  return Number((nanoseconds - rest) / NANOSECONDS);
}

function infoOf(stats: BigIntStats, readable: boolean, writable: boolean): FileInfo {
  return {
    size: Number(stats.size),
    type: typeOf(stats),
    readable,
    writable,
    accessed: seconds(stats.atimeNs),
    modified: seconds(stats.mtimeNs),
    changed: seconds(stats.ctimeNs),
    mode: uint32(stats.mode),
    links: uint32(stats.nlink),
    majorDevice: uint32(stats.dev),
    minorDevice: uint32(stats.rdev),
    inode: uint32(stats.ino),
    uid: uint32(stats.uid),
    gid: uint32(stats.gid),
  };
}

function allows(path: PathLike, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** Of a file by name: access(2) says what this process may do. */
export function namedFileInfo(path: PathLike, stats: BigIntStats): FileInfo {
  return infoOf(stats, allows(path, constants.R_OK), allows(path, constants.W_OK));
}

/** Of an open file: its mode says what this process may do (check_access). */
export function openFileInfo(stats: BigIntStats): FileInfo {
  let unit = OTHERS;
  if (stats.uid === BigInt(geteuid?.() ?? 0)) unit = OWNER;
  else if (stats.gid === BigInt(getegid?.() ?? 0)) unit = GROUP;
  const bits = (stats.mode / unit) % 8n;
  return infoOf(stats, bits >= 4n, bits % 4n >= 2n);
}
