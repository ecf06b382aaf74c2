/** The external term format in module erlang (external.c). */
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { inParts } from '../../runtime/trap.ts';
import { deflateOf, inflateOf } from '../../runtime/zlib-hooks.ts';
import { makeInteger } from '../../term/bignum.ts';
import { binaryBytes, makeBinary } from '../../term/bits.ts';
import { tuple } from '../../term/build.ts';
import { decodeInParts, decodeSmall } from '../../term/external-decode.ts';
import {
  type EncodeOptions,
  encodeInParts,
  encodeIovec,
  encodeSmall,
  externalSize,
} from '../../term/external-encode.ts';
import { parseDecodeOptions, parseEncodeOptions } from '../../term/external-options.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isBitstring } from '../../term/term.ts';
import type { BifRow, BifTable } from '../registry.ts';
import { binarySize } from './binaries.ts';

/** Bytes for a reduction (B2T_BYTES_PER_REDUCTION in external.c; encoding counts terms there, here bytes too). */
const BYTES_PER_REDUCTION = 128;

function options(vm: Machine, list: Term): EncodeOptions {
  return { ...parseEncodeOptions(list), deflate: deflateOf(vm) };
}

function* binaryOf(vm: Machine, t: Term, list: Term): LongWork {
  const content = yield* encodeInParts(t, list === NIL ? {} : options(vm, list));
  bumpForWork(content.length, BYTES_PER_REDUCTION);
  return makeBinary(content);
}

/** term_to_binary/1,2: what is small needs no parts. */
function beginBinary(vm: Machine, t: Term, list: Term): LongWork | Term {
  const small = list === NIL ? encodeSmall(t) : undefined;
  if (small === undefined) return binaryOf(vm, t, list);
  bumpForWork(binarySize(small), BYTES_PER_REDUCTION);
  return small;
}

/** term_to_iovec/1,2. With compression OTP gives a binary instead of a list of them. */
function* iovecOf(vm: Machine, t: Term, list: Term): LongWork {
  const chosen = list === NIL ? {} : options(vm, list);
  return (chosen.level ?? 0) === 0 ? yield* encodeIovec(t, chosen) : makeBinary(yield* encodeInParts(t, chosen));
}

/** external_size/1,2: what compression would save does not count. */
function* sizeOf(_vm: Machine, t: Term, list: Term): LongWork {
  return makeInteger(yield* externalSize(t, parseEncodeOptions(list)));
}

/** binary_to_term/1,2; with the option `used` as `{Term, Used}`. Raises badarg. */
function* termOf(vm: Machine, binary: Term, list: Term): LongWork {
  const { safe, used } = parseDecodeOptions(list);
  bumpForWork(binarySize(binary), BYTES_PER_REDUCTION);
  const decoded = yield* decodeInParts(binaryBytes(binary), { safe, inflate: inflateOf(vm) });
  return used ? tuple(decoded.term, makeInteger(decoded.used)) : decoded.term;
}

/** binary_to_term/1,2: what is small needs no parts. */
function beginTerm(vm: Machine, binary: Term, list: Term): LongWork | Term {
  const small = list === NIL && isBitstring(binary) ? decodeSmall(binary) : undefined;
  if (small === undefined) return termOf(vm, binary, list);
  bumpForWork(binarySize(binary), BYTES_PER_REDUCTION);
  return small;
}

/** The BIFs of a name, whose second argument, a list of options, may be missing. */
function rowsOf(name: string, work: (vm: Machine, subject: Term, list: Term) => LongWork | Term): BifRow[] {
  const trap = { module: 'erts_internal', name: `${name}_trap`, arity: 1 };
  const bif = { module: 'erlang', name, trap };
  return [
    { name, arity: 1, fn: (vm: Machine, t: Term) => inParts(vm, bif, [t], () => work(vm, t, NIL)) },
    { name, arity: 2, fn: (vm: Machine, t: Term, list: Term) => inParts(vm, bif, [t, list], () => work(vm, t, list)) },
  ];
}

export const erlangExternalBifs: BifTable = {
  module: 'erlang',
  rows: [
    ...rowsOf('term_to_binary', beginBinary),
    ...rowsOf('term_to_iovec', iovecOf),
    ...rowsOf('external_size', sizeOf),
    ...rowsOf('binary_to_term', beginTerm),
  ],
};
