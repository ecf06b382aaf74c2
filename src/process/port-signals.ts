/** What ports and processes tell each other: data, commands, ends (io.c in OTP). */
import { am, atom } from '../term/atoms.ts';
import { makeBinary } from '../term/bits.ts';
import { listOf, tuple } from '../term/build.ts';
import type { Term } from '../term/layout.ts';
import { isLocalPid, isTuple, makeSmall, tupleArity, tupleElement } from '../term/term.ts';
import { buildFragment } from './fragment-building.ts';
import type { Machine } from './machine.ts';
import { type Port, PortFault } from './port.ts';
import type { Process } from './process.ts';
import { deliver, exitThroughLink, sendExitSignal, sendMessage } from './signals.ts';

const MESSAGE_WORDS = 64;
/** Binaries up to this size lie on the heap. */
const HEAP_BINARY_BYTES = 64;
const WORDS_OF_CONS = 2;

export function linkPort(process: Process, port: Port): void {
  process.ports ??= new Set();
  process.ports.add(port);
  port.links.add(process.number);
}

export function unlinkPort(process: Process, port: Port): void {
  process.ports?.delete(port);
  port.links.delete(process.number);
}

/** Ends a port; `reason` goes to the processes that are linked to it, of which one may be running. */
export function closePort(vm: Machine, port: Port, reason: Term): void {
  if (!port.isOpen) return;
  port.isOpen = false;
  vm.ports.remove(port);
  port.driver.close();
  for (const number of port.links) {
    const process = vm.processes.get(number);
    process?.ports?.delete(port);
    if (process !== undefined) exitThroughLink(vm, process, port.term, reason);
  }
  port.links.clear();
}

/** An exit signal to a port: only its owner can close it normally (erts_deliver_port_exit). */
export function exitPort(vm: Machine, port: Port, from: Process, reason: Term): void {
  port.links.delete(from.number);
  if (reason === am.normal && from.number !== port.connected) return;
  closePort(vm, port, reason === am.kill ? am.killed : reason);
}

/** Gives bytes to the driver. */
export function commandPort(vm: Machine, port: Port, content: Uint8Array): void {
  port.outputBytes += content.length;
  vm.ports.bytes.output += content.length;
  try {
    port.driver.output(content);
  } catch (error) {
    if (!(error instanceof PortFault)) throw error;
    closePort(vm, port, atom(error.reason));
  }
}

/** {Port, {data, Data}} to the owner: what a whole packet or part of a stream is; `mark` is eol or noeol for lines. */
export function deliverData(vm: Machine, port: Port, content: Uint8Array, mark?: Term): void {
  port.inputBytes += content.length;
  vm.ports.bytes.input += content.length;
  const owner = vm.processes.get(port.connected);
  if (owner === undefined) return;
  const inHeap = content.length <= HEAP_BINARY_BYTES ? content.length : 0;
  const words = MESSAGE_WORDS + (port.isBinary ? inHeap : content.length * WORDS_OF_CONS);
  const message = buildFragment(words, [], () => {
    const data = port.isBinary ? makeBinary(content) : listOf(Array.from(content, (byte) => makeSmall(byte)));
    return tuple(port.term, tuple(am.data, mark === undefined ? data : tuple(mark, data)));
  });
  deliver(vm, owner, message);
}

/** {Port, What} to the owner. `What` is an atom or small, or built from such. */
export function tellOwner(vm: Machine, port: Port, what: () => Term): void {
  const owner = vm.processes.get(port.connected);
  if (owner !== undefined)
    deliver(
      vm,
      owner,
      buildFragment(MESSAGE_WORDS, [], () => tuple(port.term, what())),
    );
}

/** `Port ! Message`: {Owner, {command, Data}}, {Owner, close}, {Owner, {connect, Pid}}; anything else ends the sender (badsig). */
export function messageToPort(
  vm: Machine,
  port: Port,
  message: Term,
  bytesOf: (t: Term) => Uint8Array | undefined,
): void {
  const sender = vm.current;
  if (!isTuple(message) || tupleArity(message) !== 2) return badSignal(vm, port, sender);
  const [from, request] = [tupleElement(message, 1), tupleElement(message, 2)];
  const owner = isLocalPid(from) ? vm.processes.byPid(from) : undefined;
  if (owner === undefined || owner.number !== port.connected) return badSignal(vm, port, sender);
  if (request === am.close) {
    closePort(vm, port, am.normal);
    return sendMessage(vm, owner, tuple(port.term, am.closed));
  }
  if (!isTuple(request) || tupleArity(request) !== 2) return badSignal(vm, port, sender);
  const value = tupleElement(request, 2);
  if (tupleElement(request, 1) === am.command) {
    const content = bytesOf(value);
    return content === undefined ? badSignal(vm, port, sender) : commandPort(vm, port, content);
  }
  const next = isLocalPid(value) ? vm.processes.byPid(value) : undefined;
  if (tupleElement(request, 1) !== am.connect || next === undefined) return badSignal(vm, port, sender);
  port.connected = next.number;
  linkPort(next, port);
  sendMessage(vm, owner, tuple(port.term, am.connected));
}

function badSignal(vm: Machine, port: Port, sender: Process): void {
  sendExitSignal(vm, sender, port.term, am.badsig);
}
