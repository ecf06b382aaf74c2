/** The external term format in module erlang (external.c). */
import type { Machine } from '../../process/machine.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { deflateOf, inflateOf } from '../../runtime/zlib-hooks.ts';
import { makeInteger } from '../../term/bignum.ts';
import { binaryBytes, makeBinary } from '../../term/bits.ts';
import { tuple } from '../../term/build.ts';
import { decodeExternalUsed } from '../../term/external-decode.ts';
import { type EncodeOptions, encodeExternal, encodeIovec, externalSize } from '../../term/external-encode.ts';
import { parseDecodeOptions, parseEncodeOptions } from '../../term/external-options.ts';
import { NIL, type Term } from '../../term/layout.ts';
import type { BifTable } from '../registry.ts';
import { binarySize } from './binaries.ts';

/** Bytes for a reduction (B2T_BYTES_PER_REDUCTION in external.c; encoding counts terms there, here bytes too). */
const BYTES_PER_REDUCTION = 128;

function options(vm: Machine, list: Term): EncodeOptions {
  return { ...parseEncodeOptions(list), deflate: deflateOf(vm) };
}

function termToBinary(vm: Machine, t: Term, list: Term = NIL): Term {
  const content = list === NIL ? encodeExternal(t) : encodeExternal(t, options(vm, list));
  bumpForWork(content.length, BYTES_PER_REDUCTION);
  return makeBinary(content);
}

/** term_to_iovec/1,2. With compression OTP gives a binary instead of a list of them. */
function termToIovec(vm: Machine, t: Term, list: Term = NIL): Term {
  if (list === NIL) return encodeIovec(t);
  const chosen = options(vm, list);
  return (chosen.level ?? 0) === 0 ? encodeIovec(t, chosen) : makeBinary(encodeExternal(t, chosen));
}

/** external_size/1,2: what compression would save does not count. */
function sizeOfExternal(_vm: Machine, t: Term, list: Term = NIL): Term {
  return makeInteger(externalSize(t, parseEncodeOptions(list)));
}

/** binary_to_term/1,2; with the option `used` as `{Term, Used}`. Raises badarg. */
function binaryToTerm(vm: Machine, binary: Term, list: Term = NIL): Term {
  const { safe, used } = parseDecodeOptions(list);
  bumpForWork(binarySize(binary), BYTES_PER_REDUCTION);
  const decoded = decodeExternalUsed(binaryBytes(binary), { safe, inflate: inflateOf(vm) });
  return used ? tuple(decoded.term, makeInteger(decoded.used)) : decoded.term;
}

export const erlangExternalBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'term_to_binary', arity: 1, fn: termToBinary },
    { name: 'term_to_binary', arity: 2, fn: termToBinary },
    { name: 'term_to_iovec', arity: 1, fn: termToIovec },
    { name: 'term_to_iovec', arity: 2, fn: termToIovec },
    { name: 'external_size', arity: 1, fn: sizeOfExternal },
    { name: 'external_size', arity: 2, fn: sizeOfExternal },
    { name: 'binary_to_term', arity: 1, fn: binaryToTerm },
    { name: 'binary_to_term', arity: 2, fn: binaryToTerm },
  ],
};
