/** The TypeScript side of jit/runtime-table.ts: what generated code imports as `rt`, by name. */
import type { RuntimeName } from '../jit/runtime-table.ts';
import { chunkSource } from '../memory/heap.ts';
import { X_REGISTERS } from '../memory/map.ts';
import { slotOfWord } from '../memory/slot-word.ts';
import type { Machine } from '../process/machine.ts';
import { makeFloat } from '../term/build.ts';
import { compareTerms } from '../term/compare.ts';
import { equal, identical } from '../term/equality.ts';
import { ErlangError } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { applyFailed, applySlot, callFunFailed } from './apply.ts';
import { toFloat } from './arith.ts';
import { bitsFunctions } from './bits-functions.ts';
import { caughtByCatch, caughtByTry } from './caught-exceptions.ts';
import {
  badmatch,
  badrecord,
  caseClause,
  catchEnd,
  functionClause,
  ifClause,
  raise,
  raiseBadarg,
  raiseBadarith,
  raiseError,
  raiseSystemLimit,
  rawRaise,
  tryClause,
} from './exceptions.ts';
import { putMapAssoc, putMapExact, putMapLiterals, tryPutMapExact } from './map-ops.ts';
import { nativeRecordFunctions } from './native-records.ts';
import {
  loopRecEnd,
  recvMarkerBind,
  recvMarkerClear,
  recvMarkerReserve,
  recvMarkerUse,
  removeMessage,
  timeout,
  waitTimeout,
} from './receive.ts';
import { buildStacktrace } from './stack-trace.ts';

/** A function as generated code sees it: words and floats in, a word, a float or nothing out. */
export type RuntimeFunction = (...args: never[]) => unknown;

/** Runs `f`; an ErlangError that it throws is recorded as raised by the running function, and 0 given. */
export function raising(vm: Machine, f: () => Term): Term {
  try {
    return f();
  } catch (error) {
    if (!(error instanceof ErlangError)) throw error;
    return raiseError(vm, error.reason);
  }
}

const PAIRS = X_REGISTERS;

/** NaN where generated code is to raise badarith. */
function floatOrNaN(t: Term): number {
  try {
    return toFloat(t);
  } catch (error) {
    if (!(error instanceof ErlangError)) throw error;
    return Number.NaN;
  }
}

function exceptionFunctions(vm: Machine) {
  return {
    functionClause: (func: number) => functionClause(vm, slotOfWord(func)),
    badmatch: (value: Term) => badmatch(vm, value),
    caseClause: (value: Term) => caseClause(vm, value),
    ifClause: () => ifClause(vm),
    tryClause: (value: Term) => tryClause(vm, value),
    badrecord: (value: Term) => badrecord(vm, value),
    raiseBadarg: () => raiseBadarg(vm),
    raiseBadarith: () => raiseBadarith(vm),
    raiseSystemLimit: () => raiseSystemLimit(vm),
    raise: (trace: Term, reason: Term) => raise(vm, trace, reason),
    rawRaise: (kind: Term, reason: Term, trace: Term) => rawRaise(vm, kind, reason, trace),
    buildStacktrace: (trace: Term) => buildStacktrace(vm, trace),
    catchEnd: (kind: Term, reason: Term, trace: Term) => catchEnd(vm, kind, reason, trace),
    caughtByTry: (address: number) => caughtByTry(vm, address),
    caughtByCatch: () => caughtByCatch(vm),
  };
}

function receiveFunctions(vm: Machine) {
  return {
    removeMessage: () => removeMessage(vm),
    loopRecEnd: () => loopRecEnd(vm),
    waitTimeout: (time: Term) => waitTimeout(vm, time),
    timeout: () => timeout(vm),
    recvMarkerReserve: () => recvMarkerReserve(vm),
    recvMarkerBind: (marker: Term, reference: Term) => recvMarkerBind(vm, marker, reference),
    recvMarkerClear: (reference: Term) => recvMarkerClear(vm, reference),
    recvMarkerUse: (reference: Term) => recvMarkerUse(vm, reference),
  };
}

/** Everything in the table, for one virtual machine. */
export function runtimeFunctions(vm: Machine): Readonly<Partial<Record<RuntimeName, RuntimeFunction>>> {
  return {
    moreHeap: (wordCount: number) => chunkSource.next(wordCount),
    compare: compareTerms,
    equal,
    identical,
    ...exceptionFunctions(vm),
    applySlot: (module: Term, name: Term, arity: number) => applySlot(vm, module, name, arity),
    applyFailed: (module: Term, name: Term, arity: number) => applyFailed(vm, module, name, arity),
    callFunFailed: (fun: Term, arity: number, returns: number) => callFunFailed(vm, fun, arity, returns),
    breakpoint: (word: number, kind: number) => vm.tracing.calls.breakpoint(word, kind),
    ...receiveFunctions(vm),
    toFloat: floatOrNaN,
    boxFloat: makeFloat,
    ...bitsFunctions(vm),
    ...nativeRecordFunctions(vm, (f) => raising(vm, f)),
    putMapAssoc: (map: Term, count: number) => putMapAssoc(map, PAIRS, count),
    putMapExact: (map: Term, count: number) => raising(vm, () => putMapExact(map, PAIRS, count)),
    putMapLiterals: (map: Term, count: number) => raising(vm, () => putMapLiterals(map, PAIRS, count)),
    tryPutMapExact: (map: Term, count: number) => tryPutMapExact(map, PAIRS, count),
  };
}
