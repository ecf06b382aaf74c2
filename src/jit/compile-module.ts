/** Translates a loaded module to WebAssembly: a main and a resume function for each Erlang function, an adapter for each lambda, a stub for each import. */
import type { Operand } from '../isa/operands.ts';
import { operandToString } from '../isa/print.ts';
import type { BeamFunction, BeamModule, Instruction } from '../loader/beam-module.ts';
import { FUN_FREE, PRIMARY_BOXED } from '../term/layout.ts';
import { type FuncIndex, i32Init } from '../wasm/types.ts';
import { endsFlow, FunctionPlan, type Target } from './analysis.ts';
import { BeamAssembler } from './beam-assembler.ts';
import { compileBreakpoints } from './breakpoints.ts';
import type { CompiledModule } from './compiled-module.ts';
import { emitterOf } from './emitters.ts';
import { FunctionFrame, FunctionPoints } from './function-frame.ts';
import { Handlers } from './handlers.ts';
import { ModuleTranslator, type TranslateOptions } from './module-translator.ts';
import { emitOnLongs, mayBeOnLongs } from './ops/raw-arith.ts';
import { RELOC_IMPORT_SLOT } from './relocations.ts';

/** The result is the same for the same module and options, whatever machine or run. */
export function compileModule(module: BeamModule, options: TranslateOptions): CompiledModule {
  const translator = new ModuleTranslator(module, options);
  const { builder } = translator;
  translator.declareFunctions();
  module.functions.forEach((func, index) => {
    compileFunction(translator, func, index);
  });
  module.lambdas.forEach((_, index) => {
    compileAdapter(translator, index);
  });
  const { calls, calledImports } = translator;
  if (calledImports.length > 0) {
    const stubs = calledImports.map((index) => compileStub(translator, index));
    builder.elements(calls, i32Init(0), stubs);
  }
  // What return points go on with.
  if (translator.resumes.length > 0) translator.defineEntry('resume', translator.resumes);
  const exported = options.breakpoints === true ? compileBreakpoints(translator) : translator.functions;
  module.exports.forEach(({ label }, index) => {
    builder.exportFunction(`e${index}`, exported[module.functionOfLabel.get(label) as number] as FuncIndex);
  });
  const onLoad = module.functions.findIndex(({ name, arity }) => name === module.onLoad && arity === 0);
  if (onLoad >= 0) builder.exportFunction('onLoad', translator.functions[onLoad] as FuncIndex);
  translator.adapters.forEach((adapter, index) => {
    builder.exportFunction(`a${index}`, adapter);
  });
  const called = calledImports.length + translator.shared.length;
  builder.limitTable(calls, { min: called, max: called });
  if (called > 0) builder.exportTable('calls', calls);
  return {
    wasm: builder.finish(),
    integers: translator.integers,
    mapKeys: translator.mapKeys,
    returnPoints: translator.returnPoints,
    calledImports,
    shared: translator.shared,
  };
}

function compileFunction(translator: ModuleTranslator, func: BeamFunction, index: number): void {
  const { name, arity } = func;
  if (translator.options.isBif(translator.module.name, name, arity)) return compileBif(translator, func, index);
  translator.knowsNothing = translator.isPlain(func);
  const plan = new FunctionPlan(func, (importIndex) => translator.isBif(importIndex));
  const count = plan.reentries.length;
  const points = new FunctionPoints(translator.addReentries(count), new Handlers(plan, translator.knowsNothing));
  emitFunction(new BeamAssembler(translator, plan, index, false), points);
  if (count === 0) return;
  emitFunction(new BeamAssembler(translator, plan, index, true), points);
  translator.resumeAt(points.firstPc, count);
}

/** What the module's own code says for a BIF only raises (erlang:nif_error/1); calls inside the module reach the BIF too. */
function compileBif(translator: ModuleTranslator, { name, arity }: BeamFunction, index: number): void {
  const w = translator.body(index, false);
  for (let i = 0; i < arity; i++) w.localGet(w.param(i));
  w.returnCall(translator.bifNamed('call', translator.module.name, name, arity));
  w.finish();
}

function emitFunction(a: BeamAssembler, points: FunctionPoints): void {
  a.frame = new FunctionFrame(a, points);
  a.frame.open();
  emitInstructions(a);
  a.frame.close();
}

/** Code that nothing can reach is skipped: its operands' types and frames are unknown. */
function emitInstructions(a: BeamAssembler): void {
  const { plan } = a;
  let next = 0;
  const arriveAt = (position: number): void => {
    for (let target = plan.targets[next]; target?.position === position; target = plan.targets[++next]) {
      if (target === plan.budgetTarget(position)) continue;
      a.arrive(target);
      if (!isBehindTailBif(plan, target, position)) continue;
      if (a.reachable) a.returnBehindBif();
      a.reachable = false;
    }
  };
  const { instructions } = plan.func;
  for (let index = 0; index < instructions.length; index++) {
    if (plan.targets[next]?.position === index) arriveAt(index);
    a.at = index;
    a.line = plan.lineAt[index] as number;
    a.slots = plan.slotsBefore[index] as number;
    emitInstruction(a, instructions[index] as Instruction);
  }
  arriveAt(instructions.length);
}

/** A BIF in tail position is called in the body; its value is returned, also where only the resume function gets there. */
function isBehindTailBif(plan: FunctionPlan, target: Target, position: number): boolean {
  const call = plan.func.instructions[position - 1];
  return call !== undefined && target === plan.targetBehind(position - 1) && endsFlow(call);
}

function emitInstruction(a: BeamAssembler, instruction: Instruction): void {
  const { op, args } = instruction;
  const { plan, w } = a;
  const budget = plan.budgetTarget(a.at);
  if (budget !== undefined) {
    if (a.reachable) {
      a.raw.before(instruction);
      if (plan.callsFunLast(a.at)) moveFunBehindArguments(a, instruction);
    }
    a.checkBudget(budget, plan.budgetLive(a.at), plan.budgetFloats(a.at));
  }
  if (op.name === 'label' || !a.reachable) return;
  if (w.keepsNotes) w.note(`${op.name} ${args.map((operand) => operandToString(operand)).join(' ')}`);
  a.translator.options.onInstruction?.(a, instruction);
  if (mayBeOnLongs(op) && !a.translator.knowsNothing && emitOnLongs(a, instruction)) return;
  if (budget === undefined) a.raw.before(instruction);
  const emit = emitterOf[op.number];
  if (emit === undefined) throw new Error(`no emitter for ${op.name}`);
  emit(a, ...args);
  if (endsFlow(instruction)) a.reachable = false;
}

/** call_fun2 may have its fun in any register; a tail call finds it where call_fun does. */
function moveFunBehindArguments(a: BeamAssembler, { op, args }: Instruction): void {
  if (op.name !== 'call_fun2') return;
  a.push(args[2] as Operand);
  a.w.localSet(a.xLocal(a.number(args[1])));
}

/** What a fun's slot holds, where it is not the function itself: calls it with the free variables behind the arguments. */
function compileAdapter(translator: ModuleTranslator, index: number): void {
  const { module, builder } = translator;
  const lambda = module.lambdas[index] as (typeof module.lambdas)[number];
  const target = translator.functions[module.functionOfLabel.get(lambda.label) as number] as FuncIndex;
  const adapter = translator.adapters[index] as FuncIndex;
  if (adapter === target) return;
  const arity = lambda.arity - lambda.numFree;
  const w = builder.body(adapter);
  for (let i = 0; i < arity; i++) w.localGet(w.param(i));
  const fun = w.param(arity);
  for (let i = 0; i < lambda.numFree; i++) {
    w.localGet(fun);
    w.i32Load(FUN_FREE + 4 * i - PRIMARY_BOXED);
  }
  w.returnCall(target);
  w.finish();
}

/** What the element of an import holds while its function has no code: leaves with STATUS_UNDEFINED. */
function compileStub(translator: ModuleTranslator, index: number): FuncIndex {
  const { module, builder } = translator;
  const { module: name, name: functionName, arity } = module.imports[index] as (typeof module.imports)[number];
  const func = builder.declareFunction(
    translator.functionType(arity),
    translator.noted(`undefined ${name}:${functionName}/${arity}`),
  );
  const w = builder.body(func);
  w.i32ConstReloc(RELOC_IMPORT_SLOT, index);
  for (let i = 0; i < arity; i++) w.localGet(w.param(i));
  w.returnCall(translator.imported('prelude', `undefined${arity}`, `${'i'.repeat(arity + 1)}:i`));
  w.finish();
  return func;
}
