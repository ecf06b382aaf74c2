/** BIFs of module erlang about processes, links, monitors, aliases and names. */

import { freeFragment } from '../../memory/fragment.ts';
import { SP, STATUS, STATUS_SUSPEND } from '../../memory/map.ts';
import { loadUnsigned, store } from '../../memory/memory.ts';
import type { Machine } from '../../process/machine.ts';
import { showMessage } from '../../process/message-window.ts';
import { closePort, linkPort, unlinkPort } from '../../process/port-signals.ts';
import type { Process } from '../../process/process.ts';
import {
  addAlias,
  addLink,
  addMonitor,
  deliverExit,
  type MonitorRequest,
  removeAlias,
  removeLink,
  removeMonitor,
  sendExitSignal,
  unregisterName,
} from '../../process/signals.ts';
import { yieldWith } from '../../process/suspension.ts';
import { formatBacktrace } from '../../runtime/backtrace.ts';
import { bumpReductions } from '../../runtime/bump-reductions.ts';
import { withWholeStack } from '../../runtime/whole-stack.ts';
import { am } from '../../term/atoms.ts';
import { listOf } from '../../term/build.ts';
import { copyOut } from '../../term/copy.ts';
import { identical } from '../../term/equality.ts';
import { badarg, ErlangError } from '../../term/erlang-error.ts';
import { type Addr, NIL, NON_VALUE, type Term } from '../../term/layout.ts';
import { isPid, isPort, isRef, isThisNode, nodeOf } from '../../term/nodes.ts';
import { head, isAtom, isCons, isLocalPid, isNil, isTuple, tail, tupleArity, tupleElement } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { atomOf, elementsOf, natural } from './arguments.ts';
import { monitorOptions } from './spawn.ts';

// ---- identity --------------------------------------------------------------------------------------------------------

function self(vm: Machine): Term {
  return vm.current.pid;
}

function node(vm: Machine): Term {
  return vm.nodes.self.name;
}

/** The node that a pid, port or reference comes from. */
function nodeOfTerm(_vm: Machine, t: Term): Term {
  if (!isPid(t) && !isPort(t) && !isRef(t)) throw badarg();
  return nodeOf(t).name;
}

function makeRef(vm: Machine): Term {
  return vm.references.term(vm.references.fresh());
}

function isProcessAlive(vm: Machine, pid: Term): Term {
  if (!isLocalPid(pid)) throw badarg();
  return atomOf(vm.processes.byPid(pid)?.isAlive === true);
}

function groupLeader(vm: Machine): Term {
  return vm.current.groupLeader;
}

/** erts_internal:group_leader/2: the new leader, the process. Returns the term badarg for what is none. */
function setGroupLeader(vm: Machine, leader: Term, pid: Term): Term {
  const process = vm.processes.byPid(pid);
  if (!isPid(leader) || process === undefined) return am.badarg;
  if (process === vm.current) {
    process.groupLeader = leader;
  } else {
    const fragment = copyOut(leader);
    process.heap.attachFragment(fragment);
    process.groupLeader = fragment.term;
  }
  return am.true;
}

/** bump_reductions/1: the process has done that much. Raises badarg for a negative number. */
function bumpReductionsBy(_vm: Machine, count: Term): Term {
  const reductions = natural(count);
  if (reductions === undefined) throw badarg();
  bumpReductions(reductions);
  return am.true;
}

/** erts_internal:process_display(Pid, backtrace): writes the stack to standard error. Returns badarg or badopt for wrong arguments. */
function processDisplay(vm: Machine, pid: Term, type: Term): Term {
  if (type !== am.backtrace) return am.badopt;
  const process = vm.processes.byPid(pid);
  if (process?.isAlive !== true) return am.badarg;
  if (process === vm.current) {
    const again = withWholeStack(vm, am.erts_internal, am.process_display, [pid, type]);
    if (again !== undefined) return again;
  }
  const sp = process === vm.current ? (loadUnsigned(SP) as Addr) : process.heap.sp;
  vm.host.writeError(formatBacktrace(vm, process, sp));
  return am.true;
}

/** Lets others run: the slice ends here. What was left of it does not count as taken. */
function yieldTurn(vm: Machine): Term {
  return yieldWith(vm, am.true);
}

// ---- exits and links -------------------------------------------------------------------------------------------------

/** exit/2: a process that ends itself is over before this returns. */
function exitOther(vm: Machine, pid: Term, reason: Term): Term {
  if (!isPid(pid) && !isPort(pid)) throw badarg();
  const process = vm.processes.byPid(pid);
  const port = vm.ports.byTerm(pid);
  // What comes through no link closes a port even if it is `normal`.
  if (port !== undefined) closePort(vm, port, reason);
  if (process !== undefined) sendExitSignal(vm, process, vm.current.pid, reason);
  if (vm.current.pendingExit === undefined) return am.true;
  store(STATUS, STATUS_SUSPEND);
  return NON_VALUE;
}

function link(vm: Machine, pid: Term): Term {
  if (!isPid(pid) && !isPort(pid)) throw badarg();
  const { current } = vm;
  if (pid === current.pid) return am.true;
  const process = vm.processes.byPid(pid);
  const port = vm.ports.byTerm(pid);
  if (port !== undefined) {
    linkPort(current, port);
    if (current.traces !== undefined) vm.tracing.happened(current, am.link, pid);
    return am.true;
  }
  if (process?.isAlive === true) {
    linkProcess(vm, current, process);
    return am.true;
  }
  const isHere = isThisNode(nodeOf(pid).name);
  if (isHere && !current.trapExit) throw new ErlangError('error', am.noproc);
  if (current.trapExit) deliverExit(vm, current, pid, isHere ? am.noproc : am.noconnection);
  else sendExitSignal(vm, current, pid, am.noconnection);
  return am.true;
}

/** Both are traced; the other one inherits flags that are set on links. */
function linkProcess(vm: Machine, current: Process, process: Process): void {
  const isNew = current.links?.has(process.number) !== true;
  addLink(current, process);
  if (current.traces !== undefined) {
    vm.tracing.happened(current, am.link, process.pid);
    vm.tracing.linked(current, process);
  }
  if (process.traces !== undefined && isNew) vm.tracing.happened(process, am.getting_linked, current.pid);
}

function unlinkProcess(vm: Machine, current: Process, process: Process): void {
  const isLinked = current.links?.has(process.number) === true;
  removeLink(current, process);
  if (process.traces !== undefined && isLinked) vm.tracing.happened(process, am.getting_unlinked, current.pid);
}

function unlink(vm: Machine, pid: Term): Term {
  if (!isPid(pid) && !isPort(pid)) throw badarg();
  const process = vm.processes.byPid(pid);
  const port = vm.ports.byTerm(pid);
  if (vm.current.traces !== undefined) vm.tracing.happened(vm.current, am.unlink, pid);
  if (process !== undefined) unlinkProcess(vm, vm.current, process);
  else if (port !== undefined) unlinkPort(vm.current, port);
  return am.true;
}

// ---- monitors and aliases --------------------------------------------------------------------------------------------

function monitor(vm: Machine, type: Term, item: Term): Term {
  return monitorWith(vm, type, item, NIL);
}

function monitorWith(vm: Machine, type: Term, item: Term, list: Term): Term {
  if (type !== am.process && type !== am.port && type !== am.time_offset) throw badarg(am.badtype);
  const options = monitorOptions(list);
  if (options === undefined) throw badarg(am.badopt);
  if (type === am.time_offset) {
    if (item !== am.clock_service) throw badarg();
    const request = { watcher: vm.current, target: undefined, object: vm.clockService, item, isName: false };
    return vm.references.term(addMonitor(vm, { ...request, ...options }));
  }
  if (type === am.process && isLocalPid(item)) {
    const process = vm.processes.byPid(item);
    if (process === vm.current) return makeRef(vm);
    const { tag, alias } = options;
    const key = addMonitor(vm, { watcher: vm.current, target: process, item, isName: false, tag, alias });
    return vm.references.term(key);
  }
  const target = type === am.port ? portTargetOf(vm, item) : targetOf(vm, item);
  // A process that monitors itself gets a reference that stands for nothing (monitor_2 in OTP's bif.c).
  if (target.target === vm.current) return makeRef(vm);
  const request = { watcher: vm.current, ...target, ...options };
  return vm.references.term(addMonitor(vm, request));
}

type Target = Pick<MonitorRequest, 'target' | 'object' | 'item' | 'isName' | 'absence' | 'type'>;

/** Which port is meant by a port of this node, a name or {name, node}. Raises badarg for anything else. */
function portTargetOf(vm: Machine, item: Term): Target {
  const shared = { target: undefined, type: am.port };
  if (isPort(item)) {
    const { name } = nodeOf(item);
    if (!isThisNode(name)) throw badarg();
    return { ...shared, object: vm.ports.byTerm(item), item, isName: false };
  }
  if (isAtom(item)) return { ...shared, object: vm.ports.whereis(item), item, isName: true };
  if (!isTuple(item) || tupleArity(item) !== 2) throw badarg();
  const [name, node] = [tupleElement(item, 1), tupleElement(item, 2)];
  if (!isAtom(name) || node !== vm.nodes.self.name) throw badarg();
  return { ...shared, object: vm.ports.whereis(name), item: name, isName: true };
}

/** Who is meant by a pid, a name or {name, node}. Raises badarg for anything else. */
function targetOf(vm: Machine, item: Term): Target {
  if (isPid(item)) {
    const { name } = nodeOf(item);
    const target = vm.processes.byPid(item);
    const absence = isThisNode(name) ? am.noproc : am.noconnection;
    return { target, item, isName: false, absence };
  }
  if (isAtom(item)) return { target: vm.registry.whereis(item), item, isName: true };
  if (!isTuple(item) || tupleArity(item) !== 2) throw badarg();
  const [name, node] = [tupleElement(item, 1), tupleElement(item, 2)];
  if (!isAtom(name) || !isAtom(node)) throw badarg();
  if (node === vm.nodes.self.name) return { target: vm.registry.whereis(name), item: name, isName: true };
  return { target: undefined, item: name, isName: true, absence: am.noconnection };
}

function demonitor(vm: Machine, reference: Term): Term {
  return demonitorWith(vm, reference, NIL);
}

function demonitorWith(vm: Machine, reference: Term, list: Term): Term {
  let flush = false;
  let info = false;
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const option = head(rest);
    if (option === am.flush) flush = true;
    else if (option === am.info) info = true;
    else throw badarg();
  }
  if (!isNil(rest) || !isRef(reference)) throw badarg();
  const key = vm.references.keyOf(reference);
  const removed = key !== undefined && removeMonitor(vm, vm.current, key);
  if (!removed && flush) flushDown(vm.current, reference);
  return info ? atomOf(removed) : am.true;
}

/** Takes the message of a monitor that has fired out of the mailbox: the first {_, Ref, _, _, _}. */
function flushDown(process: Process, reference: Term): void {
  for (const message of process.mailbox.messages()) {
    const { term } = message;
    if (!isTuple(term) || tupleArity(term) !== 5 || !identical(tupleElement(term, 2), reference)) continue;
    process.mailbox.remove(message);
    freeFragment(message);
    showMessage(process.mailbox);
    return;
  }
}

function alias(vm: Machine, list: Term): Term {
  let mode: 'explicit_unalias' | 'reply' = 'explicit_unalias';
  for (const option of elementsOf(list)) {
    if (option === am.reply) mode = 'reply';
    else if (option !== am.explicit_unalias) throw badarg();
  }
  const key = vm.references.fresh();
  addAlias(vm, vm.current, key, mode);
  return vm.references.term(key);
}

function unalias(vm: Machine, reference: Term): Term {
  if (!isRef(reference)) throw badarg();
  const key = vm.references.keyOf(reference);
  return atomOf(key !== undefined && removeAlias(vm, vm.current, key));
}

// ---- names -----------------------------------------------------------------------------------------------------------

/** The cause `none` tells erl_erts_errors that the arguments' types were not the trouble. */
function register(vm: Machine, name: Term, pid: Term): Term {
  const process = vm.processes.byPid(pid);
  const port = vm.ports.byTerm(pid);
  const isName = isAtom(name) && name !== am.undefined && vm.registry.whereis(name) === undefined;
  if (!isName || vm.ports.whereis(name) !== undefined) throw badarg(am.none);
  const done =
    port === undefined ? process !== undefined && vm.registry.register(name, process) : vm.ports.register(name, port);
  if (!done) throw badarg(am.none);
  if (process?.traces !== undefined) vm.tracing.happened(process, am.register, name);
  return am.true;
}

function unregister(vm: Machine, name: Term): Term {
  const process = isAtom(name) ? vm.registry.whereis(name) : undefined;
  if (process !== undefined) unregisterName(vm, process, name);
  else if (!isAtom(name) || !vm.ports.unregister(name)) throw badarg();
  return am.true;
}

function whereis(vm: Machine, name: Term): Term {
  if (!isAtom(name)) throw badarg();
  return vm.registry.whereis(name)?.pid ?? vm.ports.whereis(name)?.term ?? am.undefined;
}

function registered(vm: Machine): Term {
  return listOf([...vm.registry.names(), ...vm.ports.names()]);
}

// ---- collections -----------------------------------------------------------------------------------------------------

/** erts_internal:garbage_collect/1: the process is collected before it goes on. */
function garbageCollect(vm: Machine, kind: Term): Term {
  const { heap } = vm.current;
  if (kind !== am.minor) heap.needsMajor = true;
  heap.requestCollection();
  return am.true;
}

export const erlangProcessBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'self', arity: 0, fn: self, guard: true },
    { name: 'node', arity: 0, fn: node, guard: true },
    { name: 'node', arity: 1, fn: nodeOfTerm, guard: true },
    { name: 'make_ref', arity: 0, fn: makeRef },
    { name: 'is_process_alive', arity: 1, fn: isProcessAlive },
    { name: 'group_leader', arity: 0, fn: groupLeader },
    { name: 'bump_reductions', arity: 1, fn: bumpReductionsBy },
    { name: 'yield', arity: 0, fn: yieldTurn },
    { name: 'exit', arity: 2, fn: exitOther },
    { name: 'link', arity: 1, fn: link },
    { name: 'unlink', arity: 1, fn: unlink },
    { name: 'monitor', arity: 2, fn: monitor },
    { name: 'monitor', arity: 3, fn: monitorWith },
    { name: 'demonitor', arity: 1, fn: demonitor },
    { name: 'demonitor', arity: 2, fn: demonitorWith },
    { name: 'alias', arity: 1, fn: alias },
    { name: 'unalias', arity: 1, fn: unalias },
    { name: 'register', arity: 2, fn: register },
    { name: 'unregister', arity: 1, fn: unregister },
    { name: 'whereis', arity: 1, fn: whereis },
    { name: 'registered', arity: 0, fn: registered },
  ],
};

export const ertsInternalProcessBifs: BifTable = {
  module: 'erts_internal',
  rows: [
    { name: 'group_leader', arity: 2, fn: setGroupLeader },
    { name: 'garbage_collect', arity: 1, fn: garbageCollect },
    { name: 'process_display', arity: 2, fn: processDisplay },
  ],
};
