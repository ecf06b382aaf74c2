/**
 * Tracers: a pid or port that trace messages are sent to (OTP's module erl_tracer, erl_tracer_nif.c). Tracers in other modules are made of
 * native functions, which this virtual machine has not: asking for one is badarg, as in OTP for a module without them.
 */

import { freeFragment } from '../memory/fragment.ts';
import { buildFragment } from '../process/fragment-building.ts';
import type { Machine } from '../process/machine.ts';
import { commandPort } from '../process/port-signals.ts';
import { deliver } from '../process/signals.ts';
import { am } from '../term/atoms.ts';
import { makeBigInt, makeInteger } from '../term/bignum.ts';
import { tuple, tupleOf } from '../term/build.ts';
import { decodeExternal } from '../term/external-decode.ts';
import { encodeExternal } from '../term/external-encode.ts';
import { NIL, type Term } from '../term/layout.ts';
import { isPort } from '../term/nodes.ts';
import { isLocalPid, isLocalPort, isTuple, makeSmall, tupleArity, tupleElement } from '../term/term.ts';
import { MONOTONIC, SCHEDULER_ID, STRICT_MONOTONIC, TIMESTAMP, TIMESTAMPS } from './flags.ts';

/** Room for a trace tuple and its timestamp. */
const EVENT_WORDS = 64;
/** The only scheduler. */
const SCHEDULER = 1;
/** Words that a byte of the external format may come to, at most. */
const WORDS_OF_A_BYTE = 4;
const MILLION = 1_000_000n;

/**
 * The tracer of a term such as Pid, {tracer, Pid}, {tracer, Module, State}: its pid or port, NIL for []; undefined: it names none
 * (erts_term_to_tracer). Without `prefix` the forms are Pid and {Module, State}.
 */
export function readTracer(t: Term, prefix?: Term): Term | undefined {
  let named = t;
  if (isTuple(t)) {
    const arity = tupleArity(t);
    const first = tupleElement(t, 1);
    if (prefix === undefined) {
      if (arity !== 2 || first !== am.erl_tracer) return undefined;
      named = tupleElement(t, 2);
    } else {
      if (first !== prefix || (arity !== 2 && arity !== 3)) return undefined;
      if (arity === 3 && tupleElement(t, 2) !== am.erl_tracer) return undefined;
      named = tupleElement(t, arity);
    }
  }
  if (named === NIL) return NIL;
  return isLocalPid(named) || isLocalPort(named) ? named : undefined;
}

/** `trace`, `discard` for a tracer that is the tracee, `remove` for one that is gone (enabled in erl_tracer_nif.c). */
export function tracerState(vm: Machine, tracer: Term, tracee: Term): 'trace' | 'discard' | 'remove' {
  const isThere = isLocalPid(tracer)
    ? vm.processes.byPid(tracer)?.isAlive === true
    : isPort(tracer) && vm.ports.byTerm(tracer) !== undefined;
  if (!isThere) return 'remove';
  return tracer === tracee ? 'discard' : 'trace';
}

/** One trace message. Its terms may lie on any heap. */
export interface TraceMessage {
  /** Pid or port; the label of a sequential trace. */
  readonly tracee: Term;
  /** The tracee in external format, where it is a label that is no immediate. */
  readonly label?: Uint8Array | undefined;
  readonly tag: Term;
  /** What `build` gets copies of. */
  readonly parts: readonly Term[];
  /** Words that `build` needs beside the copies. */
  readonly words?: number;
  /** The message, and what belongs to it for some tags. */
  readonly build: (copies: readonly Term[]) => { readonly message: Term; readonly extra?: Term };
  /** What the match specification gave, if that is not `true`. */
  readonly result?: Term | undefined;
}

/** Flags, of which those count that say what is added to trace messages; and whether timestamps are of the CPU. */
export function sendTrace(vm: Machine, tracer: Term, flags: number, cpu: boolean, event: TraceMessage): void {
  const hasResult = event.result !== undefined;
  const parts = [event.tracee, ...(hasResult ? [event.result as Term] : []), ...event.parts];
  const labelWords = (event.label?.length ?? 0) * WORDS_OF_A_BYTE;
  const fragment = buildFragment(EVENT_WORDS + labelWords + (event.words ?? 0), parts, (copies) => {
    const [copy, ...rest] = copies as [Term, ...Term[]];
    const tracee = event.label === undefined ? copy : decodeExternal(event.label);
    const optional: Term[] = hasResult ? [rest.shift() as Term] : [];
    const { message, extra } = event.build(rest);
    const stamped = (flags & TIMESTAMPS) !== 0;
    if ((flags & SCHEDULER_ID) !== 0) optional.push(makeSmall(SCHEDULER));
    if (stamped) optional.push(stampOf(vm, flags, cpu));
    if (event.tag === am.seq_trace && extra === undefined) return tupleOf([am.seq_trace, tracee, message, ...optional]);
    const last = extra === undefined ? optional : [extra, ...optional];
    return tupleOf([stamped ? am.trace_ts : am.trace, tracee, event.tag, message, ...last]);
  });
  const process = isLocalPid(tracer) ? vm.processes.byPid(tracer) : undefined;
  if (process !== undefined) return deliver(vm, process, fragment, am.undefined);
  const port = vm.ports.byTerm(tracer);
  if (port !== undefined) commandPort(vm, port, encodeExternal(fragment.term));
  freeFragment(fragment);
}

/** {MegaSeconds, Seconds, MicroSeconds}. */
export function nowTuple(microseconds: bigint): Term {
  const parts = [microseconds / MILLION / MILLION, (microseconds / MILLION) % MILLION, microseconds % MILLION];
  return tupleOf(parts.map(makeBigInt));
}

/** The timestamp that the flags ask for. */
export function stampOf(vm: Machine, flags: number, cpu: boolean): Term {
  if ((flags & TIMESTAMP) !== 0) {
    return nowTuple(cpu ? vm.host.system.cpuMicroseconds() : vm.time.uniqueMicroseconds());
  }
  const monotonic = makeBigInt(vm.time.monotonic());
  if ((flags & STRICT_MONOTONIC) !== 0) return tuple(monotonic, makeInteger(vm.references.fresh()));
  if ((flags & MONOTONIC) === 0) throw new Error('no timestamp is asked for');
  return monotonic;
}
