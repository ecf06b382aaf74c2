/** The option lists of term_to_binary/2, term_to_iovec/2, external_size/2 and binary_to_term/2 (parse_t2b_opts in OTP's external.c). */

import { am } from './atoms.ts';
import { badarg } from './erlang-error.ts';
import type { EncodeOptions } from './external-encode.ts';
import * as tags from './external-tags.ts';
import { NIL, type Term } from './layout.ts';
import { head, isCons, isSmall, isTuple, smallValue, tail, tupleArity, tupleElement } from './term.ts';

/** Makes a zlib stream; `level` is 1 to 9, or -1 for zlib's default. */
export type Deflate = (content: Uint8Array, level: number) => Uint8Array;

const DEFAULT_LEVEL = -1;
const MAX_LEVEL = 9;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Encode options from a list; of options given twice the last one counts. Raises badarg. */
export function parseEncodeOptions(list: Term): EncodeOptions {
  const options: Writable<EncodeOptions> = {};
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const option = head(rest);
    if (option === am.compressed) options.level = DEFAULT_LEVEL;
    else if (option === am.deterministic) options.deterministic = true;
    else if (option === am.local) options.local = true;
    else if (isTuple(option) && tupleArity(option) === 2)
      setNumber(options, tupleElement(option, 1), tupleElement(option, 2));
    else throw badarg();
  }
  if (rest !== NIL || (options.deterministic && options.local)) throw badarg();
  return options;
}

function setNumber(options: Writable<EncodeOptions>, name: Term, value: Term): void {
  const number = isSmall(value) ? smallValue(value) : -1;
  if (name === am.minor_version && (number === 0 || number === 1 || number === 2)) options.minorVersion = number;
  else if (name === am.compressed && number >= 0 && number <= MAX_LEVEL) options.level = number;
  else throw badarg();
}

/** Decode options from a list. Raises badarg with the cause `badopt`. */
export function parseDecodeOptions(list: Term): { safe: boolean; used: boolean } {
  const options = { safe: false, used: false };
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    if (head(rest) === am.safe) options.safe = true;
    else if (head(rest) === am.used) options.used = true;
    else throw badarg(am.badopt);
  }
  if (rest !== NIL) throw badarg(am.badopt);
  return options;
}

/** Compression must save at least the five bytes that it costs (erts_term_to_binary_int). */
export function compressed(plain: Uint8Array, level: number, deflate: Deflate | undefined): Uint8Array {
  if (deflate === undefined) throw new Error('compression of external terms needs a deflate function');
  const size = plain.length - 1;
  const stream = deflate(plain.subarray(1), level);
  if (stream.length > size - 5) return plain;
  const result = new Uint8Array(6 + stream.length);
  result[0] = tags.VERSION_MAGIC;
  result[1] = tags.COMPRESSED;
  new DataView(result.buffer).setUint32(2, size);
  result.set(stream, 6);
  return result;
}
