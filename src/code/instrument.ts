/**
 * Breakpoints for tracing. The first one in a module has the module translated once more, with functions that stop (jit/breakpoints.ts),
 * and puts that code beside the other: exports, adapters of funs and return points lead to it, with the same slots and the same numbers.
 * When the last breakpoint goes, they lead to the code without again. Both are kept.
 */
import { RELOC_BREAKPOINT, RELOC_ENTER, RELOC_ENTER_SLOT } from '../jit/relocations.ts';
import { allocateBlock } from '../memory/allocator.ts';
import { loadByte, storeByte } from '../memory/memory.ts';
import type { Addr } from '../term/layout.ts';
import { returnAddress } from '../term/stack-words.ts';
import { applyRelocations } from '../wasm/encoder.ts';
import type { CodeTable } from './code-table.ts';
import { type GeneratedImports, resolveConstant } from './linker.ts';
import type { LoadedModule } from './loaded-module.ts';

/** The code that slots lead to. */
type Wiring = readonly (readonly [slot: number, code: CallableFunction])[];

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
    for (const [slot, code] of wiring) this.code.table.set(slot, code);
  }

  private slotsOf(module: LoadedModule): number[] {
    const { constants, resumeSlot } = module;
    const exports = module.exports().map(({ name, arity }) => this.code.export(module.name, name, arity));
    return [
      resumeSlot,
      ...constants.adapterSlots,
      ...exports.filter(({ state }) => state === 'loaded').map(({ slot }) => slot),
    ];
  }

  private wiring(slots: readonly number[]): Wiring {
    return slots.flatMap((slot) => {
      const code = this.code.table.get(slot) as CallableFunction | null;
      return code === null ? [] : [[slot, code] as const];
    });
  }

  private make(module: LoadedModule): Instrumented | undefined {
    const translation = module.retranslate?.();
    if (translation === undefined) return undefined;
    const { wasm } = translation;
    const functions = module.functions();
    const slots = this.slotsOf(module);
    const plain = this.wiring(slots);
    const bytes = allocateBlock(functions.length);
    for (let i = 0; i < functions.length; i++) storeByte((bytes + i) as Addr, 0);
    const enterSlot = this.code.allocateSlots(1);
    const points = functions.flatMap(({ arity }, index) => [index + 1, arity + 1]);
    const first = this.code.addPoints(module, points, enterSlot);
    module.firstEnterPoint = first;
    applyRelocations(wasm, translation.relocations, (kind, id) => {
      if (kind === RELOC_ENTER) return returnAddress(first + id);
      if (kind === RELOC_BREAKPOINT) return bytes + id;
      return kind === RELOC_ENTER_SLOT ? enterSlot : resolveConstant(module, kind, id);
    });
    // Its element segments overwrite the slots of the resume entry and of adapters.
    const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), this.imports as WebAssembly.Imports);
    module.exports().forEach(({ name, arity }, index) => {
      const made = this.code.export(module.name, name, arity);
      if (made.state === 'loaded') this.code.table.set(made.slot, instance.exports[`e${index}`] as CallableFunction);
    });
    const stopping = this.wiring(slots);
    this.wire(plain);
    const instrumented = { plain, stopping, bytes, count: 0 };
    this.known.set(module, instrumented);
    return instrumented;
  }
}
