/**
 * Runs functions of a translated module without a virtual machine: what they call of the runtime is pure. A function that
 * leaves (raises, or needs what is not here) gives 0.
 */
import { readFileSync } from 'node:fs';
import { erlangArithBifs } from '../../src/bifs/erlang/arith.ts';
import { kernels, Prelude } from '../../src/code/generated-imports.ts';
import { keysOfMaps } from '../../src/code/map-keys.ts';
import { SharedFunctions } from '../../src/code/shared-functions.ts';
import { compileModule } from '../../src/jit/compile-module.ts';
import type { CompiledModule } from '../../src/jit/compiled-module.ts';
import {
  CONSTANT_WORD,
  MAP_PLACES,
  RELOC_ADAPTER_SLOT,
  RELOC_ATOM,
  RELOC_FUN_LITERAL,
  RELOC_INTEGER,
  RELOC_LITERAL,
  RELOC_MAP_KEYS,
  RELOC_MAP_OFFSET,
  RELOC_SLOT,
} from '../../src/jit/relocations.ts';
import type { BeamModule } from '../../src/loader/beam-module.ts';
import { loadBeam } from '../../src/loader/load.ts';
import { initAllocator } from '../../src/memory/allocator.ts';
import { allocate } from '../../src/memory/heap.ts';
import { HEND, HTOP, REDUCTIONS, UNWIND_BASE, UNWIND_TOP, X_REGISTERS } from '../../src/memory/map.ts';
import { PAGE_BYTES, plus, store, useMemory } from '../../src/memory/memory.ts';
import { toFloat } from '../../src/runtime/arith.ts';
import { putMapAssoc, tryPutMapExact } from '../../src/runtime/map-ops.ts';
import { atom } from '../../src/term/atoms.ts';
import { makeBigInt } from '../../src/term/bignum.ts';
import { compareTerms } from '../../src/term/compare.ts';
import { equal, identical } from '../../src/term/equality.ts';
import { ErlangError } from '../../src/term/erlang-error.ts';
import { decodeExternal } from '../../src/term/external-decode.ts';
import { FUN_ARITY, FUN_FIXED_WORDS, FUN_SLOT, HEADER_FUN, makeHeader, type Term } from '../../src/term/layout.ts';
import { mapGet } from '../../src/term/map.ts';
import { makeBoxed } from '../../src/term/term.ts';
import { applyRelocations } from '../../src/wasm/encoder.ts';
import { isBif } from './stock-beams.ts';

const HEAP_BYTES = 64 * 1024 * 1024;
const UNWIND_AREA = PAGE_BYTES;
const PLENTY = 1_000_000_000;

type Words = (...words: number[]) => number;
type Implementation = (...terms: Term[]) => Term;

/** 0 for what throws an ErlangError. */
function silent(fn: Implementation): Words {
  return (...words) => {
    try {
      return fn(...(words as Term[]));
    } catch (error) {
      if (error instanceof ErlangError) return 0;
      throw error;
    }
  };
}

const bifs = new Map<string, Words>(
  erlangArithBifs.rows.map(({ name, arity, fn }) => [
    `erlang:${name}/${arity}`,
    silent(fn as unknown as Implementation),
  ]),
);

const runtime: Record<string, unknown> = {
  moreHeap: (words: number) => allocate(words),
  compare: compareTerms,
  equal,
  identical,
  mapGet,
  toFloat,
  putMapAssoc: (map: Term, count: number) => putMapAssoc(map, X_REGISTERS, count),
  tryPutMapExact: (map: Term, count: number) => tryPutMapExact(map, X_REGISTERS, count),
};

export interface Functions {
  /** Calls an exported function; 0: it left. */
  call(name: string, args: readonly Term[]): Term;
  /** How often BIFs were called as functions since the last call of this. */
  bifCalls(): number;
}

function constantFun(adapter: number, arity: number): Term {
  const fun = allocate(1 + FUN_FIXED_WORDS);
  store(fun, makeHeader(HEADER_FUN, FUN_FIXED_WORDS));
  store(plus(fun, FUN_SLOT), adapter);
  store(plus(fun, FUN_ARITY), arity);
  return makeBoxed(fun);
}

/** Slot of the adapter of the module's first lambda. */
function firstAdapter(module: BeamModule, base: number): number {
  return base + module.functions.length * 2;
}

/** The prelude of a machine in which nothing is left and gone on with. */
function preludeFor(memory: WebAssembly.Memory, table: WebAssembly.Table): Prelude {
  const never = (): never => {
    throw new Error('there is no trampoline');
  };
  return new Prelude(memory, table, { callLarge: never, growStack: never, prolong: never, traceReturn: never });
}

function relocate(module: BeamModule, compiled: CompiledModule, base: number): (kind: number, id: number) => number {
  const { integers, mapKeys } = compiled;
  const relocated = (kind: number, id: number): number => {
    if (kind === CONSTANT_WORD) return id;
    if (kind === RELOC_MAP_KEYS) return maps[id]?.keys as Term;
    if (kind === RELOC_MAP_OFFSET) return maps[Math.floor(id / MAP_PLACES)]?.offsets[id % MAP_PLACES] as number;
    if (kind === RELOC_ATOM) return atom(module.atoms[id] as string);
    if (kind === RELOC_LITERAL) return decodeExternal(module.literals[id] as Uint8Array);
    if (kind === RELOC_INTEGER) return makeBigInt(integers[id] as bigint);
    if (kind === RELOC_SLOT) return base + id;
    const adapter = firstAdapter(module, base) + id;
    if (kind === RELOC_ADAPTER_SLOT) return adapter;
    if (kind === RELOC_FUN_LITERAL) return constantFun(adapter, module.lambdas[id]?.arity ?? 0);
    return 0;
  };
  const rows = Int32Array.from(mapKeys.flatMap((keys) => [keys.length, ...keys.flat()]));
  const maps = keysOfMaps(rows, (kind, id) => relocated(kind, id) as Term);
  return relocated;
}

/** A fresh heap with the module of the file ready to run on it; every earlier term is void. */
export function loadFunctions(path: string): Functions {
  const module = loadBeam(new Uint8Array(readFileSync(path)));
  const memory = new WebAssembly.Memory({ initial: HEAP_BYTES / PAGE_BYTES, maximum: 65536 });
  useMemory(memory);
  initAllocator(HEAP_BYTES);
  store(HTOP, 2 * PAGE_BYTES);
  store(HEND, HEAP_BYTES);
  store(UNWIND_BASE, UNWIND_AREA);
  const code = compileModule(module, { isBif });
  const { wasm } = code;
  applyRelocations(wasm.bytes, wasm.relocations, relocate(module, code, 0));
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 3 * module.functions.length + 100 });
  const prelude = preludeFor(memory, table);
  let calls = 0;
  const kernel = kernels(memory, runtime as Record<string, CallableFunction>);
  const bif = (key: string): Words => {
    const fn = bifs.get(key);
    return (...words) => {
      calls++;
      return fn === undefined ? 0 : fn(...words);
    };
  };
  const shared = new SharedFunctions({
    rt: (name) => (runtime[name] as CallableFunction | undefined) ?? (() => 0),
    prelude: (name) => prelude.function(name),
    kernel: (name) => kernel[name],
    bif,
    call: bif,
    guard: bif,
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm.bytes), { env: { memory } });
  if (exports.calls !== undefined) {
    shared.place(exports.calls as WebAssembly.Table, code.calledImports.length, code.shared);
  }
  module.lambdas.forEach((_, index) => {
    table.set(firstAdapter(module, 0) + index, exports[`a${index}`]);
  });
  return {
    call: (name, args) => {
      store(REDUCTIONS, PLENTY);
      store(UNWIND_TOP, UNWIND_AREA);
      const index = module.exports.findIndex((entry) => entry.name === name && entry.arity === args.length);
      return (exports[`e${index}`] as Words)(...args) as Term;
    },
    bifCalls: () => {
      const count = calls;
      calls = 0;
      return count;
    },
  };
}
