/**
 * BIFs as functions that `apply`, funs and calls through an export's slot can reach. Generated code has the calling convention of BIFs; but the
 * table takes only functions that are WebAssembly's.
 */
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

/** A wasm module that imports `call.bif`, a BIF with so many arguments, and exports a wrapper of it as `f`. */
export function buildBifWrapper(arity: number): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder();
  const type = builder.type(new Array<ValType>(arity).fill(i32), [i32]);
  const bif = builder.importFunction('call', 'bif', type);
  const func = builder.declareFunction(type);
  const w = builder.body(func);
  for (let i = 0; i < arity; i++) w.localGet(w.param(i));
  w.call(bif);
  w.finish();
  builder.exportFunction('f', func);
  return builder.finish().bytes;
}
