/** What the functions of prim_file have in common: names, errors, `#file_info{}` (prim_file_nif.c). */
import { type FileInfo, type FileName, PosixError } from '../../host/files.ts';
import type { Machine } from '../../process/machine.ts';
import { am, atom } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { copyOfBytes, isBinary } from '../../term/bits.ts';
import { tuple } from '../../term/build.ts';
import type { Term } from '../../term/layout.ts';
import { isBitstring } from '../../term/term.ts';

/** EFILE_MIN_FILETIME and EFILE_MAX_FILETIME: the years 0 to 9999. */
const MIN_TIME = -62167219200;
const MAX_TIME = 253402300799;

type Fn = (vm: Machine, ...args: Term[]) => Term;

/** The function, with errors of the operating system as `{error, Code}`. */
export function reporting(fn: Fn): Fn {
  return (vm, ...args) => {
    try {
      return fn(vm, ...args);
    } catch (error) {
      if (error instanceof PosixError) return tuple(am.error, atom(error.code));
      throw error;
    }
  };
}

export function ok(value: Term): Term {
  return tuple(am.ok, value);
}

/** The name that internal_name2native/1 has made: bytes, one 0 or several, nothing behind. Throws einval for anything else. */
export function nameArgument(t: Term): FileName {
  if (!isBitstring(t) || !isBinary(t)) throw new PosixError('einval');
  const content = copyOfBytes(t);
  const end = content.indexOf(0);
  if (end < 0 || content.subarray(end).some((byte) => byte !== 0)) throw new PosixError('einval');
  return content.subarray(0, end);
}

function accessOf({ readable, writable }: FileInfo): Term {
  if (readable) return writable ? am.read_write : am.read;
  return writable ? am.write : am.none;
}

function time(seconds: number): Term {
  return makeInteger(Math.min(MAX_TIME, Math.max(MIN_TIME, seconds)));
}

/** A `#file_info{}` whose times are seconds since 1970. */
export function fileInfo(info: FileInfo): Term {
  const numbers = [info.mode, info.links, info.majorDevice, info.minorDevice, info.inode, info.uid, info.gid].map(
    makeInteger,
  );
  return tuple(
    am.file_info,
    makeInteger(info.size),
    am[info.type],
    accessOf(info),
    time(info.accessed),
    time(info.modified),
    time(info.changed),
    ...numbers,
  );
}
