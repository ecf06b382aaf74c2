/**
 * Breakpoints for tracing. The first one in a module has the module translated once more, with functions that stop (jit/breakpoints.ts),
 * and puts that code beside the other: exports, adapters of funs and return points lead to it, with the same slots and the same numbers.
 * When the last breakpoint goes, they lead to the code without again. Both are kept.
 */
import { RELOC_BREAKPOINT, RELOC_ENTER } from '../jit/relocations.ts';
import { allocateBlock, freeBlock } from '../memory/allocator.ts';
import { loadByte, storeByte } from '../memory/memory.ts';
import type { Addr } from '../term/layout.ts';
import { returnAddress } from '../term/stack-words.ts';
import { applyRelocations } from '../wasm/encoder.ts';
import type { CodeTable } from './code-table.ts';
import { type GeneratedImports, instantiated, ownWiring, resolveConstant, type Wiring } from './linker.ts';
import type { LoadedModule } from './loaded-module.ts';

interface Instrumented {
  readonly plain: Wiring;
  readonly stopping: Wiring;
  /** A byte for each function. */
  readonly bytes: Addr;
  /** Functions that have a breakpoint. */
  count: number;
}

export class Instruments {
  private readonly code: CodeTable;
  private readonly imports: GeneratedImports;
  private readonly known = new WeakMap<LoadedModule, Instrumented>();

  constructor(code: CodeTable, imports: GeneratedImports) {
    this.code = code;
    this.imports = imports;
  }

  /** Sets a function's breakpoints (a sum of LOCAL_BREAKPOINT and GLOBAL_BREAKPOINT, or 0). No code of the module may be running. */
  setBreakpoints(module: LoadedModule, func: number, breakpoints: number): void {
    const instrumented = this.known.get(module) ?? (breakpoints === 0 ? undefined : this.make(module));
    if (instrumented === undefined) return;
    const at = (instrumented.bytes + func) as Addr;
    const before = loadByte(at);
    storeByte(at, breakpoints);
    if (before === 0 && breakpoints !== 0 && instrumented.count++ === 0) this.wire(instrumented.stopping);
    if (before !== 0 && breakpoints === 0 && --instrumented.count === 0) this.wire(instrumented.plain);
  }

  private wire(wiring: Wiring): void {
    for (const [slot, code] of wiring) this.code.put(slot, code);
  }

  /** Slots that lead to the module's code, as they are with an instance of it. */
  private wiring(module: LoadedModule, exports: WebAssembly.Exports): Wiring {
    const ofExports = module.exports().flatMap(({ name, arity }, index) => {
      const { state, slot } = this.code.export(module.name, name, arity);
      return state === 'loaded' ? [[slot, exports[`e${index}`] as CallableFunction] as const] : [];
    });
    return [...ownWiring(module, exports), ...ofExports];
  }

  private make(module: LoadedModule): Instrumented | undefined {
    const translation = module.retranslate?.();
    if (translation === undefined) return undefined;
    const { wasm } = translation;
    const { code } = this;
    const functions = module.functions();
    const bytes = allocateBlock(functions.length);
    for (let i = 0; i < functions.length; i++) storeByte((bytes + i) as Addr, 0);
    const enterSlot = code.allocateSlots(1);
    const points = functions.flatMap(({ arity }, index) => [index + 1, arity + 1]);
    const first = code.addPoints(module, points, enterSlot);
    module.firstEnterPoint = first;
    applyRelocations(wasm, translation.relocations, (kind, id) => {
      if (kind === RELOC_ENTER) return returnAddress(first + id);
      return kind === RELOC_BREAKPOINT ? bytes + id : resolveConstant(module, kind, id);
    });
    const exports = instantiated(translation, this.imports);
    code.put(enterSlot, exports.enter as CallableFunction);
    code.connect(module, exports.calls as WebAssembly.Table | undefined);
    const stopping = this.wiring(module, exports);
    const plain = stopping.map(([slot]) => [slot, code.codeAt(slot)] as const);
    const instrumented = { plain, stopping, bytes, count: 0 };
    this.known.set(module, instrumented);
    module.ownSlots.push(enterSlot);
    module.releases.push(() => {
      this.known.delete(module);
      freeBlock(bytes);
    });
    return instrumented;
  }
}
