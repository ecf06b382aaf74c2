/**
 * BIFs as functions that `apply`, funs and calls through an export's slot can reach: generated code with the calling convention
 * of Erlang functions, which is that of BIFs: the table takes only functions that are WebAssembly's.
 */
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { i32, type ValType } from '../wasm/types.ts';

export interface BifName {
  readonly module: string;
  readonly name: string;
  readonly arity: number;
}

/** The name under which generated code imports a BIF, and under which this module exports its wrapper. */
export function bifKey({ module, name, arity }: BifName): string {
  return `${module}:${name}/${arity}`;
}

/** What a key was made of. */
export function parseBifKey(key: string): BifName {
  const colon = key.indexOf(':');
  const slash = key.lastIndexOf('/');
  return { module: key.slice(0, colon), name: key.slice(colon + 1, slash), arity: Number(key.slice(slash + 1)) };
}

/** A wasm module that imports `call.<key>` for each BIF and exports a wrapper for it under the same key. */
export function buildBifWrappers(bifs: readonly BifName[]): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder({ names: true });
  builder.importMemory('env', 'memory', { min: 1 });
  const type = (count: number) => builder.type(new Array<ValType>(count).fill(i32), [i32]);
  const imports = bifs.map((bif) => builder.importFunction('call', bifKey(bif), type(bif.arity)));
  bifs.forEach((bif, index) => {
    const func = builder.declareFunction(type(bif.arity), bifKey(bif));
    const w = builder.body(func);
    for (let i = 0; i < bif.arity; i++) w.localGet(w.param(i));
    w.call(imports[index] as (typeof imports)[number]);
    w.finish();
    builder.exportFunction(bifKey(bif), func);
  });
  return builder.finish().bytes;
}
