/** Sending to whatever can be sent to (do_send in OTP's bif.c). */
import type { Machine } from '../process/machine.ts';
import { messageToPort } from '../process/port-signals.ts';
import { sendMessage, sendToAlias } from '../process/signals.ts';
import { badarg } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { isPid, isPort, isRef } from '../term/nodes.ts';
import { isAtom, isLocalPid, isTuple, tupleArity, tupleElement } from '../term/term.ts';
import { iodataBytes } from './iodata.ts';

/**
 * `To ! Message`; returns the message. Processes that are gone, other nodes and closed ports swallow it. Raises badarg for a name that is
 * not registered and for what is no address.
 */
export function send(vm: Machine, to: Term, message: Term): Term {
  if (isLocalPid(to)) {
    const process = vm.processes.byPid(to);
    if (process !== undefined) sendMessage(vm, process, message);
    return message;
  }
  if (isAtom(to)) {
    const process = vm.registry.whereis(to);
    if (process !== undefined) sendMessage(vm, process, message);
    else sendToNamedPort(vm, to, message);
    return message;
  }
  if (isRef(to)) {
    const key = vm.references.keyOf(to);
    if (key !== undefined) sendToAlias(vm, key, message);
    return message;
  }
  if (isTuple(to) && tupleArity(to) === 2) return sendToNamed(vm, to, message);
  if (isPort(to)) {
    const port = vm.ports.byTerm(to);
    if (port !== undefined) messageToPort(vm, port, message, iodataBytes);
    return message;
  }
  if (isPid(to)) return message;
  throw badarg();
}

function sendToNamedPort(vm: Machine, name: Term, message: Term): void {
  const port = vm.ports.whereis(name);
  if (port === undefined) throw badarg();
  messageToPort(vm, port, message, iodataBytes);
}

function sendToNamed(vm: Machine, to: Term, message: Term): Term {
  const name = tupleElement(to, 1);
  const node = tupleElement(to, 2);
  if (!isAtom(name) || !isAtom(node)) throw badarg();
  const process = node === vm.nodes.self.name ? vm.registry.whereis(name) : undefined;
  if (process !== undefined) sendMessage(vm, process, message);
  return message;
}
