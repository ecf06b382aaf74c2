/**
 * What processes send each other: messages, exit signals, the ends of links and monitors. A signal takes effect when it is sent, so the
 * order between any two processes is the order of sending (OTP: erl_proc_sig_queue.c). Only the process that runs right now cannot end at
 * once: it gets `pendingExit` and is stopped at its next safe point.
 */
import { type Fragment, freeFragment } from '../memory/fragment.ts';
import { ATTENTION, MESSAGE, REDUCTIONS, RUN_CALL } from '../memory/map.ts';
import { load, store } from '../memory/memory.ts';
import { running } from '../memory/process-heap.ts';
import { am } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import { copyOut } from '../term/copy.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';
import { display, formatTerm } from '../term/print.ts';
import { isImmediate } from '../term/term.ts';
import { buildFragment } from './fragment-building.ts';
import { KeyMap } from './key-map.ts';
import type { Halt, Machine } from './machine.ts';
import { copyMessage, messageAroundReference } from './message-copy.ts';
import { showMessage } from './message-window.ts';
import { Alias, type AliasMode, Monitor, type MonitoredObject, MonitorRing } from './monitors.ts';
import { NumberSet } from './number-set.ts';
import type { Process, Resume } from './process.ts';
import { REFERENCE_WORDS, type RefKey } from './references.ts';
import { resumeAll } from './suspending.ts';

/** Value of ATTENTION when nothing but an exit signal is the reason. */
const ATTENTION_EXIT = 2;
/** `resume` of a process that has ended. */
const ENDED: Resume = { mode: RUN_CALL, slot: 0, x: [] };
const MESSAGE_WORDS = 16;
/** Characters of a message that a line shows. */
const LONGEST_MESSAGE = 200;

/** The process whose heap is in the VM registers. */
export function isActive(process: Process): boolean {
  return running.heap === process.heap;
}

/**
 * Puts a message into the mailbox, which owns it from now on, and wakes the process if it waits. `from` is the sender's pid, or an atom for who
 * is no process.
 */
export function deliver(vm: Machine, to: Process, message: Fragment, from: Term = am.system): void {
  if (!to.isAlive) return freeFragment(message);
  if (vm.flags.traceMessages) writeMessage(vm, to, message.term, from);
  if (to.traceState !== undefined) vm.tracing.arrives(to, from, message);
  to.mailbox.append(message);
  if (vm.tracing.systemMonitor.settings !== undefined) vm.tracing.systemMonitor.queueChanged(to);
  if (isActive(to)) {
    if (load(MESSAGE) === NON_VALUE) showMessage(to.mailbox);
  } else if (to.state === 'waiting') vm.runQueue.add(to);
}

/** A line for ENIGMA_TRACE_MESSAGES. */
function writeMessage(vm: Machine, to: Process, message: Term, from: Term): void {
  vm.host.writeError(`send ${display(from)} -> ${display(to.pid)} ${display(message, LONGEST_MESSAGE)}\n`);
}

/** Sends a copy of a term. */
export function sendMessage(vm: Machine, to: Process, message: Term): void {
  if (to.isAlive) deliver(vm, to, copyMessage(to, message));
}

/** The same from the running process, whose sequential trace token goes along. */
export function sendFromCurrent(vm: Machine, to: Process, message: Term): void {
  const { current } = vm;
  const token = current.traceState === undefined ? undefined : vm.tracing.sequential.sent(current, to.pid, message);
  if (!to.isAlive) return;
  const fragment = copyMessage(to, message);
  if (token !== undefined) vm.tracing.sequential.attach(fragment, token);
  deliver(vm, to, fragment, current.pid);
}

// ---- exits -----------------------------------------------------------------------------------------------------------

interface Ending {
  readonly process: Process;
  /** Also its pendingExit. */
  readonly reason: Fragment;
}

/** Ends a process with a reason that may lie on its own heap, and whatever its end ends. Frees its memory. */
export function exitProcess(vm: Machine, process: Process, reason: Term): void {
  const endings: Ending[] = [];
  const { pendingExit } = process;
  finish(vm, process, reason, endings);
  if (pendingExit !== undefined) freeFragment(pendingExit);
  runEndings(vm, endings);
}

/** erlang:exit/2 and the like: `kill` ends even who traps exits (is_alive… handle_exit_signal in erl_proc_sig_queue.c). */
export function sendExitSignal(vm: Machine, to: Process, from: Term, reason: Term): void {
  const endings: Ending[] = [];
  exitSignal(vm, to, from, reason, false, endings);
  runEndings(vm, endings);
}

/** The end of something that the process is linked to, other than a process. */
export function exitThroughLink(vm: Machine, to: Process, from: Term, reason: Term): void {
  const endings: Ending[] = [];
  exitSignal(vm, to, from, reason, true, endings);
  runEndings(vm, endings);
}

/** Breadth first, without recursion: chains of links may be long. */
function runEndings(vm: Machine, endings: Ending[]): void {
  for (let i = 0; i < endings.length; i++) {
    const { process, reason } = endings[i] as Ending;
    finish(vm, process, reason.term, endings);
    freeFragment(reason);
  }
}

function exitSignal(vm: Machine, to: Process, from: Term, reason: Term, throughLink: boolean, endings: Ending[]): void {
  if (!to.isAlive) return;
  if (reason === am.kill && !throughLink) return end(vm, to, am.killed, endings);
  const isIgnored = reason === am.normal && (throughLink || from !== to.pid);
  if (!to.trapExit && !isIgnored) return end(vm, to, reason, endings);
  // Only one that goes on is told of as unlinked.
  if (throughLink && to.traces !== undefined) vm.tracing.happened(to, am.getting_unlinked, from);
  if (to.trapExit) deliver(vm, to, exitMessage(from, reason), from);
}

function end(vm: Machine, process: Process, reason: Term, endings: Ending[]): void {
  const fragment = copyOut(reason, true);
  process.pendingExit = fragment;
  if (!isActive(process)) {
    endings.push({ process, reason: fragment });
    return;
  }
  if (load(ATTENTION) === 0) store(ATTENTION, ATTENTION_EXIT);
  vm.current.heap.savedReductions += Math.max(0, load(REDUCTIONS));
  store(REDUCTIONS, 0);
}

function exitMessage(from: Term, reason: Term): Fragment {
  return buildFragment(MESSAGE_WORDS, [from, reason], ([pid, copy]) => tuple(am.EXIT, pid as Term, copy as Term));
}

/** What a process's end means for others, in OTP's order (erts_continue_exit_process: tables, name, links, monitors). */
function finish(vm: Machine, process: Process, reason: Term, endings: Ending[]): void {
  process.state = 'exited';
  vm.tracing.turns.ended(process, reason);
  if (process.traces !== undefined) {
    vm.tracing.happened(process, am.exit, reason);
    vm.tracing.scheduled(process, am.out_exited, undefined);
  }
  if (process.isSystem) vm.halted ??= systemProcessEnded(process, reason);
  vm.processes.remove(process);
  vm.ets.processExited(vm, process);
  process.held?.dropAll(vm);
  if (process.name !== undefined) unregisterName(vm, process, process.name);
  resumeAll(vm, process);
  if (process.receiveTimer !== undefined) vm.timers.cancel(process.receiveTimer);
  while (process.timers !== undefined) process.timers.cancel();
  process.aliases?.forEach((_, key) => {
    vm.processes.aliases.delete(key);
  });
  if (process.links !== undefined) breakLinks(vm, process, process.links, reason, endings);
  if (process.ports !== undefined) for (const port of process.ports) port.linkBroken(process, reason);
  process.monitors?.forEach((monitor) => {
    dropMonitor(vm, monitor);
  });
  const { monitoredBy } = process;
  for (let monitor = monitoredBy?.shift(); monitor !== undefined; monitor = monitoredBy?.shift()) {
    fireMonitor(vm, monitor, reason);
  }
  process.watcher?.exited?.(reason);
  process.work?.return(NON_VALUE);
  process.work = undefined;
  if (process.owned !== undefined) for (const owned of process.owned) owned.ownerEnded();
  if (process.traceState?.savedCalls !== undefined) vm.tracing.savedCalls.ended(process);
  release(process);
}

function breakLinks(vm: Machine, process: Process, links: NumberSet, reason: Term, endings: Ending[]): void {
  links.forEach((number) => {
    const other = vm.processes.get(number);
    if (other === undefined) return;
    other.links?.delete(process.number);
    exitSignal(vm, other, process.pid, reason, true, endings);
  });
}

/** A process of the virtual machine itself takes it along (erts_do_exit_process). */
function systemProcessEnded(process: Process, reason: Term): Halt {
  const text = `System process ${formatTerm(process.pid)} terminated: ${formatTerm(reason)}`;
  return { kind: 'slogan', text };
}

/** Takes a process's name away. */
export function unregisterName(vm: Machine, process: Process, name: Term): void {
  vm.registry.unregister(name);
  if (process.traces !== undefined) vm.tracing.happened(process, am.unregister, name);
}

function release(process: Process): void {
  process.mailbox.clear();
  process.links = undefined;
  process.ports = undefined;
  process.monitors = undefined;
  process.monitoredBy = undefined;
  process.aliases = undefined;
  process.dictionary = undefined;
  process.raised = undefined;
  process.traceState = undefined;
  process.resume = ENDED;
  if (isActive(process)) process.heap.deactivate();
  process.heap.destroy();
}

// ---- links -----------------------------------------------------------------------------------------------------------

export function addLink(a: Process, b: Process): void {
  a.links ??= new NumberSet();
  b.links ??= new NumberSet();
  a.links.add(b.number);
  b.links.add(a.number);
}

export function removeLink(a: Process, b: Process): void {
  a.links?.delete(b.number);
  b.links?.delete(a.number);
}

/** What a process that traps exits gets instead of an exit signal. */
export function deliverExit(vm: Machine, to: Process, from: Term, reason: Term): void {
  deliver(vm, to, exitMessage(from, reason));
}

// ---- monitors and aliases --------------------------------------------------------------------------------------------

export interface MonitorRequest {
  readonly watcher: Process;
  /** The process; undefined, and no `object` either: there is no such process or port, and the message comes at once. */
  readonly target: Process | undefined;
  readonly object?: MonitoredObject | undefined;
  /** Pid, port, clock_service or registered name that was asked for. */
  readonly item: Term;
  readonly isName: boolean;
  readonly tag?: Term | undefined;
  readonly alias?: AliasMode | undefined;
  /** Why there is no target: noproc unless told. */
  readonly absence?: Term;
  /** What the message says that was asked for: am.process unless told. */
  readonly type?: Term;
}

/** The monitors on what a monitor watches. */
function watched(vm: Machine, { object, target }: Monitor): MonitorRing | undefined {
  return object === undefined ? vm.processes.get(target)?.monitoredBy : object.monitoredBy;
}

export function addMonitor(vm: Machine, request: MonitorRequest): RefKey {
  const { watcher, target, object, item, isName } = request;
  const key = vm.references.fresh();
  const tag = request.tag === undefined ? undefined : copyOut(request.tag, true);
  const name = isName ? item : undefined;
  const isPlain = object === undefined && name === undefined && tag === undefined;
  const details = isPlain ? undefined : { object, name, tag };
  const monitor = new Monitor(key, watcher.number, target?.number ?? -1, details);
  watcher.monitors ??= new KeyMap();
  watcher.monitors.add(key, monitor);
  if (request.alias !== undefined) addAlias(vm, watcher, key, request.alias);
  const watchedObject = target ?? object;
  if (watchedObject === undefined) {
    down(vm, watcher, monitor, request.absence ?? am.noproc, { item, type: request.type ?? am.process });
  } else {
    watchedObject.monitoredBy ??= new MonitorRing();
    watchedObject.monitoredBy.append(monitor);
  }
  return key;
}

/** Ends a monitor that `watcher` made; false when there is none with this reference. */
export function removeMonitor(vm: Machine, watcher: Process, key: RefKey): boolean {
  const monitor = watcher.monitors?.get(key);
  if (watcher.aliases?.get(key)?.endsWithMonitor === true) removeAlias(vm, watcher, key);
  if (monitor === undefined) return false;
  watcher.monitors?.delete(key);
  dropMonitor(vm, monitor);
  return true;
}

/** The target forgets a monitor that its watcher has forgotten. */
function dropMonitor(vm: Machine, monitor: Monitor): void {
  watched(vm, monitor)?.remove(monitor);
  if (monitor.tag !== undefined) freeFragment(monitor.tag);
}

/** What a monitor watches has ended. */
export function fireMonitor(vm: Machine, monitor: Monitor, reason: Term): void {
  const { object } = monitor;
  const watcher = vm.processes.get(monitor.watcher);
  if (vm.processes.get(monitor.target) !== undefined) throw new Error('a monitor fires while its target lives');
  if (watcher === undefined) return;
  if (object !== undefined) down(vm, watcher, monitor, reason, { item: object.term, type: object.monitorType });
  else down(vm, watcher, monitor, reason, { item: vm.processes.pidOf(monitor.target), type: am.process });
}

interface Watched {
  readonly item: Term;
  readonly type: Term;
}

function down(vm: Machine, watcher: Process, monitor: Monitor, reason: Term, { item, type }: Watched): void {
  const { key, tag, name } = monitor;
  watcher.monitors?.delete(key);
  if (watcher.aliases?.get(key)?.endsWithMonitor === true) removeAlias(vm, watcher, key);
  const isPlain = tag === undefined && name === undefined && isImmediate(item) && isImmediate(reason);
  if (isPlain) {
    const elements = [am.DOWN, undefined, type, item, reason];
    return deliver(vm, watcher, messageAroundReference(watcher, vm.references, { key, elements }));
  }
  const message = buildFragment(
    MESSAGE_WORDS + REFERENCE_WORDS,
    [tag?.term ?? am.DOWN, reason, item],
    ([first, copy, object]) => {
      const reference = vm.references.term(key);
      const what = name === undefined ? (object as Term) : tuple(name, vm.nodes.self.name);
      return tuple(first as Term, reference, type, what, copy as Term);
    },
  );
  if (tag !== undefined) freeFragment(tag);
  deliver(vm, watcher, message);
}

export function addAlias(vm: Machine, process: Process, key: RefKey, mode: AliasMode): void {
  process.aliases ??= new KeyMap();
  const alias = new Alias(key, process, mode);
  process.aliases.add(key, alias);
  vm.processes.aliases.add(alias);
}

/** False when the process has no such alias. */
export function removeAlias(vm: Machine, process: Process, key: RefKey): boolean {
  if (process.aliases?.delete(key) !== true) return false;
  vm.processes.aliases.delete(key);
  return true;
}

/** Sends to whom the alias stands for; dropped when it stands for nobody any more. */
export function sendToAlias(vm: Machine, key: RefKey, message: Term): void {
  const alias = vm.processes.aliases.get(key);
  if (alias === undefined) return;
  const { process: to, mode } = alias;
  if (mode === 'reply_demonitor') removeMonitor(vm, to, key);
  else if (mode === 'reply') removeAlias(vm, to, key);
  sendFromCurrent(vm, to, message);
}
