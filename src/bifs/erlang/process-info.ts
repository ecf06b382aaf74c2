/** erlang:process_info/1,2: a row for each item. What lies on another process's heap is copied to the asker's. */
import { OFF_HEAP, RUN_CALL, SP } from '../../memory/map.ts';
import { load, loadUnsigned, plus } from '../../memory/memory.ts';
import { binariesOf } from '../../memory/off-heap.ts';
import { slotOfWord } from '../../memory/slot-word.ts';
import type { Machine, ReturnPointInfo } from '../../process/machine.ts';
import { type Process, RUN_START } from '../../process/process.ts';
import { isActive } from '../../process/signals.ts';
import { listElements } from '../../runtime/apply.ts';
import { formatBacktrace } from '../../runtime/backtrace.ts';
import { buildStacktrace, charlist, gatherPoints, takeTrace, walkStack } from '../../runtime/stack-trace.ts';
import { placeOfWork } from '../../runtime/trap.ts';
import { withWholeStack } from '../../runtime/whole-stack.ts';
import { am, atom } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { makeBinary } from '../../term/bits.ts';
import { listOf, tuple } from '../../term/build.ts';
import { copyIn } from '../../term/copy.ts';
import { badarg } from '../../term/erlang-error.ts';
import { type Addr, NIL, NON_VALUE, type Term } from '../../term/layout.ts';
import { isCatchTag, pointOfWord } from '../../term/stack-words.ts';
import { isAtom, isLocalPid, isTuple, makeSmall, smallValue, tupleArity, tupleElement } from '../../term/term.ts';
import { encodeUtf8 } from '../../term/utf8.ts';
import { gcInfo, gcValues, messageWords } from '../../trace/gc-info.ts';
import type { BifTable } from '../registry.ts';
import { atomOf } from './arguments.ts';
import { heapLimitTerm } from './heap-limits.ts';
import { dictionaryList } from './process-dictionary.ts';
import { priorityAtom } from './spawn.ts';

/** Bytes of a process beside its heap and stack, roughly, for item `memory`. */
const PROCESS_BYTES = 400;

type Item = (vm: Machine, process: Process) => Term;

function integer(value: number): Term {
  return makeInteger(value);
}

/** What erlang:process_info(Pid, status) says; `exiting` of one that is gone. */
export function processStatus(process: Process): Term {
  if (process.state === 'exited') return am.exiting;
  if (process.suspendCount > 0) return am.suspended;
  return { running: am.running, runnable: am.runnable, waiting: am.waiting, suspended: am.suspended }[process.state];
}

/** Where the stack of a process begins; its own must be whole (`needsStack`). */
function stackPointer(process: Process): Addr {
  return isActive(process) ? (loadUnsigned(SP) as Addr) : process.heap.sp;
}

function innermost(vm: Machine, process: Process): ReturnPointInfo | undefined {
  const [point] = gatherPoints(vm, stackPointer(process), 1);
  return point === undefined ? undefined : vm.code.returnPoint(smallValue(point));
}

function currentFunction(vm: Machine, process: Process): Term {
  const { resume, initialCall } = process;
  if (process.hibernates && resume.mode === RUN_START) return tuple(am.erlang, am.hibernate, makeSmall(3));
  const working = placeOfWork(process);
  if (working !== undefined) return tuple(working.module, working.name, makeSmall(working.arity));
  const called = !isActive(process) && resume.mode === RUN_CALL ? vm.code.exportAt(slotOfWord(resume.slot)) : undefined;
  if (called !== undefined) return tuple(called.module, called.functionName, makeSmall(called.arity));
  const at = !isActive(process) && resume.mode === RUN_START ? initialCall : (innermost(vm, process) ?? initialCall);
  return tuple(at.module, at.name, makeSmall(at.arity));
}

function currentLocation(vm: Machine, process: Process): Term {
  const at = innermost(vm, process);
  if (at === undefined) {
    const { module, name, arity } = process.initialCall;
    return tuple(module, name, makeSmall(arity), NIL);
  }
  const location =
    at.line === 0 || at.file === undefined
      ? NIL
      : listOf([tuple(am.file, charlist(at.file)), tuple(am.line, makeSmall(at.line))]);
  return tuple(at.module, at.name, makeSmall(at.arity), location);
}

function currentStacktrace(vm: Machine, process: Process): Term {
  const raised = {
    class: am.error,
    reason: NIL,
    trace: NON_VALUE,
    top: undefined,
    args: am.true,
    info: NIL,
  };
  const sp = stackPointer(process);
  if (vm.backtraceDepth === 0) return NIL;
  if (gatherPoints(vm, sp, 1).length === 0) return NIL;
  return buildStacktrace(vm, takeTrace(vm, raised, sp));
}

function monitors(vm: Machine, process: Process): Term {
  const items = [...(process.monitors?.values() ?? [])].map(({ name, target, object }) => {
    const item = object?.term ?? vm.processes.pidOf(target);
    const what = name === undefined ? item : tuple(name, vm.nodes.self.name);
    return tuple(object?.monitorType ?? am.process, what);
  });
  return listOf(items);
}

function garbageCollection(vm: Machine, { heap }: Process): Term {
  return listOf([
    tuple(am.max_heap_size, heapLimitTerm(vm, heap.limit)),
    tuple(am.min_bin_vheap_size, integer(heap.minVirtualHeapWords)),
    tuple(am.min_heap_size, integer(heap.minHeapWords)),
    tuple(am.fullsweep_after, integer(heap.fullsweepAfter)),
    tuple(am.minor_gcs, integer(heap.minorsSinceMajor)),
  ]);
}

function stackWords(process: Process): number {
  return (process.heap.stackTop - stackPointer(process)) / 4;
}

function memory(_vm: Machine, { heap }: Process): Term {
  return integer((heap.totalWords() + (heap.stackTop - heap.stackLow) / 4) * 4 + PROCESS_BYTES);
}

function dictionaryLabel(_vm: Machine, process: Process): Term {
  return dictionaryValue(process, am.$process_label);
}

/** Whom it has suspended: {Pid, how often, 0 requests that are still on their way}. */
function suspendedOnes(vm: Machine, { suspending }: Process): Term {
  const entries = [...(suspending ?? [])].map(([number, count]) =>
    tuple(vm.processes.pidOf(number), integer(count), makeSmall(0)),
  );
  return listOf(entries);
}

const heapItems: [Term, Item][] = [
  [am.total_heap_size, (_, process) => integer(process.heap.totalWords() + messageWords(process))],
  [am.heap_size, (_, { heap }) => integer((heap.youngEnd - heap.youngStart) / 4)],
  [am.stack_size, (_, process) => integer(stackWords(process))],
  [am.memory, memory],
  [am.garbage_collection, garbageCollection],
  [am.min_heap_size, (_, { heap }) => integer(heap.minHeapWords)],
  [am.min_bin_vheap_size, (_, { heap }) => integer(heap.minVirtualHeapWords)],
  [am.fullsweep_after, (_, { heap }) => integer(heap.fullsweepAfter)],
  [am.max_heap_size, (vm, { heap }) => heapLimitTerm(vm, heap.limit)],
];

function backtrace(vm: Machine, process: Process): Term {
  return makeBinary(encodeUtf8(formatBacktrace(vm, process, stackPointer(process))));
}

/** How many `catch` and `try` the process is in. */
function catchLevel(vm: Machine, process: Process): number {
  let count = 0;
  walkStack(vm, stackPointer(process), (frame, word) => {
    const frameWords = vm.code.frameWords(pointOfWord(word));
    for (let i = 1; i < frameWords; i++) if (isCatchTag(load(plus(frame, 4 * i)))) count++;
    return true;
  });
  return count;
}

/** Every reference to an off-heap binary: {Address, Bytes, References}. */
function binaries(_vm: Machine, process: Process): Term {
  const { heap } = process;
  const young = isActive(process) ? (loadUnsigned(OFF_HEAP) as Addr) : heap.offHeap;
  return listOf(
    [...binariesOf(young), ...binariesOf(heap.oldOffHeap)].map(({ address, bytes, references }) =>
      tuple(integer(address), integer(bytes), integer(references)),
    ),
  );
}

const items = new Map<Term, Item>([
  [am.registered_name, (_, { name }) => name ?? NIL],
  [am.current_function, currentFunction],
  [am.current_location, currentLocation],
  [am.current_stacktrace, currentStacktrace],
  [am.initial_call, (_, { initialCall: { module, name, arity } }) => tuple(module, name, makeSmall(arity))],
  [am.status, (_, process) => processStatus(process)],
  [am.message_queue_len, (_, { mailbox }) => integer(mailbox.length)],
  // A message belongs to its fragment until it is received, whoever asks.
  [
    am.messages,
    (_, { mailbox, isSensitive }) =>
      isSensitive ? NIL : listOf([...mailbox.messages()].map(({ term }) => copyIn(term))),
  ],
  [
    am.links,
    (vm, { links, ports }) =>
      listOf([
        ...[...(links ?? [])].map((number) => vm.processes.pidOf(number)),
        ...[...(ports ?? [])].map(({ term }) => term),
      ]),
  ],
  [am.monitors, monitors],
  [
    am.monitored_by,
    (vm, { monitoredBy }) => listOf([...(monitoredBy ?? [])].map(({ watcher }) => vm.processes.pidOf(watcher))),
  ],
  [am.dictionary, (_, { dictionary, isSensitive }) => (isSensitive ? NIL : dictionaryList(dictionary))],
  [am.trap_exit, (_, { trapExit }) => atomOf(trapExit)],
  [am.error_handler, (_, { errorHandler }) => errorHandler],
  [am.priority, (_, { priority }) => priorityAtom(priority)],
  [am.group_leader, (_, { groupLeader }) => groupLeader],
  ...heapItems,
  [am.binary, binaries],
  [am.reductions, (vm, process) => integer(vm.scheduler.reductionsOf(process))],
  [am.suspending, suspendedOnes],
  [am.sequential_trace_token, (vm, process) => vm.tracing.sequential.tokenTerm(process)],
  [am.backtrace, (vm, process) => backtrace(vm, process)],
  [am.catchlevel, (vm, process) => makeSmall(catchLevel(vm, process))],
  [am.garbage_collection_info, (_, process) => gcInfo(gcValues(process))],
  [am.last_calls, (vm, process) => vm.tracing.savedCalls.list(process)],
  [am.message_queue_data, (_, { otherFlags }) => otherFlags?.get(am.message_queue_data) ?? am.on_heap],
  [am.async_dist, (_, { otherFlags }) => otherFlags?.get(am.async_dist) ?? am.false],
  [am.parent, (_, { parent }) => parent],
  [am.label, dictionaryLabel],
]);

/** What process_info/2 may be asked for. */
export function processInfoItems(): Iterable<Term> {
  return items.keys();
}

/** Items that walk the stack. */
const needsStack: readonly Term[] = [
  am.backtrace,
  am.catchlevel,
  am.garbage_collection_info,
  am.current_function,
  am.current_location,
  am.current_stacktrace,
  am.stack_size,
];

/** What process_info/1 shows, in order; registered_name comes first where there is one. */
const SUMMARY: readonly Term[] = [
  am.current_function,
  am.initial_call,
  am.status,
  am.message_queue_len,
  am.links,
  am.dictionary,
  am.trap_exit,
  am.error_handler,
  am.priority,
  am.group_leader,
  am.total_heap_size,
  am.heap_size,
  am.stack_size,
  am.reductions,
  am.garbage_collection,
  am.suspending,
];

/** Key of an item {dictionary, Key}. */
function dictionaryKey(what: Term): Term | undefined {
  return isTuple(what) && tupleArity(what) === 2 && tupleElement(what, 1) === am.dictionary
    ? tupleElement(what, 2)
    : undefined;
}

function itemValue(vm: Machine, process: Process, name: Term): Term {
  const key = dictionaryKey(name);
  if (key !== undefined) return process.isSensitive ? am.undefined : dictionaryValue(process, key);
  const item = items.get(name);
  if (item === undefined) throw badarg();
  return item(vm, process);
}

function dictionaryValue({ dictionary }: Process, key: Term): Term {
  const value = dictionary?.get(key) ?? NON_VALUE;
  return value === NON_VALUE ? am.undefined : value;
}

/** One item as {Item, Value}, all of it on the asker's heap. */
function itemOf(vm: Machine, process: Process, name: Term): Term {
  const value = itemValue(vm, process, name);
  return tuple(name, process === vm.current ? value : copyIn(value));
}

function askedProcess(vm: Machine, pid: Term): Process | undefined {
  if (!isLocalPid(pid)) throw badarg();
  const process = vm.processes.byPid(pid);
  return process?.isAlive === true ? process : undefined;
}

function processInfo(vm: Machine, pid: Term): Term {
  const process = askedProcess(vm, pid);
  if (process === undefined) return am.undefined;
  const again = process === vm.current ? withWholeStack(vm, am.erlang, atom('process_info'), [pid]) : undefined;
  if (again !== undefined) return again;
  const shown = process.name === undefined ? SUMMARY : [am.registered_name, ...SUMMARY];
  return listOf(shown.map((name) => itemOf(vm, process, name)));
}

/** One item, or a list of them. A process without a name has no item registered_name of its own: [] comes instead. */
function processInfoItem(vm: Machine, pid: Term, what: Term): Term {
  const isOne = isAtom(what) || dictionaryKey(what) !== undefined;
  const names = isOne ? [what] : listElements(what);
  if (names === undefined || names.some((name) => !items.has(name) && dictionaryKey(name) === undefined))
    throw badarg();
  const process = askedProcess(vm, pid);
  if (process === undefined) return am.undefined;
  if (names.some((name) => needsStack.includes(name))) {
    const again = process === vm.current ? withWholeStack(vm, am.erlang, atom('process_info'), [pid, what]) : undefined;
    if (again !== undefined) return again;
  }
  if (!isOne) return listOf(names.map((name) => itemOf(vm, process, name)));
  const info = itemOf(vm, process, what);
  return what === am.registered_name && process.name === undefined ? NIL : info;
}

export const erlangProcessInfoBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'process_info', arity: 1, fn: processInfo },
    { name: 'process_info', arity: 2, fn: processInfoItem },
  ],
};
