/** BIFs of module erlang that send messages, at once or later. */
import type { Fragment } from '../../memory/fragment.ts';
import { buildFragment, fragmentAroundReference } from '../../process/fragment-building.ts';
import type { Machine } from '../../process/machine.ts';
import { MessageTimer } from '../../process/message-timer.ts';
import type { RefKey } from '../../process/references.ts';
import { sendMessage } from '../../process/signals.ts';
import { waitForPort } from '../../process/suspension.ts';
import type { ReferencedTimer } from '../../process/timer.ts';
import { send, trySend } from '../../runtime/send.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { tuple } from '../../term/build.ts';
import { copyOut } from '../../term/copy.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isRef } from '../../term/nodes.ts';
import { head, isAtom, isCons, isImmediate, isLocalPid, isNil, tail } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { boolean, elementsOf, natural, pairOf } from './arguments.ts';

/** Words of {timeout, Ref, Message} without the message. */
const TIMEOUT_WORDS = 8;

/** `To ! Message`, which is kept as a call of send/2 where calls are. */
function sendInstruction(vm: Machine, to: Term, message: Term): Term {
  if (vm.current.traceState !== undefined) vm.tracing.savedCalls.calls({ module: am.erlang, name: am.send, arity: 2 });
  return send(vm, to, message);
}

/** erlang:send/3: ok, or nosuspend where a busy port would suspend the sender. Raises badarg. */
function sendWithOptions(vm: Machine, to: Term, message: Term, options: Term): Term {
  let suspends = true;
  let rest = options;
  for (; isCons(rest); rest = tail(rest)) {
    const option = head(rest);
    if (option !== am.noconnect && option !== am.nosuspend) throw badarg(am.badopt);
    if (option === am.nosuspend) suspends = false;
  }
  if (!isNil(rest)) throw badarg(am.badopt);
  const busy = trySend(vm, to, message);
  if (busy === undefined) return am.ok;
  return suspends ? waitForPort(vm, busy, { name: am.send }, [to, message, options]) : am.nosuspend;
}

// ---- timers ----------------------------------------------------------------------------------------------------------

interface TimerRequest {
  readonly time: Term;
  readonly to: Term;
  readonly message: Term;
  readonly options: Term;
  /** Wrap the message as {timeout, Ref, Message}. */
  readonly wrap: boolean;
}

/** The moment that a time and the option `{abs, _}` mean, on the clock of vm.timers. */
function momentOf(vm: Machine, time: Term, options: Term): number {
  let absolute = false;
  for (const option of isNil(options) ? [] : elementsOf(options, badarg(am.badopt))) {
    const pair = pairOf(option);
    const value = pair?.key === am.abs ? boolean(pair.value) : undefined;
    if (value === undefined) throw badarg(am.badopt);
    absolute = value;
  }
  const milliseconds = natural(time);
  if (milliseconds === undefined) throw badarg(am.time);
  return absolute ? vm.time.onClock(milliseconds) : vm.timers.now() + milliseconds;
}

/** A timer for a process ends with it; one for a process that is gone is none. */
function startTimer(vm: Machine, { time, to, message, options, wrap }: TimerRequest): Term {
  if (!isLocalPid(to) && !isAtom(to)) throw badarg();
  const at = momentOf(vm, time, options);
  const key = vm.references.fresh();
  const receiver = isLocalPid(to) ? vm.processes.byPid(to) : undefined;
  if (receiver === undefined && isLocalPid(to)) return vm.references.term(key);
  const content = wrap ? timeoutMessage(vm, key, message) : copyOut(message, true);
  vm.timers.add(at, new MessageTimer(vm, key, to, receiver, content));
  return vm.references.term(key);
}

/** {timeout, Reference, Message} */
function timeoutMessage(vm: Machine, key: RefKey, message: Term): Fragment {
  if (isImmediate(message))
    return fragmentAroundReference(vm.references, { key, elements: [am.timeout, undefined, message] });
  const build = ([copy]: readonly Term[]) => tuple(am.timeout, vm.references.term(key), copy as Term);
  return buildFragment(TIMEOUT_WORDS, [message], build, true);
}

/** Milliseconds until a timer fires; false when there is none. */
function timeLeft(vm: Machine, timer: ReferencedTimer | undefined): Term {
  if (timer === undefined) return am.false;
  return makeInteger(Math.max(0, Math.ceil(timer.at - vm.timers.now())));
}

function timerOf(vm: Machine, reference: Term): ReferencedTimer | undefined {
  if (!isRef(reference)) throw badarg();
  const key = vm.references.keyOf(reference);
  return key === undefined ? undefined : vm.timers.byReference.get(key);
}

interface TimerOptions {
  async: boolean;
  info: boolean;
}

const PLAIN_OPTIONS: TimerOptions = { async: false, info: true };

function timerOptions(list: Term, allowed: readonly Term[]): TimerOptions {
  const options = { async: false, info: true };
  for (const option of elementsOf(list)) {
    const pair = pairOf(option);
    const value = pair === undefined ? undefined : boolean(pair.value);
    if (pair === undefined || value === undefined || !allowed.includes(pair.key)) throw badarg();
    if (pair.key === am.async) options.async = value;
    else options.info = value;
  }
  return options;
}

/** What a timer BIF returns, or sends later: here it is known at once, but an asynchronous caller waits for the message. */
function answer(vm: Machine, name: Term, reference: Term, result: Term, { async, info }: TimerOptions): Term {
  if (!async) return info ? result : am.ok;
  if (info) sendMessage(vm, vm.current, tuple(name, reference, result));
  return am.ok;
}

function cancelTimerWith(vm: Machine, reference: Term, list: Term): Term {
  const options = isNil(list) ? PLAIN_OPTIONS : timerOptions(list, [am.async, am.info]);
  const timer = timerOf(vm, reference);
  const left = timeLeft(vm, timer);
  timer?.cancel();
  return answer(vm, am.cancel_timer, reference, left, options);
}

function readTimerWith(vm: Machine, reference: Term, list: Term): Term {
  const { async } = timerOptions(list, [am.async]);
  return answer(vm, am.read_timer, reference, timeLeft(vm, timerOf(vm, reference)), { async, info: true });
}

function sendAfterWith(vm: Machine, time: Term, to: Term, message: Term, options: Term): Term {
  return startTimer(vm, { time, to, message, options, wrap: false });
}

function startTimerWith(vm: Machine, time: Term, to: Term, message: Term, options: Term): Term {
  return startTimer(vm, { time, to, message, options, wrap: true });
}

export const erlangMessageBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: '!', arity: 2, fn: sendInstruction },
    { name: 'send', arity: 2, fn: send },
    { name: 'send', arity: 3, fn: sendWithOptions },
    {
      name: 'send_after',
      arity: 3,
      fn: (vm: Machine, time: Term, to: Term, m: Term) => sendAfterWith(vm, time, to, m, NIL),
    },
    { name: 'send_after', arity: 4, fn: sendAfterWith },
    {
      name: 'start_timer',
      arity: 3,
      fn: (vm: Machine, time: Term, to: Term, m: Term) => startTimerWith(vm, time, to, m, NIL),
    },
    { name: 'start_timer', arity: 4, fn: startTimerWith },
    { name: 'cancel_timer', arity: 1, fn: (vm: Machine, reference: Term) => cancelTimerWith(vm, reference, NIL) },
    { name: 'cancel_timer', arity: 2, fn: cancelTimerWith },
    { name: 'read_timer', arity: 1, fn: (vm: Machine, reference: Term) => readTimerWith(vm, reference, NIL) },
    { name: 'read_timer', arity: 2, fn: readTimerWith },
  ],
};
