/**
 * What a module gets when functions of it are to be traced: it is translated once more, with other functions in front of its own. Return
 * points and their pcs stay the same, so that the new code takes over wherever the module is entered next (code/instrument.ts).
 *
 *   function  (x0 … xn-1)    what code of the module calls; stops at a local breakpoint, else goes on in the body
 *   export    (x0 … xn-1)    what other modules call; stops at a global breakpoint, else goes on in the function
 *   body      (x0 … xn-1)    what the function is without breakpoints; its calls of itself are calls of the function
 *   enter     (pc, value)    goes on in the body, with X registers of a frame of the stack: after a breakpoint
 *
 * Which breakpoints are set is in a byte for each function.
 */
import { GLOBAL_BREAKPOINT, LOCAL_BREAKPOINT, SP, UNWIND_TOP } from '../memory/map.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32 } from '../wasm/types.ts';
import type { ModuleTranslator } from './module-translator.ts';
import { RELOC_BREAKPOINT, RELOC_ENTER, RELOC_SLOT } from './relocations.ts';

/** Functions of the module that stand in front of its bodies; gives what its exports are to be, by index into `module.functions`. */
export function compileBreakpoints(translator: ModuleTranslator): FuncIndex[] {
  const { module, builder } = translator;
  const enters: FuncIndex[] = [];
  const exported = module.functions.map(({ name, arity }, index) => {
    const func = translator.functions[index] as FuncIndex;
    const body = translator.bodies[index];
    if (body === undefined) {
      enters.push(builder.declareFunction(builder.type([i32, i32], [i32])));
      emitNothing(builder.body(enters[index] as FuncIndex));
      return func;
    }
    emitStop(translator, builder.body(func), index, LOCAL_BREAKPOINT, body);
    enters.push(compileEnter(translator, index, body));
    const front = builder.declareFunction(
      translator.functionType(arity),
      translator.noted(`${name}/${arity} from outside`),
    );
    emitStop(translator, builder.body(front), index, GLOBAL_BREAKPOINT, func);
    return front;
  });
  translator.defineEntry('enter', enters);
  return exported;
}

/** A BIF has no body. */
function emitNothing(w: FunctionBuilder): void {
  w.unreachable();
  w.finish();
}

/** If there is a breakpoint and it is to stop the process: leaves with the frame that `enter` takes. Else goes on in `next`. */
function emitStop(
  translator: ModuleTranslator,
  w: FunctionBuilder,
  index: number,
  breakpoint: number,
  next: FuncIndex,
): void {
  const { arity } = translator.module.functions[index] as { arity: number };
  w.i32ConstReloc(RELOC_BREAKPOINT, index);
  w.i32Load8U();
  w.i32Const(breakpoint);
  w.i32And();
  w.if();
  w.i32ConstReloc(RELOC_SLOT, index);
  w.i32Const(breakpoint);
  w.call(translator.runtime('breakpoint'));
  w.if();
  emitFrame(w, index, arity);
  w.i32Const(0);
  w.return();
  w.end();
  w.end();
  for (let i = 0; i < arity; i++) w.localGet(w.param(i));
  w.returnCall(next);
  w.finish();
}

/** Appends the frame at UNWIND_TOP: the return address, then the registers, X0 last. */
function emitFrame(w: FunctionBuilder, index: number, arity: number): void {
  const start = w.local(i32, 'start');
  w.i32Const(0);
  w.i32Load(UNWIND_TOP);
  w.localTee(start);
  w.i32ConstReloc(RELOC_ENTER, index);
  w.i32Store();
  for (let i = 0; i < arity; i++) {
    w.localGet(start);
    w.localGet(w.param(i));
    w.i32Store(4 * (arity - i));
  }
  w.i32Const(0);
  w.localGet(start);
  w.i32Const(4 * (arity + 1));
  w.i32Add();
  w.i32Store(UNWIND_TOP);
}

/** The frame has just been taken: its words lie below SP. */
function compileEnter(translator: ModuleTranslator, index: number, body: FuncIndex): FuncIndex {
  const { builder, module } = translator;
  const { name, arity } = module.functions[index] as { name: string; arity: number };
  const type = builder.type([i32, i32], [i32]);
  const func = builder.declareFunction(type, translator.noted(`${name}/${arity} enter`));
  const w = builder.body(func);
  const low = w.local(i32, 'low');
  w.i32Const(0);
  w.i32Load(SP);
  w.i32Const(4 * arity);
  w.i32Sub();
  w.localSet(low);
  for (let i = 0; i < arity; i++) {
    w.localGet(low);
    w.i32Load(4 * (arity - 1 - i));
  }
  w.returnCall(body);
  w.finish();
  return func;
}
