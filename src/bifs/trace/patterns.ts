/** erts_internal:trace_pattern/3,4: which functions, sends and receives are told of (trace_pattern in erl_bif_trace.c). */
import type { Machine } from '../../process/machine.ts';
import { yieldWith } from '../../process/suspension.ts';
import { withWholeStack } from '../../runtime/whole-stack.ts';
import { am, atom } from '../../term/atoms.ts';
import { copyOut } from '../../term/copy.ts';
import { badarg, ErlangError } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import {
  head,
  isAtom,
  isCons,
  isNil,
  isSmall,
  isTuple,
  makeSmall,
  smallValue,
  tail,
  tupleArity,
  tupleElement,
} from '../../term/term.ts';
import type { FunctionPattern, PatternChange, Setting } from '../../trace/breakpoints.ts';
import { MatchSet } from '../../trace/match-set.ts';
import { changeOnLoad } from '../../trace/on-load.ts';
import { isBreakpoint, NO_PATTERN, type PatternFlags, type TraceSession } from '../../trace/sessions.ts';
import { readTracer } from '../../trace/tracer.ts';
import { boolean } from '../erlang/arguments.ts';
import { guardFunctions } from '../ets/guard-functions.ts';
import type { BifTable } from '../registry.ts';
import { livingSession } from './sessions.ts';

interface FlagsRead {
  readonly flags: PatternFlags;
  readonly metaTracer: Term;
  readonly isGlobal: boolean;
}

const names: ReadonlyMap<Term, keyof PatternFlags> = new Map([
  [am.local, 'local'],
  [am.meta, 'meta'],
  [am.call_count, 'callCount'],
  [am.call_time, 'callTime'],
  [am.call_memory, 'callMemory'],
]);

/** Raises badarg with the cause badopt. */
function readPatternFlags(vm: Machine, session: TraceSession, list: Term): FlagsRead {
  const wrong = badarg(am.badopt);
  const flags = { ...NO_PATTERN };
  let metaTracer = NIL;
  let isGlobal = false;
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const item = head(rest);
    if (isTuple(item) && session.tracer === NIL) {
      const tracer = readTracer(item, am.meta);
      if (tracer === undefined) throw wrong;
      metaTracer = tracer;
      flags.meta = true;
      continue;
    }
    const name = names.get(item);
    if (item === am.global ? isBreakpoint(flags) : name === undefined || isGlobal) throw wrong;
    if (name === undefined) isGlobal = true;
    else flags[name] = true;
    if (name === 'meta' && metaTracer === NIL) metaTracer = session.tracer === NIL ? vm.current.pid : session.tracer;
  }
  if (!isNil(rest)) throw wrong;
  return { flags, metaTracer, isGlobal };
}

/** Raises badarg or system_limit with the cause match_spec. */
function compile(vm: Machine, session: TraceSession, target: Term, specification: Term): MatchSet {
  const kind = target === am.receive ? 'receive' : target === am.send ? 'send' : 'call';
  try {
    return new MatchSet(vm, copyOut(specification, true), guardFunctions, kind, session);
  } catch (error) {
    if (error instanceof ErlangError) throw new ErlangError(error.kind, error.reason, am.match_spec);
    throw error;
  }
}

const SETTINGS: ReadonlyMap<Term, Setting> = new Map([
  [am.false, 'off'],
  [am.true, 'on'],
  [NIL, 'on'],
  [am.restart, 'restart'],
  [am.pause, 'pause'],
]);

/** {Module, Function, Arity}, of which the last ones may be '_'. Raises `wrong`. */
function readFunctions(t: Term, wrong = badarg(am.none)): FunctionPattern {
  if (!isTuple(t) || tupleArity(t) !== 3) throw wrong;
  const [module, name, arity] = [1, 2, 3].map((i) => tupleElement(t, i)) as [Term, Term, Term];
  if (!isAtom(module) || !isAtom(name) || (!isSmall(arity) && arity !== am._)) throw wrong;
  if ((module === am._ && name !== am._) || (name === am._ && arity !== am._)) throw wrong;
  return {
    module: module === am._ ? undefined : module,
    name: name === am._ ? undefined : name,
    arity: arity === am._ ? undefined : smallValue(arity),
  };
}

/** `send` or `receive`: 1 (stage_trace_event_pattern). */
function changeEvent({ session, setting, matchSet }: PatternChange, event: Term): number {
  const pattern = event === am.send ? session.send : event === am.receive ? session.receive : undefined;
  if (pattern === undefined) throw badarg(am.none);
  pattern.on = setting === 'on';
  pattern.matchSet = matchSet;
  return 1;
}

function changePattern(vm: Machine, session: TraceSession, target: Term, pattern: Term, list: Term): number {
  const { flags, metaTracer, isGlobal } = readPatternFlags(vm, session, list);
  const setting = SETTINGS.get(pattern) ?? 'on';
  const matchSet = SETTINGS.has(pattern) ? undefined : compile(vm, session, target, pattern);
  const change: PatternChange = { session, setting, flags, matchSet, metaTracer };
  const counts = flags.callCount || flags.callTime || flags.callMemory;
  if (matchSet !== undefined && !flags.local && !flags.meta && counts) throw badarg(am.call_count);
  if (target === am.on_load) {
    changeOnLoad(change);
    return 0;
  }
  if (isTuple(target)) return vm.tracing.breakpoints.change(readFunctions(target), change);
  const isEvent = !isGlobal && !isBreakpoint(flags) && (setting === 'on' || setting === 'off');
  if (!isAtom(target) || !isEvent) throw badarg(am.none);
  return changeEvent(change, target);
}

/** How many functions match. Others run first where breakpoints or events have changed: in OTP all schedulers must have seen them. */
function changed(vm: Machine, target: Term, count: number): Term {
  return target === am.on_load ? makeSmall(count) : yieldWith(vm, makeSmall(count));
}

/** trace_pattern(MFA, MatchSpec, Flags): for the session of erlang:trace_pattern/3. Gives how many functions match. */
export function tracePattern3(vm: Machine, target: Term, pattern: Term, list: Term): Term {
  const again = withWholeStack(vm, am.erts_internal, am.trace_pattern, [target, pattern, list]);
  return again ?? changed(vm, target, changePattern(vm, vm.tracing.sessions.legacy, target, pattern, list));
}

/** trace_pattern(Session, MFA, MatchSpec, Flags) */
export function tracePattern4(vm: Machine, session: Term, target: Term, pattern: Term, list: Term): Term {
  const again = withWholeStack(vm, am.erts_internal, am.trace_pattern, [session, target, pattern, list]);
  return again ?? changed(vm, target, changePattern(vm, livingSession(vm, session), target, pattern, list));
}

/** erts_debug:breakpoint(MFA, IsOn): error_handler:breakpoint/3 is called instead of functions that match; gives how many do. Raises badarg. */
function debugBreakpoint(vm: Machine, target: Term, on: Term): Term {
  const isOn = boolean(on);
  if (isOn === undefined) throw badarg();
  const pattern = readFunctions(target, badarg());
  const again = withWholeStack(vm, atom('erts_debug'), atom('breakpoint'), [target, on]);
  return again ?? yieldWith(vm, makeSmall(vm.tracing.breakpoints.changeDebug(pattern, isOn)));
}

export const debugBreakpointBifs: BifTable = {
  module: 'erts_debug',
  rows: [{ name: 'breakpoint', arity: 2, fn: debugBreakpoint }],
};
