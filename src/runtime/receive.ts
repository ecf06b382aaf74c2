/** The receive instructions. A message stays in its fragment while it is looked at; taking it attaches the fragment to the heap. */
import { STATUS, STATUS_WAIT } from '../memory/map.ts';
import { store } from '../memory/memory.ts';
import type { Machine } from '../process/machine.ts';
import { passMessages, showMessage, showMore } from '../process/message-window.ts';
import type { Process } from '../process/process.ts';
import { NOWHERE, type Timer } from '../process/timer.ts';
import { am } from '../term/atoms.ts';
import { safeInteger } from '../term/bignum.ts';
import type { Term } from '../term/layout.ts';
import { isInteger, isSmall, makeSmall, smallValue } from '../term/term.ts';
import { raiseError } from './exceptions.ts';

/** Milliseconds that a timeout may have at most (ERTS_PROC_TIMER: 32 bits, unsigned). */
export const MAX_TIMEOUT = 2 ** 32 - 1;

/** remove_message: the message just looked at is the receiver's; its timeout is off. */
export function removeMessage(vm: Machine): void {
  const { current } = vm;
  passMessages(current.mailbox);
  const message = current.mailbox.take();
  if (current.traceState !== undefined || vm.tracing.sequential.isUsed) vm.tracing.sequential.taken(current, message);
  if (current.traceState !== undefined) {
    vm.tracing.calls.accounting.received(current, message);
    vm.tracing.savedCalls.happened(am.receive);
  }
  current.heap.attachFragment(message);
  if (vm.tracing.systemMonitor.settings !== undefined) vm.tracing.systemMonitor.queueChanged(current);
  endTimeout(vm, current);
  showMessage(current.mailbox);
}

/** loop_rec_end: generated code has stepped over all messages that it was shown; they stay. */
export function loopRecEnd(vm: Machine): void {
  showMore(vm.current.mailbox);
}

/**
 * wait_timeout. 1: the time is over; 0: the process waits, or timeout_value was raised. The timer goes on while other
 * messages come; `time` counts only when it is not set yet.
 */
export function waitTimeout(vm: Machine, time: Term): number {
  const { current } = vm;
  if (current.receiveTimeout === 'passed') return 1;
  if (current.receiveTimeout === 'none' && time !== am.infinity) {
    const milliseconds = isInteger(time) ? safeInteger(time) : undefined;
    if (milliseconds === undefined || milliseconds < 0 || milliseconds > MAX_TIMEOUT) {
      // The next receive begins with the first message, whatever this one has looked at.
      current.mailbox.rewind();
      showMessage(current.mailbox);
      raiseError(vm, am.timeout_value);
      return 0;
    }
    if (milliseconds === 0) return 1;
    arm(vm, current, milliseconds);
  }
  store(STATUS, STATUS_WAIT);
  return 0;
}

class ReceiveTimer implements Timer {
  at = 0;
  order = 0;
  place = NOWHERE;
  private readonly vm: Machine;
  private readonly process: Process;

  constructor(vm: Machine, process: Process) {
    this.vm = vm;
    this.process = process;
  }

  fire(): void {
    const { vm, process } = this;
    process.receiveTimer = undefined;
    process.receiveTimeout = 'passed';
    if (process.state === 'waiting') vm.runQueue.add(process);
  }
}

function arm(vm: Machine, process: Process, milliseconds: number): void {
  const timer = new ReceiveTimer(vm, process);
  process.receiveTimeout = 'armed';
  process.receiveTimer = timer;
  vm.timers.addLater(milliseconds, timer);
}

/** timeout: the receive has ended without a message. */
export function timeout(vm: Machine): void {
  if (vm.current.traces !== undefined) vm.tracing.received(vm.current, am.clock_service, am.timeout);
  if (vm.current.traceState !== undefined) vm.tracing.savedCalls.happened(am.timeout);
  endTimeout(vm, vm.current);
  vm.current.mailbox.rewind();
  showMessage(vm.current.mailbox);
}

function endTimeout(vm: Machine, process: Process): void {
  if (process.receiveTimer !== undefined) {
    vm.timers.cancel(process.receiveTimer);
    process.receiveTimer = undefined;
  }
  if (process.receiveTimeout !== 'none') process.receiveTimeout = 'none';
}

/** recv_marker_reserve: a marker for this moment. */
export function recvMarkerReserve(vm: Machine): Term {
  return makeSmall(vm.current.mailbox.reserveMarker());
}

/** recv_marker_bind: the marker was meant for this reference. Anything that is no reference of ours drops the marker. */
export function recvMarkerBind(vm: Machine, marker: Term, reference: Term): void {
  if (!isSmall(marker)) return;
  const key = vm.references.keyOf(reference);
  const { mailbox } = vm.current;
  if (key === undefined) mailbox.dropMarker(smallValue(marker));
  else mailbox.bindMarker(smallValue(marker), key);
}

/** recv_marker_clear: by reference, or by marker when no reference came of it. */
export function recvMarkerClear(vm: Machine, reference: Term): void {
  const { mailbox } = vm.current;
  if (isSmall(reference)) return mailbox.dropMarker(smallValue(reference));
  const key = vm.references.keyOf(reference);
  if (key !== undefined) mailbox.clearMarker(key);
}

/** recv_marker_use: the receive that follows skips what came before the marker. */
export function recvMarkerUse(vm: Machine, reference: Term): void {
  const key = vm.references.keyOf(reference);
  if (key !== undefined) vm.current.mailbox.useMarker(key);
  showMessage(vm.current.mailbox);
}
