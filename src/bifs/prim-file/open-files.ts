/** prim_file's functions on open files (prim_file_nif.c). An open file is closed at the latest when the process that opened it ends. */
import { type OpenFile, type OpenModes, PosixError, type SeekOrigin } from '../../host/files.ts';
import { bytesAt } from '../../memory/memory.ts';
import type { Machine } from '../../process/machine.ts';
import type { Owned, Process } from '../../process/process.ts';
import { bumpReductions } from '../../runtime/bump-reductions.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger, toBigInt } from '../../term/bignum.ts';
import { makeBinary, newBinary } from '../../term/bits.ts';
import { tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { head, isCons, isList, isNumber, tail } from '../../term/term.ts';
import { int32, int64, ioVector, newResource, resourceOf } from '../nif-arguments.ts';
import type { BifTable } from '../registry.ts';
import { fileInfo, nameArgument, ok, reporting } from './posix-results.ts';

/** Elements of a list that one write takes. */
const VECTOR_LIMIT = 64;
/** Bytes that are read at first where nobody knows how many there are; each further read doubles. */
const FIRST_READ = 65536;
const BYTES_PER_REDUCTION = 64;
const MOST_BYTES = 2 ** 31;
const MAX_INT64 = 2n ** 63n - 1n;
const POINTER_BYTES = 8;
const MAX_PAYLOAD = 2 ** 31;
const DESCRIPTOR_BYTES = 4;

class FileHandle implements Owned {
  readonly file: OpenFile;
  private readonly owner: Process;
  isClosed = false;

  constructor(file: OpenFile, owner: Process) {
    this.file = file;
    this.owner = owner;
    owner.owned ??= new Set();
    owner.owned.add(this);
  }

  close(): void {
    this.isClosed = true;
    this.owner.owned?.delete(this);
    this.file.close();
  }

  /** Who could be told of an error is gone. */
  ownerEnded(): void {
    if (this.isClosed) return;
    try {
      this.close();
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
    }
  }

  /** The file stays open for its owner's sake, as in OTP: collecting must not block. */
  onDrop(): void {}
}

function handleArgument(t: Term): FileHandle {
  const handle = resourceOf(t, FileHandle);
  if (handle === undefined) throw badarg();
  return handle;
}

type FileFunction = (file: OpenFile, ...args: Term[]) => Term;

/** A function whose first argument is an open file; einval when it is closed. */
function onFile(fn: FileFunction) {
  return reporting((_vm, ref, ...args) => {
    const handle = handleArgument(ref as Term);
    if (handle.isClosed) throw new PosixError('einval');
    return fn(handle.file, ...args);
  });
}

/** Modes that are none of these are for others further up (efile_translate_modelist). */
function modesOf(list: Term): OpenModes {
  const found = new Set<Term>();
  for (let rest = list; isCons(rest); rest = tail(rest)) found.add(head(rest));
  const [append, exclusive] = [found.has(am.append), found.has(am.exclusive)];
  const write = found.has(am.write) || append || exclusive;
  return {
    read: found.has(am.read) || !write,
    write,
    append,
    exclusive,
    sync: found.has(am.sync),
    directory: found.has(am.directory),
    skipTypeCheck: found.has(am.skip_type_check),
  };
}

function open(vm: Machine, name: Term, modes: Term): Term {
  if (!isList(modes)) throw badarg();
  const file = vm.host.files.open(nameArgument(name), modesOf(modes));
  return ok(newResource(vm, new FileHandle(file, vm.current)));
}

function descriptorToRef(vm: Machine, descriptor: Term): Term {
  const number = int32(descriptor);
  if (number === undefined) throw badarg();
  if (number < 0) throw new PosixError('ebadf');
  const file = vm.host.files.fromDescriptor(number);
  return ok(newResource(vm, new FileHandle(file, vm.current)));
}

/** Closes what is still open; OTP's helper process calls it when an owner has ended. */
function delayedClose(_vm: Machine, ref: Term): Term {
  handleArgument(ref).ownerEnded();
  return am.ok;
}

function close(_vm: Machine, ref: Term): Term {
  const handle = handleArgument(ref);
  if (handle.isClosed) throw new PosixError('einval');
  handle.close();
  return am.ok;
}

/** Where a number is wanted, any number will do for badarg not to be raised; one that is out of range is einval. */
function natural(t: Term): number {
  const value = int64(t);
  if (value === undefined || value < 0) throw new PosixError('einval');
  return value;
}

function checkNumbers(...terms: readonly Term[]): void {
  if (!terms.every(isNumber)) throw badarg();
}

/** Up to `count` bytes; `read` fills what it is given unless the file ends, and gets the number of bytes read before. */
function readBytes(count: number, read: (target: Uint8Array, before: number) => number): Uint8Array {
  let content = new Uint8Array(Math.min(count, FIRST_READ));
  let used = read(content, 0);
  while (used === content.length && used < count) {
    if (used >= MOST_BYTES) throw new PosixError('enomem');
    const larger = new Uint8Array(Math.min(count, used * 2));
    larger.set(content);
    content = larger;
    const more = read(content.subarray(used), used);
    used += more;
  }
  bumpForBytes(used);
  return content.subarray(0, used);
}

function bumpForBytes(count: number): void {
  bumpReductions(count / BYTES_PER_REDUCTION);
}

function dataOrEof(content: Uint8Array): Term {
  return content.length === 0 ? am.eof : ok(makeBinary(content));
}

function read(file: OpenFile, size: Term): Term {
  checkNumbers(size);
  return dataOrEof(readBytes(natural(size), (target) => file.read(target)));
}

function readAt(file: OpenFile, offset: number, count: number): Uint8Array {
  if (!Number.isFinite(offset)) return new Uint8Array(0);
  return readBytes(count, (target, before) => file.readAt(target, offset + before));
}

function pread(file: OpenFile, offset: Term, size: Term): Term {
  checkNumbers(offset, size);
  const [start, count] = [natural(offset), natural(size)];
  if (toBigInt(offset) + toBigInt(size) > MAX_INT64) throw new PosixError('einval');
  return dataOrEof(readAt(file, start, count));
}

/** Takes the first 64 elements; `{continue, Rest}` when there are more. */
function write(file: OpenFile, list: Term): Term {
  const vector = ioVector(list, VECTOR_LIMIT);
  if (vector === undefined) throw badarg();
  file.write(vector.parts);
  bumpForBytes(vector.parts.reduce((sum, part) => sum + part.length, 0));
  return vector.rest === NIL ? am.ok : tuple(am.continue, vector.rest);
}

function pwrite(file: OpenFile, offset: Term, list: Term): Term {
  const vector = ioVector(list, VECTOR_LIMIT);
  if (!isNumber(offset) || vector === undefined) throw badarg();
  const start = natural(offset);
  const { parts, rest } = vector;
  const count = parts.reduce((sum, part) => sum + part.length, 0);
  if (count > 0 && !Number.isFinite(start)) throw new PosixError('efbig');
  file.writeAt(parts, start);
  bumpForBytes(count);
  return rest === NIL ? am.ok : tuple(am.continue, makeInteger(count), rest);
}

const ORIGINS = new Map<Term, SeekOrigin>([
  [am.bof, 'bof'],
  [am.cur, 'cur'],
  [am.eof, 'eof'],
]);

function seek(file: OpenFile, from: Term, offset: Term): Term {
  const distance = int64(offset);
  const origin = ORIGINS.get(from);
  if (distance === undefined || origin === undefined) throw badarg();
  return ok(makeInteger(file.seek(origin, distance)));
}

function sync(file: OpenFile, dataOnly: Term): Term {
  const flag = int32(dataOnly);
  if (flag === undefined) throw badarg();
  file.sync(flag !== 0);
  return am.ok;
}

function truncate(file: OpenFile): Term {
  file.truncate();
  return am.ok;
}

function allocate(file: OpenFile, offset: Term, length: Term): Term {
  checkNumbers(offset, length);
  file.allocate(natural(offset), natural(length));
  return am.ok;
}

const ADVICE = new Set([am.normal, am.random, am.sequential, am.will_need, am.dont_need, am.no_reuse]);

/** Advice that nobody needs to take: the answer is the same in OTP, whatever posix_fadvise says. */
function advise(_file: OpenFile, offset: Term, length: Term, advice: Term): Term {
  checkNumbers(offset, length);
  natural(offset);
  natural(length);
  if (!ADVICE.has(advice)) throw new PosixError('einval');
  return am.ok;
}

/** Reads <<Size:32, Offset:32>> and then what it points to. */
function readThroughPointer(file: OpenFile, offset: Term, limit: Term): Term {
  checkNumbers(offset, limit);
  const start = natural(offset);
  const maxSize = int64(limit);
  if (maxSize === undefined || maxSize >= MAX_PAYLOAD) throw new PosixError('einval');
  const pointer = readAt(file, start, POINTER_BYTES);
  if (pointer.length < POINTER_BYTES) return am.eof;
  const view = new DataView(pointer.buffer, pointer.byteOffset);
  const [size, at] = [view.getUint32(0), view.getUint32(4)];
  if (size > maxSize) return am.eof;
  const content = readAt(file, at, size);
  const payload = content.length === 0 ? am.eof : makeBinary(content);
  return ok(tuple(makeInteger(size), makeInteger(at), payload));
}

/** The file descriptor, as C keeps an int. */
function getHandle(file: OpenFile): Term {
  const content = new Uint8Array(DESCRIPTOR_BYTES);
  new DataView(content.buffer).setInt32(0, file.descriptor, true);
  return makeBinary(content);
}

/** A binary that a file's next `size` bytes were read into; shorter where the file ends before. */
function binaryReadFrom(file: OpenFile, size: number): Term {
  const { term, data } = newBinary(size);
  const content = bytesAt(data, size);
  const count = file.read(content);
  return count === size ? term : makeBinary(content.slice(0, count));
}

function readFile(vm: Machine, name: Term): Term {
  const modes = modesOf(NIL);
  const file = vm.host.files.open(nameArgument(name), modes);
  try {
    const { size } = file.info();
    if (size === 0) return ok(makeBinary(readBytes(Number.POSITIVE_INFINITY, (target) => file.read(target))));
    if (size >= MOST_BYTES) throw new PosixError('enomem');
    return ok(binaryReadFrom(file, size));
  } finally {
    file.close();
  }
}

export const primFileOpenBifs: BifTable = {
  module: 'prim_file',
  rows: [
    { name: 'open_nif', arity: 2, fn: reporting(open) },
    { name: 'file_desc_to_ref_nif', arity: 1, fn: reporting(descriptorToRef) },
    { name: 'close_nif', arity: 1, fn: reporting(close) },
    { name: 'delayed_close_nif', arity: 1, fn: delayedClose },
    { name: 'read_nif', arity: 2, fn: onFile(read) },
    { name: 'write_nif', arity: 2, fn: onFile(write) },
    { name: 'pread_nif', arity: 3, fn: onFile(pread) },
    { name: 'pwrite_nif', arity: 3, fn: onFile(pwrite) },
    { name: 'seek_nif', arity: 3, fn: onFile(seek) },
    { name: 'sync_nif', arity: 2, fn: onFile(sync) },
    { name: 'truncate_nif', arity: 1, fn: onFile(truncate) },
    { name: 'allocate_nif', arity: 3, fn: onFile(allocate) },
    { name: 'advise_nif', arity: 4, fn: onFile(advise) },
    { name: 'ipread_s32bu_p32bu_nif', arity: 3, fn: onFile(readThroughPointer) },
    { name: 'read_handle_info_nif', arity: 1, fn: onFile((file) => fileInfo(file.info())) },
    { name: 'get_handle_nif', arity: 1, fn: onFile(getHandle) },
    { name: 'read_file_nif', arity: 1, fn: reporting(readFile) },
  ],
};
