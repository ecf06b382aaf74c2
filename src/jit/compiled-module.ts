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

export interface CompiledModule {
  readonly wasm: FinishedModule;
  /** Integers of the code that are no smalls. */
  readonly integers: readonly bigint[];
  readonly returnPoints: readonly ReturnPoint[];
  // Besides what is below the wasm module exports a function `e<index>` for each entry of `BeamModule.exports`, and
  // its on_load function as `onLoad`.
  /** Imports (indexes into `BeamModule.imports`) that the code calls through a slot; each has an exported stub `u<index>`. */
  readonly slotImports: readonly number[];
}
