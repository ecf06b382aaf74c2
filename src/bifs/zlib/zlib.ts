/** The functions that zlib.erl gets from C (zlib_nif.c). */
import { Z_DATA_ERROR, Z_OK, Z_STREAM_ERROR } from '../../host/compression.ts';
import type { Machine } from '../../process/machine.ts';
import { adler32 } from '../../runtime/checksum-crc.ts';
import { iodataBytes } from '../../runtime/iodata.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { makeBinary } from '../../term/bits.ts';
import { tuple } from '../../term/build.ts';
import { copyIn } from '../../term/copy.ts';
import { badarg, ErlangError } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isLocalPid } from '../../term/term.ts';
import { int32, ioVector, newResource, resourceOf } from '../nif-arguments.ts';
import type { BifTable } from '../registry.ts';
import { runCodec, zlibResult } from './codec.ts';
import { AT_END_CUT, AT_END_ERROR, AT_END_RESET, ZlibHandle, type ZlibState } from './zlib-handle.ts';

const VECTOR_LIMIT = 256;
/** The last release of OTP in which programs can ask for a stream's sum and chunk size. */
const LAST_WITH_SUMS = 26;

function raise(reason: Term): never {
  throw new ErlangError('error', reason);
}

function handleArgument(t: Term): ZlibHandle {
  const handle = resourceOf(t, ZlibHandle);
  if (handle === undefined) throw badarg();
  return handle;
}

function checkController(vm: Machine, handle: ZlibHandle): void {
  if (handle.controller !== vm.current.pid) raise(am.not_on_controlling_process);
}

/** The handle, which the running process controls. */
function own(vm: Machine, ref: Term): ZlibHandle {
  const handle = handleArgument(ref);
  checkController(vm, handle);
  return handle;
}

/** All arguments are looked at before it matters whose the handle is. */
function integers(...terms: readonly Term[]): number[] {
  return terms.map((t) => {
    const value = int32(t);
    if (value === undefined) throw badarg();
    return value;
  });
}

type StateOf<Kind extends ZlibState['kind']> = Extract<ZlibState, { kind: Kind }>;

function stateOf<Kind extends 'deflate' | 'inflate'>(handle: ZlibHandle, kind: Kind): StateOf<Kind> {
  if (handle.state.kind !== kind) raise(am.not_initialized);
  return handle.state as StateOf<Kind>;
}

function checkUnused(handle: ZlibHandle): void {
  if (handle.state.kind !== 'none') raise(am.already_initialized);
}

// ---- handles ---------------------------------------------------------------------------------------------------------

function open(vm: Machine): Term {
  return newResource(vm, new ZlibHandle(vm.current.pid));
}

function close(vm: Machine, ref: Term): Term {
  const handle = own(vm, ref);
  if (handle.state.kind === 'closed') raise(am.not_initialized);
  handle.close();
  return am.ok;
}

function setController(vm: Machine, ref: Term, pid: Term): Term {
  const handle = handleArgument(ref);
  if (!isLocalPid(pid)) throw badarg();
  checkController(vm, handle);
  handle.controller = pid;
  return am.ok;
}

/** Takes the first 256 elements; `{continue, Rest}` when there are more. */
function enqueue(vm: Machine, ref: Term, list: Term): Term {
  const handle = own(vm, ref);
  const { kind } = handle.state;
  if (kind !== 'deflate' && kind !== 'inflate') raise(am.not_initialized);
  const vector = ioVector(list, VECTOR_LIMIT);
  if (vector === undefined) throw badarg();
  handle.queue.push(...vector.parts);
  return vector.rest === NIL ? am.ok : tuple(am.continue, vector.rest);
}

function getStash(vm: Machine, ref: Term): Term {
  const { stash } = own(vm, ref);
  return stash === undefined ? am.empty : tuple(am.ok, copyIn(stash.term));
}

function setStash(vm: Machine, ref: Term, term: Term): Term {
  const handle = own(vm, ref);
  if (handle.stash !== undefined) raise(am.error);
  handle.setStash(term);
  return am.ok;
}

function clearStash(vm: Machine, ref: Term): Term {
  const handle = own(vm, ref);
  if (handle.stash === undefined) raise(am.error);
  handle.clearStash();
  return am.ok;
}

function keepsSums(vm: Machine, windowBits: number): boolean {
  return windowBits < 0 && vm.otpRelease <= LAST_WITH_SUMS;
}

// ---- deflate ---------------------------------------------------------------------------------------------------------

function deflateInit(vm: Machine, ref: Term, ...options: Term[]): Term {
  const handle = handleArgument(ref);
  const [level, method, windowBits, memoryLevel, strategy] = integers(...options) as [
    number,
    number,
    number,
    number,
    number,
  ];
  checkController(vm, handle);
  checkUnused(handle);
  const stream = vm.host.compression.deflater({ level, method, windowBits, memoryLevel, strategy });
  if (typeof stream === 'number') return zlibResult(stream);
  handle.state = { kind: 'deflate', stream, isRaw: windowBits < 0, sums: keepsSums(vm, windowBits) };
  handle.endSeen = false;
  handle.crc = 0;
  return am.ok;
}

/** Gives the dictionary's Adler-32, which for raw streams starts from 0. */
function deflateSetDictionary(vm: Machine, ref: Term, dictionary: Term): Term {
  const handle = handleArgument(ref);
  const content = iodataBytes(dictionary);
  if (content === undefined) throw badarg();
  checkController(vm, handle);
  const { stream, isRaw } = stateOf(handle, 'deflate');
  const result = stream.setDictionary(content);
  if (result !== Z_OK) return zlibResult(result);
  return makeInteger(isRaw ? adler32(0, content) : stream.adler);
}

function deflateReset(vm: Machine, ref: Term): Term {
  const handle = own(vm, ref);
  const { stream } = stateOf(handle, 'deflate');
  const result = stream.reset();
  handle.endSeen = false;
  handle.crc = 0;
  handle.resetInput();
  return zlibResult(result);
}

function deflateEnd(vm: Machine, ref: Term): Term {
  const handle = own(vm, ref);
  const { stream } = stateOf(handle, 'deflate');
  const result = stream.end();
  const isLeft = result === Z_OK && handle.queue.length > 0;
  handle.resetInput();
  handle.state = { kind: 'none' };
  return zlibResult(isLeft ? Z_DATA_ERROR : result);
}

/** zlib.erl has flushed the stream before, so nothing comes out; if something did, it would be lost. */
function deflateParams(vm: Machine, ref: Term, levelTerm: Term, strategyTerm: Term): Term {
  const handle = handleArgument(ref);
  const [level, strategy] = integers(levelTerm, strategyTerm) as [number, number];
  checkController(vm, handle);
  const { stream } = stateOf(handle, 'deflate');
  const result = stream.setParameters(level, strategy, new Uint8Array(1));
  return zlibResult(stream.produced > 0 ? Z_STREAM_ERROR : result);
}

function deflate(vm: Machine, ref: Term, ...options: Term[]): Term {
  const handle = handleArgument(ref);
  const [inputLimit, outputLimit, flush] = integers(...options) as [number, number, number];
  checkController(vm, handle);
  const { stream } = stateOf(handle, 'deflate');
  return runCodec(handle, stream, inputLimit, outputLimit, flush);
}

// ---- inflate ---------------------------------------------------------------------------------------------------------

function inflateInit(vm: Machine, ref: Term, ...options: Term[]): Term {
  const handle = handleArgument(ref);
  const [windowBits, atEnd] = integers(...options) as [number, number];
  checkController(vm, handle);
  checkUnused(handle);
  const stream = vm.host.compression.inflater(windowBits);
  if (typeof stream === 'number') return zlibResult(stream);
  handle.state = { kind: 'inflate', stream, atEnd, sums: keepsSums(vm, windowBits) };
  handle.endSeen = false;
  handle.crc = 0;
  return am.ok;
}

function inflateSetDictionary(vm: Machine, ref: Term, dictionary: Term): Term {
  const handle = handleArgument(ref);
  const content = iodataBytes(dictionary);
  if (content === undefined) throw badarg();
  checkController(vm, handle);
  return zlibResult(stateOf(handle, 'inflate').stream.setDictionary(content));
}

function inflateGetDictionary(vm: Machine, ref: Term): Term {
  const handle = own(vm, ref);
  return makeBinary(stateOf(handle, 'inflate').stream.dictionary());
}

function inflateReset(vm: Machine, ref: Term): Term {
  const handle = own(vm, ref);
  const { stream } = stateOf(handle, 'inflate');
  const result = stream.reset();
  handle.endSeen = false;
  handle.crc = 0;
  handle.resetInput();
  return zlibResult(result);
}

function inflateEnd(vm: Machine, ref: Term): Term {
  const handle = own(vm, ref);
  const { stream } = stateOf(handle, 'inflate');
  const result = stream.end();
  const isLeft = result === Z_OK && (!handle.endSeen || handle.queue.length > 0);
  handle.resetInput();
  handle.state = { kind: 'none' };
  return zlibResult(isLeft ? Z_DATA_ERROR : result);
}

function inflate(vm: Machine, ref: Term, ...options: Term[]): Term {
  const handle = handleArgument(ref);
  const [inputLimit, outputLimit, flush] = integers(...options) as [number, number, number];
  checkController(vm, handle);
  const { stream, atEnd } = stateOf(handle, 'inflate');
  if (handle.endSeen && handle.queue.length > 0) {
    if (atEnd === AT_END_ERROR) return zlibResult(Z_DATA_ERROR);
    if (atEnd === AT_END_RESET) {
      const result = stream.reset();
      if (result !== Z_OK) return zlibResult(result);
      handle.endSeen = false;
    } else if (atEnd === AT_END_CUT) {
      handle.resetInput();
    }
  }
  return runCodec(handle, stream, inputLimit, outputLimit, flush);
}

// ---- what OTP 27 has no more -------------------------------------------------------------------------------------------

/** The sum is of uncompressed bytes: those that went into deflate, those that came out of inflate. */
function streamCrc32(vm: Machine, ref: Term): Term {
  const handle = own(vm, ref);
  const { kind } = handle.state;
  if (kind !== 'deflate' && kind !== 'inflate') raise(am.not_initialized);
  return makeInteger(handle.crc);
}

function getBufSize(vm: Machine, ref: Term): Term {
  return makeInteger(own(vm, ref).chunkSize);
}

function setBufSize(vm: Machine, ref: Term, size: Term): Term {
  const handle = own(vm, ref);
  [handle.chunkSize] = integers(size) as [number];
  return am.ok;
}

export const zlibBifs: BifTable = {
  module: 'zlib',
  rows: [
    { name: 'open_nif', arity: 0, fn: open },
    { name: 'close_nif', arity: 1, fn: close },
    { name: 'set_controller_nif', arity: 2, fn: setController },
    { name: 'enqueue_nif', arity: 2, fn: enqueue },
    { name: 'getStash_nif', arity: 1, fn: getStash },
    { name: 'setStash_nif', arity: 2, fn: setStash },
    { name: 'clearStash_nif', arity: 1, fn: clearStash },
    { name: 'deflateInit_nif', arity: 6, fn: deflateInit },
    { name: 'deflateSetDictionary_nif', arity: 2, fn: deflateSetDictionary },
    { name: 'deflateReset_nif', arity: 1, fn: deflateReset },
    { name: 'deflateEnd_nif', arity: 1, fn: deflateEnd },
    { name: 'deflateParams_nif', arity: 3, fn: deflateParams },
    { name: 'deflate_nif', arity: 4, fn: deflate },
    { name: 'inflateInit_nif', arity: 3, fn: inflateInit },
    { name: 'inflateSetDictionary_nif', arity: 2, fn: inflateSetDictionary },
    { name: 'inflateGetDictionary_nif', arity: 1, fn: inflateGetDictionary },
    { name: 'inflateReset_nif', arity: 1, fn: inflateReset },
    { name: 'inflateEnd_nif', arity: 1, fn: inflateEnd },
    { name: 'inflate_nif', arity: 4, fn: inflate },
    { name: 'crc32_nif', arity: 1, fn: streamCrc32, until: LAST_WITH_SUMS },
    { name: 'getBufSize_nif', arity: 1, fn: getBufSize, until: LAST_WITH_SUMS },
    { name: 'setBufSize_nif', arity: 2, fn: setBufSize, until: LAST_WITH_SUMS },
  ],
};
