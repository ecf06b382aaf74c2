/**
 * Sequential tracing: a token goes along with messages, from process to process (seq_trace in OTP's erl_bif_trace.c and erl_trace.c). A
 * message without a token takes the receiver's away; those of the virtual machine's own leave it.
 */
import type { Fragment } from '../memory/fragment.ts';
import type { Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import type { SequenceState, SequenceToken } from '../process/tracing.ts';
import { am } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import { identical } from '../term/equality.ts';
import { badarg } from '../term/erlang-error.ts';
import { decodeExternal } from '../term/external-decode.ts';
import { encodeExternal } from '../term/external-encode.ts';
import { NIL, type Term } from '../term/layout.ts';
import {
  isAtom,
  isImmediate,
  isSmall,
  isTuple,
  makeSmall,
  smallValue,
  tupleArity,
  tupleElement,
} from '../term/term.ts';
import { MONOTONIC, STRICT_MONOTONIC, TIMESTAMP } from './flags.ts';
import { readTracer, sendTrace, tracerState } from './tracer.ts';

const SEND = 1;
const RECEIVE = 2;
const PRINT = 4;
const NOW = 8;
const STRICT = 16;
const MONO = 32;
const EVENT_WORDS = 32;

const flagBits = new Map<Term, number>([
  [am.send, SEND],
  [am.receive, RECEIVE],
  [am.print, PRINT],
  [am.timestamp, NOW],
  [am.strict_monotonic_timestamp, STRICT],
  [am.monotonic_timestamp, MONO],
]);
const typeAtoms = new Map<number, Term>([
  [SEND, am.send],
  [RECEIVE, am.receive],
  [PRINT, am.print],
]);

/** A label of more than a word is kept as bytes: it belongs to no heap. */
function keptLabel(t: Term): Term | Uint8Array {
  return isImmediate(t) ? t : encodeExternal(t);
}

/** On the heap where terms are being built. */
function labelTerm(label: Term | Uint8Array): Term {
  return typeof label === 'number' ? label : decodeExternal(label);
}

/** As in OTP, programs see the flags in this order of bits: send, receive, print, the timestamps. */
function tokenTuple(token: SequenceToken): Term {
  const { flags, label, serial, sender, last } = token;
  return tuple(makeSmall(flags), labelTerm(label), makeSmall(serial), sender, makeSmall(last));
}

export class SequentialTracing {
  private readonly vm: Machine;
  /** Pid or port; NIL: none. */
  systemTracer: Term = NIL;

  constructor(vm: Machine) {
    this.vm = vm;
  }

  private state(process: Process): SequenceState {
    const trace = process.tracing();
    trace.sequence ??= { token: undefined, clock: 0, last: 0 };
    return trace.sequence;
  }

  hasToken(): boolean {
    return this.vm.current.traceState?.sequence?.token !== undefined;
  }

  // ---- what programs say and ask ---------------------------------------------------------------------------------------

  private token(): SequenceToken {
    const state = this.state(this.vm.current);
    state.token ??= { flags: 0, label: makeSmall(0), serial: 0, sender: this.vm.current.pid, last: state.last };
    return state.token;
  }

  /** erlang:seq_trace/2: the value before. Raises badarg. */
  set(item: Term, value: Term): Term {
    const bit = flagBits.get(item);
    if (bit !== undefined && (value === am.true || value === am.false)) {
      const token = this.token();
      const old = (token.flags & bit) !== 0;
      this.change({ ...token, flags: value === am.true ? token.flags | bit : token.flags & ~bit });
      return old ? am.true : am.false;
    }
    if (item === am.label) {
      const old = labelTerm(this.token().label);
      this.change({ ...this.token(), label: keptLabel(value) });
      return old;
    }
    if (item === am.serial) return this.setSerial(value);
    if (item !== am.sequential_trace_token || value !== NIL) throw badarg();
    const { token } = this.state(this.vm.current);
    this.change(undefined);
    return token === undefined ? NIL : tokenTuple(token);
  }

  private change(token: SequenceToken | undefined): void {
    this.state(this.vm.current).token = token;
  }

  private setSerial(value: Term): Term {
    if (!isTuple(value) || tupleArity(value) !== 2) throw badarg();
    const [last, serial] = [tupleElement(value, 1), tupleElement(value, 2)];
    if (!isSmall(last) || !isSmall(serial)) throw badarg();
    const token = this.token();
    const old = tuple(makeSmall(token.last), makeSmall(token.serial));
    const state = this.state(this.vm.current);
    state.last = smallValue(last);
    state.clock = smallValue(serial);
    this.change({ ...token, last: state.last, serial: state.clock });
    return old;
  }

  /** erlang:seq_trace_info/1. Raises badarg. */
  info(item: Term): Term {
    const token = this.vm.current.traceState?.sequence?.token;
    const bit = flagBits.get(item);
    if (!isAtom(item)) throw badarg();
    if (token === undefined) {
      if (bit !== undefined || item === am.spawn) return tuple(item, am.false);
      if (item === am.label || item === am.serial) return NIL;
      throw badarg();
    }
    if (bit !== undefined) return tuple(item, (token.flags & bit) !== 0 ? am.true : am.false);
    if (item === am.label) return tuple(item, labelTerm(token.label));
    if (item !== am.serial) throw badarg();
    return tuple(item, tuple(makeSmall(token.last), makeSmall(token.serial)));
  }

  /** {set_seq_token, Item, Value} in a match specification: undefined for what is none. A test only looks. */
  setFromMatch(item: Term, value: Term, acts: boolean): Term | undefined {
    try {
      if (acts) return this.set(item, value);
      const info = this.info(item);
      return isTuple(info) && tupleArity(info) === 2 ? tupleElement(info, 2) : info;
    } catch {
      return undefined;
    }
  }

  /** The running process's token as programs may see it: [] without one. */
  tokenTerm(process: Process = this.vm.current): Term {
    const token = process.traceState?.sequence?.token;
    return token === undefined ? NIL : tokenTuple(token);
  }

  /** erlang:seq_trace_print/1 and /2: whether there is a token, with this label if one is told. */
  print(message: Term, label?: Term): boolean {
    const { current } = this.vm;
    const token = current.traceState?.sequence?.token;
    if (token === undefined || (label !== undefined && !identical(label, labelTerm(token.label)))) return false;
    this.countUp(current);
    this.output(current.traceState?.sequence?.token as SequenceToken, PRINT, NIL, message, current);
    return true;
  }

  // ---- what happens ----------------------------------------------------------------------------------------------------

  /** Whether the system tracer, if there is one, wants to hear of a process. */
  private isHeard(process: Process): boolean {
    return tracerState(this.vm, this.systemTracer, process.pid) === 'trace';
  }

  private countUp(process: Process): void {
    const sequence = process.traceState?.sequence;
    if (sequence?.token === undefined || (this.systemTracer !== NIL && !this.isHeard(process))) return;
    sequence.clock++;
    sequence.token = { ...sequence.token, sender: process.pid, serial: sequence.clock, last: sequence.last };
  }

  private output(token: SequenceToken, type: number, receiver: Term, message: Term, process: Process): void {
    if (this.systemTracer === NIL || (token.flags & type) === 0 || !this.isHeard(process)) return;
    if (process.isSensitive) return;
    const { label, last, serial, sender } = token;
    const isTerm = typeof label === 'number';
    sendTrace(this.vm, this.systemTracer, timestampFlags(token.flags), false, {
      tracee: isTerm ? label : NIL,
      label: isTerm ? undefined : label,
      tag: am.seq_trace,
      parts: [message, receiver],
      words: EVENT_WORDS,
      build: ([copy, to]) => {
        const serials = tuple(makeSmall(last), makeSmall(serial));
        return { message: tuple(typeAtoms.get(type) as Term, serials, sender, to as Term, copy as Term) };
      },
    });
  }

  /** A process sends: the token that goes along. */
  sent(from: Process, receiver: Term, message: Term): SequenceToken | undefined {
    const sequence = from.traceState?.sequence;
    if (sequence?.token === undefined) return undefined;
    this.countUp(from);
    this.output(sequence.token, SEND, receiver, message, from);
    return sequence.token;
  }

  /** Some message has a token. */
  isUsed = false;
  private readonly tokens = new WeakMap<Fragment, SequenceToken | 'keep'>();

  /** A message brings a token along. */
  attach(message: Fragment, token: SequenceToken): void {
    this.isUsed = true;
    this.tokens.set(message, token);
  }

  /** A message that says nothing of tokens: the receiver keeps the one it has. */
  keep(message: Fragment): void {
    this.tokens.set(message, 'keep');
  }

  /** A message is taken out of the mailbox. */
  taken(by: Process, message: Fragment): void {
    const token = this.tokens.get(message);
    const sequence = by.traceState?.sequence;
    if (token === 'keep') return;
    if (token === undefined) {
      if (sequence !== undefined) sequence.token = undefined;
      return;
    }
    const state = this.state(by);
    state.token = token;
    state.last = token.serial;
    if (state.clock < token.serial) state.clock = state.last;
    this.output(token, RECEIVE, by.pid, message.term, by);
  }

  /** The token of a process goes to one that it spawns. */
  inherited(parent: Process, child: Process): void {
    const sequence = parent.traceState?.sequence;
    if (sequence?.token === undefined) return;
    this.countUp(parent);
    const { token } = sequence;
    child.tracing().sequence = { token, clock: token.serial, last: token.serial };
  }

  // ---- the system tracer -----------------------------------------------------------------------------------------------

  /** erlang:system_flag(sequential_tracer, _): the one before, false for none; undefined: the value is none. */
  setSystemTracer(value: Term): Term | undefined {
    const tracer = value === am.false ? NIL : readTracer(value);
    if (tracer === undefined) return undefined;
    if (tracer !== NIL && tracerState(this.vm, tracer, NIL) === 'remove') return undefined;
    const old = this.tracerTerm();
    this.systemTracer = tracer;
    return old;
  }

  tracerTerm(): Term {
    return this.systemTracer === NIL ? am.false : this.systemTracer;
  }
}

function timestampFlags(flags: number): number {
  if ((flags & NOW) !== 0) return TIMESTAMP;
  if ((flags & STRICT) !== 0) return STRICT_MONOTONIC;
  return (flags & MONO) !== 0 ? MONOTONIC : 0;
}
