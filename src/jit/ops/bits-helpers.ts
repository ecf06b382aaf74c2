/**
 * Functions on bitstrings that a module gets when its code needs them, in the module itself: a call from one wasm instance to
 * another, or to TypeScript, costs several times as much. What they do not do they leave to runtime/bits-build.ts.
 *
 *   sub (owner, start, size) -> term          a part of the data of heap bits or of a bin ref, see `subBitsOf` in term/bits.ts
 *   create (size) -> term                     a new bitstring of so many bits
 *   append (src, size, unit) -> term, or 0    src made longer by `size` bits: see `append` in runtime/bits-build.ts
 *   privateAppend                             the same where nobody else has src
 *   put (value, base, bit, size)              writes the low 1 to 25 bits of a number, most significant first
 *   copy (src, base, bit, size)               writes the first bits of a bitstring
 *   big (value) -> term                       an unsigned 32-bit number that is no small
 *   utf8 (context) -> character, or 0         the next character of a match context in UTF-8
 */
import type { FunctionBuilder } from '../../wasm/function-builder.ts';
import type { FuncIndex } from '../../wasm/types.ts';
import type { ModuleTranslator } from '../module-translator.ts';
import { signature } from '../runtime-table.ts';
import { emitAppend } from './bits-helper-append.ts';
import { emitBig, emitCreate, emitSub } from './bits-helper-make.ts';
import { emitUtf8 } from './bits-helper-utf8.ts';
import { emitCopy, emitPut } from './bits-helper-write.ts';

type EmitHelper = (w: FunctionBuilder, translator: ModuleTranslator) => void;

interface Helper {
  readonly signature: string;
  readonly emit: EmitHelper;
}

const helpers = {
  sub: { signature: 'iii:i', emit: emitSub },
  create: { signature: 'i:i', emit: emitCreate },
  append: { signature: 'iii:i', emit: (w, translator) => emitAppend(w, translator, false) },
  privateAppend: { signature: 'iii:i', emit: (w, translator) => emitAppend(w, translator, true) },
  put: { signature: 'iiii:', emit: emitPut },
  big: { signature: 'i:i', emit: emitBig },
  copy: { signature: 'iiii:', emit: emitCopy },
  utf8: { signature: 'i:i', emit: emitUtf8 },
} satisfies Record<string, Helper>;

export type HelperName = keyof typeof helpers;

const made = new WeakMap<ModuleTranslator, Map<HelperName, FuncIndex>>();

/** The module's function of this name. */
export function bitsHelper(translator: ModuleTranslator, name: HelperName): FuncIndex {
  let known = made.get(translator);
  if (known === undefined) {
    known = new Map();
    made.set(translator, known);
  }
  const func = known.get(name);
  if (func !== undefined) return func;
  const { builder } = translator;
  const helper: Helper = helpers[name];
  const { params, results } = signature(helper.signature);
  const declared = builder.declareFunction(builder.type(params, results), translator.noted(`bits ${name}`));
  known.set(name, declared);
  const w = builder.body(declared);
  helper.emit(w, translator);
  w.finish();
  return declared;
}
