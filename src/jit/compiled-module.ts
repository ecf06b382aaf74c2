/** What translation gives: a wasm module with unresolved constants, and what the linker and the tracer need beside it. */
import type { FinishedModule } from '../wasm/module-builder.ts';

/**
 * What happens at a return point: a value comes back from a call, an exception is raised there or handled there, a receive goes
 * on with a new message, or the function goes on after it had run out of reductions (its frame holds X registers). The frame of a
 * tracer belongs to no function.
 */
export type ReturnPointKind = 'call' | 'raise' | 'try' | 'catch' | 'receive' | 'budget' | 'trace';

/** A place where a frame of a function can go on (pc > 0), or only raise (pc 0). */
export interface ReturnPoint {
  readonly kind: ReturnPointKind;
  /** Index into `BeamModule.functions`. */
  readonly func: number;
  /** What the module's resume entry is given to go on here; each place of the module has its own. */
  readonly pc: number;
  /** Words of the frame there, return address included. */
  readonly frameWords: number;
  /** Index into `BeamModule.lines.items`; 0 is unknown. */
  readonly line: number;
}

export type ConstantId = readonly [kind: number, id: number];

/**
 * The wasm module exports `e<index>` for each entry of `BeamModule.exports`, `a<index>` for each lambda: its adapter, `onLoad`: its on_load
 * function, `resume`: what its return points go on with, `calls`: the table of the functions of other modules that it calls, which starts
 * with stubs that say that the function is not there. What would be empty is left out.
 */
export interface CompiledModule {
  readonly wasm: FinishedModule;
  /** Integers of the code that are no smalls. */
  readonly integers: readonly bigint[];
  /** The keys of small maps that code builds with constant keys, in its order: each a kind of relocation, or CONSTANT_WORD, and its id. */
  readonly mapKeys: readonly (readonly ConstantId[])[];
  readonly returnPoints: readonly ReturnPoint[];
  /** Imports (indexes into `BeamModule.imports`) that the code calls, in the order of the elements of the module's table of calls. */
  readonly calledImports: readonly number[];
  /** What lies behind those in the table of calls: functions that all modules share, each as its source, name and signature. */
  readonly shared: readonly string[];
}
