/** Functions that stand before those of exports and tell that they are called (beam_save_calls_export in OTP's JIT). */
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { funcref, i32, type ValType } from '../wasm/types.ts';

/**
 * A wasm module with a function `f0`, `f1` … for each export: it hands the export's slot to `env.called`, and goes on in the element of that
 * number of the table `env.code`.
 */
export function buildCallThunks(
  exports: readonly { readonly slot: number; readonly arity: number }[],
): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder();
  const code = builder.importTable('env', 'code', funcref, { min: exports.length });
  const called = builder.importFunction('env', 'called', builder.type([i32], []));
  exports.forEach(({ slot, arity }, index) => {
    const type = builder.type(new Array<ValType>(arity).fill(i32), [i32]);
    const func = builder.declareFunction(type);
    const w = builder.body(func);
    w.i32Const(slot);
    w.call(called);
    for (let i = 0; i < arity; i++) w.localGet(w.param(i));
    w.i32Const(index);
    w.returnCallIndirect(type, code);
    w.finish();
    builder.exportFunction(`f${index}`, func);
  });
  return builder.finish().bytes;
}
