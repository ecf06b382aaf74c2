/** What ports and processes tell each other: data, commands, ends (io.c in OTP). */
import { am, atom } from '../term/atoms.ts';
import { makeBinary } from '../term/bits.ts';
import { listOf, tuple } from '../term/build.ts';
import type { Term } from '../term/layout.ts';
import { immediateValue, isLocalPid, isTuple, makeSmall, tupleArity, tupleElement } from '../term/term.ts';
import { reportText } from './crash-report.ts';
import { buildFragment } from './fragment-building.ts';
import type { Machine } from './machine.ts';
import { type Port, PortFault } from './port.ts';
import type { Process } from './process.ts';
import { deliver, exitThroughLink, fireMonitor, sendExitSignal } from './signals.ts';

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

// ---- ends ------------------------------------------------------------------------------------------------------------

/**
 * Ends a port; `reason` goes to the processes that are linked to it or monitor it, of which one may be running. What is still to be
 * written is written before the driver is closed, unless the reason is `kill`. `closed`: the owner is told then
 * (erts_deliver_port_exit).
 */
export function closePort(vm: Machine, port: Port, reason: Term, closed = false): void {
  if (!port.isOpen) return;
  port.isOpen = false;
  const { driver } = port;
  vm.ports.remove(port);
  setBusy(vm, port, false);
  tellEnd(vm, port, reason === am.kill ? am.killed : reason);
  if (reason === am.kill || driver.queued === 0) return terminate(vm, port, closed);
  vm.ports.closing.set(port.number, port);
  port.onWritten = () => terminate(vm, port, closed);
}

function tellEnd(vm: Machine, port: Port, reason: Term): void {
  for (const number of port.links) {
    const process = vm.processes.get(number);
    process?.ports?.delete(port);
    if (process !== undefined) exitThroughLink(vm, process, port.term, reason);
  }
  port.links.clear();
  for (const monitor of port.monitoredBy ?? []) fireMonitor(vm, monitor, reason);
  port.monitoredBy = undefined;
}

function terminate(vm: Machine, port: Port, closed: boolean): void {
  vm.ports.closing.delete(port.number);
  port.onWritten = undefined;
  port.driver.close();
  if (closed) tellOwner(vm, port, () => am.closed);
}

/** The driver cannot go on: what it has still to write is lost (driver_failure_term). */
export function failPort(vm: Machine, port: Port, reason: Term): void {
  const { onWritten } = port;
  if (port.isOpen) {
    port.driver.close();
    closePort(vm, port, reason);
  }
  onWritten?.();
}

/** Calls `done` when no port has anything to write, at once if that is so now. */
export function whenAllWritten(vm: Machine, done: () => void): void {
  let left = 1;
  const written = (): void => {
    if (--left === 0) done();
  };
  for (const port of vm.ports.unwritten()) {
    const { onWritten } = port;
    left++;
    port.onWritten = () => {
      port.onWritten = undefined;
      onWritten?.();
      written();
    };
  }
  written();
}

/** No more input will come (driver_failure_eof). */
export function endOfInput(vm: Machine, port: Port, tellsEnd: boolean): void {
  if (!port.isOpen) port.onWritten?.();
  else if (tellsEnd) tellOwner(vm, port, () => am.eof);
  else failPort(vm, port, am.normal);
}

/** An exit signal to a port through a link: only its owner can close it normally (erts_deliver_port_exit). */
export function exitPort(vm: Machine, port: Port, from: Process, reason: Term): void {
  port.links.delete(from.number);
  if (reason === am.normal && from.number !== port.connected) return;
  closePort(vm, port, reason);
}

// ---- output ----------------------------------------------------------------------------------------------------------

/** Gives bytes to the driver. */
export function commandPort(vm: Machine, port: Port, content: Uint8Array): void {
  port.outputBytes += content.length;
  vm.ports.bytes.output += content.length;
  vm.tracing.profile.around(port.term, () => {
    try {
      port.driver.output(content);
    } catch (error) {
      if (!(error instanceof PortFault)) throw error;
      failPort(vm, port, atom(error.reason));
    }
  });
}

/** A port that is busy no more wakes the processes that it has made wait: they try again (set_busy_port). */
export function setBusy(vm: Machine, port: Port, busy: boolean): void {
  if (port.isBusy === busy) return;
  port.isBusy = busy;
  if (busy) return;
  for (const process of port.suspended.splice(0)) if (process.state === 'suspended') vm.runQueue.add(process);
}

/** What a port is given is no iodata. */
export function reportBadOutput(vm: Machine, port: Port): void {
  reportText(vm, `Bad value on output port '${port.driver.name}'\n`);
}

// ---- messages to the owner ---------------------------------------------------------------------------------------------

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
  vm.tracing.profile.around(port.term, () => deliver(vm, owner, message));
}

/** {Port, What} to the owner. `What` is an atom or small, or built from such. */
export function tellOwner(vm: Machine, port: Port, what: () => Term): void {
  const owner = vm.processes.get(port.connected);
  if (owner !== undefined) tell(vm, port, owner, what);
}

function tell(vm: Machine, port: Port, process: Process, what: () => Term): void {
  deliver(
    vm,
    process,
    buildFragment(MESSAGE_WORDS, [], () => tuple(port.term, what())),
  );
}

// ---- Port ! Message --------------------------------------------------------------------------------------------------

/**
 * `Port ! Message`: {Owner, {command, Data}}, {Owner, close}, {Owner, {connect, Pid}}. Anything else, and anything from another than the
 * owner, is a `badsig` for the owner (erts_port_command). False: the port is busy, and nothing was done.
 */
export function messageToPort(
  vm: Machine,
  port: Port,
  message: Term,
  bytesOf: (t: Term) => Uint8Array | undefined,
): boolean {
  const parts = isTuple(message) && tupleArity(message) === 2 ? message : undefined;
  const from = parts === undefined ? am.undefined : tupleElement(parts, 1);
  if (parts === undefined || !isLocalPid(from)) return badSignal(vm, port);
  const isOwner = vm.processes.byPid(from)?.number === port.connected;
  const request = tupleElement(parts, 2);
  if (request === am.close) {
    if (!isOwner) return badSignal(vm, port);
    closePort(vm, port, am.normal, true);
    return true;
  }
  if (!isTuple(request) || tupleArity(request) !== 2) return badSignal(vm, port);
  const value = tupleElement(request, 2);
  if (tupleElement(request, 1) === am.connect) return isOwner ? connect(vm, port, value) : badSignal(vm, port);
  if (tupleElement(request, 1) !== am.command) return badSignal(vm, port);
  if (port.isBusy) return false;
  const content = bytesOf(value);
  if (content === undefined) reportBadOutput(vm, port);
  if (content === undefined || !isOwner) return badSignal(vm, port);
  commandPort(vm, port, content);
  return true;
}

/** The new owner need not be there, and gets no link (set_port_connected). */
function connect(vm: Machine, port: Port, pid: Term): true {
  const owner = vm.processes.get(port.connected);
  const next = isLocalPid(pid) ? immediateValue(pid) : undefined;
  if (next === undefined) return badSignal(vm, port);
  port.connected = next;
  if (owner !== undefined) tell(vm, port, owner, () => am.connected);
  return true;
}

function badSignal(vm: Machine, port: Port): true {
  const owner = vm.processes.get(port.connected);
  if (owner !== undefined) sendExitSignal(vm, owner, port.term, am.badsig);
  return true;
}
