/** Integers and the old text floats of the external term format. */
import { integerFromMagnitude, makeInteger } from './bignum.ts';
import { makeFloat } from './build.ts';
import { badarg } from './erlang-error.ts';
import type { ExternalReader } from './external-reader.ts';
import { FLOAT_TEXT_BYTES, INTEGER_EXT, SMALL_BIG_EXT } from './external-tags.ts';
import type { Term } from './layout.ts';

/** The integer behind INTEGER_EXT, SMALL_BIG_EXT or LARGE_BIG_EXT. Leading zero bytes are allowed, as is a negative zero. */
export function decodeInteger(input: ExternalReader, tag: number): Term {
  if (tag === INTEGER_EXT) return makeInteger(input.int32());
  const size = tag === SMALL_BIG_EXT ? input.byte() : input.uint32();
  const negative = input.byte() !== 0;
  const from = input.at;
  input.at += size;
  return integerFromMagnitude(input.bytes, from, size, negative);
}

const FLOAT_TEXT = /^[+-]?[0-9]+[.,][0-9]+(?:[eE][+-]?[0-9]+)?$/;

/** The float of FLOAT_EXT: decimal text that a zero byte ends (sys_chars_to_double). */
export function decodeFloatText(input: ExternalReader): Term {
  let text = '';
  for (let i = input.at; i < input.bytes.length && input.bytes[i] !== 0; i++) {
    text += String.fromCharCode(input.bytes[i] as number);
    // Text that runs out of its field is read on, as far as it can still be a number.
    if (i - input.at > 4 * FLOAT_TEXT_BYTES) throw badarg();
  }
  if (!FLOAT_TEXT.test(text)) throw badarg();
  const value = Number(text.replace(',', '.'));
  if (!Number.isFinite(value)) throw badarg();
  input.at += FLOAT_TEXT_BYTES;
  return makeFloat(value);
}
