/** Names of BIFs as generated code knows them, and BIFs of which WebAssembly does what is common. */
import { TRACED_BIFS } from '../memory/map.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { i32, type ValType } from '../wasm/types.ts';

export interface BifName {
  readonly module: string;
  readonly name: string;
  readonly arity: number;
}

/** The name under which generated code imports a BIF. */
export function bifKey({ module, name, arity }: BifName): string {
  return `${module}:${name}/${arity}`;
}

/** What a key was made of. */
export function parseBifKey(key: string): BifName {
  const colon = key.indexOf(':');
  const slash = key.lastIndexOf('/');
  return { module: key.slice(0, colon), name: key.slice(colon + 1, slash), arity: Number(key.slice(slash + 1)) };
}

/**
 * A wasm module that exports as `f` a BIF with so many arguments which asks a kernel (`call.kernel`) first and goes to TypeScript
 * (`call.bif`) where that gives 0, or while BIFs are traced.
 */
export function buildKernelBif(arity: number): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder();
  builder.importMemory('env', 'memory', { min: 1 });
  const type = builder.type(new Array<ValType>(arity).fill(i32), [i32]);
  const [kernel, bif] = [builder.importFunction('call', 'kernel', type), builder.importFunction('call', 'bif', type)];
  const func = builder.declareFunction(type);
  const w = builder.body(func);
  const result = w.local(i32, 'result');
  const pushArguments = (): void => {
    for (let i = 0; i < arity; i++) w.localGet(w.param(i));
  };
  w.i32Const(0);
  w.i32Load(TRACED_BIFS);
  w.i32Eqz();
  w.if();
  pushArguments();
  w.call(kernel);
  w.localTee(result);
  w.if();
  w.localGet(result);
  w.return();
  w.end();
  w.end();
  pushArguments();
  w.returnCall(bif);
  w.finish();
  builder.exportFunction('f', func);
  return builder.finish().bytes;
}
