/** One step of deflate or inflate over the queued input (zlib_codec and zlib_flush_queue in zlib_nif.c). */
import {
  Z_BUF_ERROR,
  Z_DATA_ERROR,
  Z_NEED_DICT,
  Z_OK,
  Z_STREAM_END,
  Z_STREAM_ERROR,
  type ZlibStream,
} from '../../host/compression.ts';
import { bumpReductions } from '../../runtime/bump-reductions.ts';
import { crc32 } from '../../runtime/checksum-crc.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { makeBinary } from '../../term/bits.ts';
import { listOf, tuple } from '../../term/build.ts';
import { ErlangError } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import type { ZlibHandle } from './zlib-handle.ts';

const Z_NO_FLUSH = 0;
const Z_MEM_ERROR = -4;
const BYTES_PER_REDUCTION = 4;
const NOTHING = new Uint8Array(0);

/** What a result of zlib is in Erlang: an atom, or an exception. */
export function zlibResult(code: number): Term {
  switch (code) {
    case Z_OK:
      return am.ok;
    case Z_STREAM_END:
      return am.stream_end;
    case Z_STREAM_ERROR:
      throw new ErlangError('error', am.stream_error);
    case Z_DATA_ERROR:
      throw new ErlangError('error', am.data_error);
    case Z_MEM_ERROR:
      return am.mem_error;
    case Z_BUF_ERROR:
      return am.buf_error;
    default:
      return am.unknown_error;
  }
}

interface Step {
  readonly result: number;
  readonly consumed: number;
  readonly produced: number;
}

/** Runs the stream over at most about `limit` bytes of the queue; when it is empty then, with `flush`. */
function flushQueue(handle: ZlibHandle, stream: ZlibStream, limit: number, output: Uint8Array, flush: number): Step {
  let result = Z_OK;
  let consumed = 0;
  let produced = 0;
  const sumsInput = handle.state.kind === 'deflate' && handle.state.sums;
  for (const part of handle.queue) {
    if (result !== Z_OK || consumed >= limit) break;
    result = stream.run(part.subarray(0, limit), output.subarray(produced), Z_NO_FLUSH);
    if (sumsInput) handle.crc = crc32(handle.crc, part.subarray(0, stream.consumed));
    consumed += stream.consumed;
    produced += stream.produced;
  }
  handle.dequeue(consumed);
  bumpReductions((consumed + produced) / BYTES_PER_REDUCTION);
  // Also without a flush there may be output that had no room in an earlier step.
  if (result === Z_OK && handle.queue.length === 0 && produced < output.length) {
    result = stream.run(NOTHING, output.subarray(produced), flush);
    produced += stream.produced;
  }
  return { result, consumed, produced };
}

/**
 * `{finished, Output}`: all input is used up and nothing more to come; `{continue, Output}`: to be called again;
 * `{need_dictionary, Checksum, Output}`. Output is a list of at most one binary, of at most `outputLimit` bytes.
 */
export function runCodec(
  handle: ZlibHandle,
  stream: ZlibStream,
  inputLimit: number,
  outputLimit: number,
  flush: number,
): Term {
  if (outputLimit < 0) return zlibResult(Z_MEM_ERROR);
  const output = new Uint8Array(outputLimit);
  const { result, consumed, produced } = flushQueue(handle, stream, inputLimit, output, flush);
  if (handle.state.kind === 'inflate' && handle.state.sums)
    handle.crc = crc32(handle.crc, output.subarray(0, produced));
  if (result < 0 && result !== Z_BUF_ERROR) return zlibResult(result);
  if (result === Z_STREAM_END) handle.endSeen = true;
  const isEmpty = handle.queue.length === 0;
  // Well-formed input always lets something happen.
  if (consumed === 0 && produced === 0 && !isEmpty) return zlibResult(Z_DATA_ERROR);
  const made = listOf(produced > 0 ? [makeBinary(output.subarray(0, produced))] : []);
  if (isEmpty && produced < outputLimit) return tuple(am.finished, made);
  if (result !== Z_NEED_DICT) return tuple(am.continue, made);
  return tuple(am.need_dictionary, makeInteger(stream.adler), made);
}
