import type { FunctionBuilder } from '../../src/wasm/function-builder.ts';
import type { FinishedModule } from '../../src/wasm/module-builder.ts';
import { ModuleBuilder } from '../../src/wasm/module-builder.ts';
import type { ValType } from '../../src/wasm/types.ts';

export type Call = (...args: (number | bigint | unknown)[]) => unknown;

/** Compiles and instantiates; gives the exported functions by name. */
export function instantiate(bytes: Uint8Array, imports: WebAssembly.Imports = {}): Record<string, Call> {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  return instance.exports as unknown as Record<string, Call>;
}

/** A module that defines one exported function `run`, with one page of memory. */
export function moduleOf(
  params: readonly ValType[],
  results: readonly ValType[],
  emit: (f: FunctionBuilder, m: ModuleBuilder) => void,
): FinishedModule {
  const m = new ModuleBuilder({ names: true, notes: true });
  m.defineMemory({ min: 1 });
  const run = m.declareFunction(m.type(params, results), 'run');
  m.exportFunction('run', run);
  const f = m.body(run);
  emit(f, m);
  f.finish();
  return m.finish();
}

/** The function of `moduleOf`, ready to call. */
export function functionOf(
  params: readonly ValType[],
  results: readonly ValType[],
  emit: (f: FunctionBuilder, m: ModuleBuilder) => void,
): Call {
  return instantiate(moduleOf(params, results, emit).bytes).run as Call;
}
