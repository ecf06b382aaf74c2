/** Sending to whatever can be sent to (do_send in OTP's bif.c). */
import type { Machine } from '../process/machine.ts';
import type { Port } from '../process/port.ts';
import { messageToPort } from '../process/port-signals.ts';
import { sendFromCurrent, sendToAlias } from '../process/signals.ts';
import { waitForPort } from '../process/suspension.ts';
import { am } from '../term/atoms.ts';
import { badarg } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { isPid, isPort, isRef } from '../term/nodes.ts';
import { isAtom, isLocalPid, isTuple, tupleArity, tupleElement } from '../term/term.ts';
import { iodataBytes } from './iodata.ts';

/**
 * `To ! Message`; returns the message. Processes that are gone, other nodes and closed ports swallow it; a busy port suspends the sender.
 * Raises badarg for a name that is not registered and for what is no address.
 */
export function send(vm: Machine, to: Term, message: Term): Term {
  const busy = trySend(vm, to, message);
  return busy === undefined ? message : waitForPort(vm, busy, { name: am['!'] }, [to, message]);
}

/** The same, but gives the port that is too busy to take the message. */
export function trySend(vm: Machine, to: Term, message: Term): Port | undefined {
  if (vm.current.traceState !== undefined && isAddress(to)) {
    vm.tracing.sent(vm.current, to, message);
    vm.tracing.savedCalls.happened(am.send);
  }
  if (isLocalPid(to)) {
    const process = vm.processes.byPid(to);
    if (process !== undefined) sendFromCurrent(vm, process, message);
    return undefined;
  }
  if (isAtom(to)) return sendToName(vm, to, message);
  if (isRef(to)) {
    const key = vm.references.keyOf(to);
    if (key !== undefined) sendToAlias(vm, key, message);
    return undefined;
  }
  if (isTuple(to) && tupleArity(to) === 2) return sendToNamed(vm, to, message);
  if (isPort(to)) return sendToPort(vm, vm.ports.byTerm(to), message);
  if (isPid(to)) return undefined;
  throw badarg();
}

function sendToPort(vm: Machine, port: Port | undefined, message: Term): Port | undefined {
  if (port === undefined) return undefined;
  return messageToPort(vm, port, message, iodataBytes) ? undefined : port;
}

function sendToName(vm: Machine, name: Term, message: Term): Port | undefined {
  const process = vm.registry.whereis(name);
  if (process === undefined) {
    const port = vm.ports.whereis(name);
    if (port === undefined) throw badarg();
    return sendToPort(vm, port, message);
  }
  sendFromCurrent(vm, process, message);
  return undefined;
}

/** A name that nobody has is no error here. */
function sendToNamed(vm: Machine, to: Term, message: Term): Port | undefined {
  const name = tupleElement(to, 1);
  const node = tupleElement(to, 2);
  if (!isAtom(name) || !isAtom(node)) throw badarg();
  if (node !== vm.nodes.self.name) return undefined;
  const process = vm.registry.whereis(name);
  if (process === undefined) return sendToPort(vm, vm.ports.whereis(name), message);
  sendFromCurrent(vm, process, message);
  return undefined;
}

/** Whether a term is what something can be sent to: what is refused is no event for tracers. */
function isAddress(to: Term): boolean {
  if (!isTuple(to)) return isAtom(to) || isPid(to) || isRef(to) || isPort(to);
  return tupleArity(to) === 2 && isAtom(tupleElement(to, 1)) && isAtom(tupleElement(to, 2));
}
