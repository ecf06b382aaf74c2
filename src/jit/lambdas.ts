/**
 * Which functions of a module are only ever called through funs. Those take the fun where others take the free variables, and need no
 * adapter that passes them on: a jump less for each call.
 */
import type { BeamFunction, BeamModule, LambdaEntry } from '../loader/beam-module.ts';
import { FUN_FREE, PRIMARY_BOXED } from '../term/layout.ts';
import type { BeamAssembler } from './beam-assembler.ts';

const LOCAL_CALLS: ReadonlySet<string> = new Set(['call', 'call_last', 'call_only']);

/** The lambdas of such functions by index into `module.functions`, sparse. `isOwn`: whether the function's code is the module's. */
export function lambdasByFunction(
  module: BeamModule,
  isOwn: (func: BeamFunction) => boolean,
): (LambdaEntry | undefined)[] {
  const found: (LambdaEntry | undefined)[] = [];
  if (module.lambdas.length === 0) return found;
  const called = calledLabels(module);
  for (const lambda of module.lambdas) {
    const index = module.functionOfLabel.get(lambda.label) as number;
    if (!called.has(lambda.label) && isOwn(module.functions[index] as BeamFunction)) found[index] = lambda;
    called.add(lambda.label);
  }
  return found;
}

/** Labels of functions that are called by their names. */
function calledLabels({ functions, exports }: BeamModule): Set<number> {
  const called = new Set(exports.map(({ label }) => label));
  for (const { instructions } of functions) {
    for (const { op, args } of instructions) {
      if (op.family !== 'calls') continue;
      const target = LOCAL_CALLS.has(op.name) ? args[1] : undefined;
      if (target?.kind === 'f') called.add(target.label);
    }
  }
  return called;
}

/** At the head of a function that takes the fun: its free variables go to the X registers behind the arguments. */
export function takeFree(a: BeamAssembler): void {
  const { w } = a;
  const { arity, numFree } = a.translator.lambdaOf[a.index] ?? { arity: 0, numFree: 0 };
  const passed = arity - numFree;
  for (let i = 0; i < numFree; i++) {
    w.localGet(w.param(passed, 'fun'));
    w.i32Load(FUN_FREE + 4 * i - PRIMARY_BOXED);
    w.localSet(a.xLocal(passed + i));
  }
}
