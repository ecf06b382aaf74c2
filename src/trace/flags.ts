/** Trace flags of processes and ports, by the names that programs use (F_TRACE_… in OTP's erl_process.h). */
import { am } from '../term/atoms.ts';
import type { Term } from '../term/layout.ts';
import { head, isCons, isNil, tail } from '../term/term.ts';

export const TIMESTAMP = 1;
export const STRICT_MONOTONIC = 2;
export const MONOTONIC = 4;
export const SEND = 8;
export const RECEIVE = 16;
export const SET_ON_SPAWN = 32;
export const CALL = 64;
export const PROCS = 128;
export const SET_ON_FIRST_SPAWN = 256;
export const SET_ON_LINK = 512;
export const SET_ON_FIRST_LINK = 1024;
export const RUNNING = 2048;
export const EXITING = 4096;
export const GARBAGE_COLLECTION = 8192;
export const ARITY = 16384;
export const RETURN_TO = 32768;
export const SILENT = 65536;
export const SCHEDULER_ID = 131072;
export const PORTS = 262144;
export const RUNNING_PORTS = 524288;
export const RUNNING_PROCS = 1048576;

/** In the order in which trace_info tells them, last first. */
const NAMED: readonly (readonly [Term, number])[] = [
  [am.timestamp, TIMESTAMP],
  [am.strict_monotonic_timestamp, STRICT_MONOTONIC],
  [am.monotonic_timestamp, MONOTONIC],
  [am.send, SEND],
  [am.receive, RECEIVE],
  [am.set_on_spawn, SET_ON_SPAWN],
  [am.call, CALL],
  [am.procs, PROCS],
  [am.set_on_first_spawn, SET_ON_FIRST_SPAWN],
  [am.set_on_link, SET_ON_LINK],
  [am.set_on_first_link, SET_ON_FIRST_LINK],
  [am.running, RUNNING],
  [am.exiting, EXITING],
  [am.garbage_collection, GARBAGE_COLLECTION],
  [am.arity, ARITY],
  [am.return_to, RETURN_TO],
  [am.silent, SILENT],
  [am.scheduler_id, SCHEDULER_ID],
  [am.ports, PORTS],
  [am.running_ports, RUNNING_PORTS],
  [am.running_procs, RUNNING_PROCS],
];
const bits = new Map<Term, number>(NAMED);

export const TIMESTAMPS = TIMESTAMP | STRICT_MONOTONIC | MONOTONIC;
/** What flag `all` stands for. */
export const ALL_FLAGS = NAMED.reduce((sum, [, bit]) => sum | bit, 0);
export const MODIFIERS = SILENT | TIMESTAMPS | SCHEDULER_ID | RECEIVE | SEND;
export const PORT_FLAGS = MODIFIERS | PORTS | RUNNING_PORTS;
export const PROCESS_FLAGS = (ALL_FLAGS & ~PORT_FLAGS) | MODIFIERS;

/** The bits of a flag; 0 for what is none. */
export function flagBit(t: Term): number {
  return t === am.all ? ALL_FLAGS : (bits.get(t) ?? 0);
}

/** The flags of a set, in the order of trace_info. */
export function flagNames(flags: number): Term[] {
  return NAMED.filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => name)
    .reverse();
}

export interface FlagList {
  readonly flags: number;
  /** Pid or port of the tracer, [] when the list says that there is none; undefined: the list does not say. */
  readonly tracer: Term | undefined;
  readonly cpuTimestamp: boolean;
}

/**
 * Reads a list of trace flags; undefined if something in it is none. `tracerOf` reads {tracer, …} (undefined: it names none); without it the
 * session has its tracer, and such tuples are wrong.
 */
export function readFlags(list: Term, tracerOf: ((t: Term) => Term | undefined) | undefined): FlagList | undefined {
  let flags = 0;
  let tracer: Term | undefined;
  let cpuTimestamp = false;
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const item = head(rest);
    const bit = flagBit(item);
    const named = bit === 0 && item !== am.cpu_timestamp ? tracerOf?.(item) : undefined;
    if (bit !== 0) flags |= bit;
    else if (item === am.cpu_timestamp) cpuTimestamp = true;
    else if (named !== undefined) tracer = named;
    else return undefined;
  }
  return isNil(rest) ? { flags, tracer, cpuTimestamp } : undefined;
}
