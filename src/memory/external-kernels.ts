/**
 * Encoding to the external term format, as WebAssembly: what is small and of the types that come most is written to SCRATCH. The rest
 * is undecided, and whoever calls writes it (term/external-encoder.ts). One instance for each memory.
 */
import { atomBytes } from '../term/atoms.ts';
import { SMALL_ATOM_UTF8_EXT } from '../term/external-tags.ts';
import { type Addr, PRIMARY_CONS, type Term } from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { type FuncIndex, i32, type ValType } from '../wasm/types.ts';
import { allocateBlock } from './allocator.ts';
import { EncodeEmitter } from './external-emitter.ts';
import {
  ATOM_SLOT_BYTES,
  ATOM_SLOT_CONTENT,
  ATOM_SLOT_SIZE,
  ATOM_SLOTS,
  addTo,
  pushTagTest,
} from './external-leaf-emitter.ts';
import { ENCODED_ATOMS, SCRATCH } from './map.ts';
import { bytes, currentMemory, load, plus, store } from './memory.ts';

export type ExternalKernels = {
  /**
   * Writes a term to `to` and up, in SCRATCH, and gives the address behind it. It goes `depth` deep, and binaries may have up to
   * `largest` bytes. 0 or less: not decided; the number is minus the address that it came to.
   */
  encode(t: Term, to: number, depth: number, largest: number): number;
  /**
   * Writes elements of a list from ENCODED on, as many as it can. ELEMENTS tells how many, REST is what is left of the list. Gives the
   * address behind them, or, when there are none, what `encode` gave for the first.
   */
  encodeElements(list: Term, depth: number, largest: number): number;
};

export const REST = SCRATCH;
export const ELEMENTS = plus(SCRATCH, 4);
/** Where what is encoded lies. */
export const ENCODED = plus(SCRATCH, 8);
/** How deep a term may be: native recursion must end. */
export const DEEPEST_ENCODED = 30;

/** (list, depth, largest) -> address. */
function emitElements(w: FunctionBuilder, encode: FuncIndex): void {
  const [list, depth, largest] = [w.param(0), w.param(1), w.param(2)];
  const [at, next, count] = [w.local(i32), w.local(i32), w.local(i32)];
  w.i32Const(ENCODED);
  w.localTee(at);
  w.localSet(next);
  const done = w.block();
  const again = w.loop();
  pushTagTest(w, list, PRIMARY_CONS);
  w.i32Eqz();
  w.brIf(done);
  w.localGet(list);
  w.i32Const(PRIMARY_CONS);
  w.i32Sub();
  w.i32Load();
  w.localGet(at);
  w.localGet(depth);
  w.localGet(largest);
  w.call(encode);
  w.localTee(next);
  w.i32Const(0);
  w.i32LeS();
  w.brIf(done);
  w.localGet(next);
  w.localSet(at);
  addTo(w, count, () => w.i32Const(1));
  w.localGet(list);
  w.i32Load(4 - PRIMARY_CONS);
  w.localSet(list);
  w.br(again);
  w.end(again);
  w.end(done);
  for (const [address, local] of [
    [REST, list],
    [ELEMENTS, count],
  ] as const) {
    w.i32Const(0);
    w.localGet(local);
    w.i32Store(address);
  }
  w.localGet(at);
  w.localGet(next);
  w.localGet(count);
  w.select();
}

/** Has the slot hold the atom: 1; or 0 when the text is too long for that. */
function fillAtom(t: Term, slot: Addr): number {
  const text = atomBytes(t);
  const size = text.length;
  if (ATOM_SLOT_CONTENT + 2 + size > ATOM_SLOT_BYTES) return 0;
  const at = slot >>> 0;
  store(slot, t);
  bytes[at + ATOM_SLOT_SIZE] = 2 + size;
  bytes[at + ATOM_SLOT_CONTENT] = SMALL_ATOM_UTF8_EXT;
  bytes[at + ATOM_SLOT_CONTENT + 1] = size;
  bytes.set(text, at + ATOM_SLOT_CONTENT + 2);
  return 1;
}

function build(): WebAssembly.Module {
  const builder = new ModuleBuilder({ names: true });
  builder.importMemory('vm', 'memory', { min: 1 });
  const typeOf = (count: number) => builder.type(new Array<ValType>(count).fill(i32), [i32]);
  const fill = builder.importFunction('vm', 'fillAtom', typeOf(2));
  const define = (name: keyof ExternalKernels, params: number, emit: (w: FunctionBuilder, self: FuncIndex) => void) => {
    const func = builder.declareFunction(typeOf(params), name);
    const w = builder.body(func);
    emit(w, func);
    w.finish();
    builder.exportFunction(name, func);
    return func;
  };
  const encode = define('encode', 4, (w, self) => new EncodeEmitter(w, self, fill).emit());
  define('encodeElements', 3, (w) => emitElements(w, encode));
  return new WebAssembly.Module(builder.finish().bytes);
}

const made: { module?: WebAssembly.Module; memory?: WebAssembly.Memory; kernels?: ExternalKernels } = {};

/** The kernels for the memory in use. */
export function externalKernels(): ExternalKernels {
  const memory = currentMemory();
  if (made.kernels !== undefined && made.memory === memory) return made.kernels;
  made.module ??= build();
  made.memory = memory;
  if (load(ENCODED_ATOMS) === 0) {
    const slots = allocateBlock(ATOM_SLOTS * ATOM_SLOT_BYTES);
    for (let i = 0; i < ATOM_SLOTS; i++) store(plus(slots, i * ATOM_SLOT_BYTES), 0);
    store(ENCODED_ATOMS, slots);
  }
  const vm = { memory, fillAtom } as unknown as Record<string, WebAssembly.ImportValue>;
  made.kernels = new WebAssembly.Instance(made.module, { vm }).exports as unknown as ExternalKernels;
  return made.kernels;
}
