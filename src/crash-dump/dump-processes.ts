/** Processes in a crash dump: what is known of each, and their stacks, messages and heaps (print_process_info, dump_process_info). */
import { type StackWord, stackWord } from '../memory/heap-walk.ts';
import type { Machine } from '../process/machine.ts';
import { type Process, RUN_START } from '../process/process.ts';
import type { RefKey } from '../process/references.ts';
import { am } from '../term/atoms.ts';
import { type Addr, NON_VALUE, type Term } from '../term/layout.ts';
import { display } from '../term/print.ts';
import { END_OF_STACK, pointOfWord, returnAddress } from '../term/stack-words.ts';
import { dumpHeapOf, element, hex } from './dump-terms.ts';
import type { DumpWriter } from './dump-writer.ts';

const ADDRESS_DIGITS = 16;
const WORD = 4;
/** Bytes of a process beside its heap and stack, roughly. */
const PROCESS_BYTES = 400;
/** Dictionaries hold no tuples here: those that the viewer wants get addresses that no object has. */
const FIRST_PAIR = 2 ** 32;
const PRIORITIES = ['LOW', 'NORMAL', 'HIGH', 'MAX'];

interface StackItem {
  readonly at: number;
  readonly word: StackWord;
}

function stackOf({ heap }: Process): StackItem[] {
  const items: StackItem[] = [];
  for (let at: number = heap.sp; at < heap.stackTop; at += WORD) items.push({ at, word: stackWord(at as Addr) });
  return items;
}

function address(n: number): string {
  return `0x${hex(n).toLowerCase().padStart(ADDRESS_DIGITS, '0')}`;
}

/** M:F/A of a return point. There is no address of code here: the number of the return point stands for it. */
function functionAt(vm: Machine, point: number): string {
  if (point === pointOfWord(END_OF_STACK)) return '<terminate process normally>';
  const { module, name, arity, line } = vm.code.returnPoint(point);
  return `${display(module)}:${display(name)}/${arity} + ${line}`;
}

function stateOf(vm: Machine, process: Process): string {
  if (process === vm.current && process.state === 'suspended') return 'Running';
  if (process.suspendCount > 0) return 'Suspended';
  const names = {
    running: 'Running',
    runnable: 'Scheduled',
    waiting: 'Waiting',
    suspended: 'Suspended',
    exited: 'Exiting',
  };
  return names[process.state];
}

function linkList(vm: Machine, process: Process): string {
  const pid = (processNumber: number): string => display(vm.processes.pidOf(processNumber));
  const parts = Array.from(process.links ?? [], pid);
  for (const { term } of process.ports ?? []) parts.push(display(term));
  for (const { key, target, object, name } of process.monitors?.values() ?? []) {
    const item = object === undefined ? pid(target) : display(object.term);
    parts.push(`{to,${name === undefined ? item : `{${display(name)},${item}}`},${refText(vm, key)}}`);
  }
  for (const { key, watcher } of process.monitoredBy ?? []) {
    parts.push(`{from,${pid(watcher)},${refText(vm, key)}}`);
  }
  return parts.join(', ');
}

function refText(vm: Machine, key: RefKey): string {
  return `#Ref<0.${[...vm.references.numbers(key)].reverse().join('.')}>`;
}

function current(vm: Machine, process: Process): string | undefined {
  const first = stackOf(process)[0];
  if (process.resume.mode === RUN_START || first?.word.kind !== 'return') return undefined;
  return `Program counter: ${address(returnAddress(first.word.point))} (${functionAt(vm, first.word.point)})`;
}

function describe(vm: Machine, process: Process): string[] {
  const { heap, name, initialCall, mailbox } = process;
  const { module, name: called, arity } = initialCall;
  const links = linkList(vm, process);
  const held = [...mailbox.messages()].reduce((sum, { wordCount }) => sum + wordCount, 0);
  return [
    `=proc:${display(process.pid)}`,
    `State: ${stateOf(vm, process)}`,
    ...(name === undefined ? [] : [`Name: ${display(name)}`]),
    `Spawned as: ${display(module)}:${display(called)}/${arity}`,
    `Spawned by: ${process.parent === am.undefined ? '[]' : display(process.parent)}`,
    `Message queue length: ${mailbox.length}`,
    `Number of heap fragments: ${mailbox.length}`,
    `Heap fragment data: ${held}`,
    ...lastCalls(process),
    ...(links === '' ? [] : [`Link list: [${links}]`]),
    `Reductions: ${process.reductions}`,
    `Stack+heap: ${heap.totalWords() + (heap.stackTop - heap.stackLow) / WORD}`,
    `Memory: ${memoryOf(process)}`,
    ...(current(vm, process) === undefined ? [] : [current(vm, process) as string]),
    `Internal State: ${['ACT', 'USR', 'PRQ'].map((kind) => `${kind}_PRIO_${PRIORITIES[process.priority]}`).join(' | ')}`,
  ];
}

function eventText(event: Term): string {
  return event === am.receive ? "'receive'" : display(event);
}

/** What process_flag(save_calls, _) has kept, latest first. */
function lastCalls({ traceState }: Process): string[] {
  const calls = traceState?.savedCalls?.all();
  if (calls === undefined) return [];
  const shown = calls.map((call) =>
    'event' in call ? eventText(call.event) : `${display(call.module)}:${display(call.name)}/${call.arity}`,
  );
  return [
    `Last calls:${shown
      .toReversed()
      .map((line) => ` ${line}\n`)
      .join('')}`,
  ];
}

/** Bytes, as process_info's item `memory` counts them. */
export function memoryOf({ heap }: Process): number {
  return heap.totalWords() * WORD + heap.stackTop - heap.stackLow + PROCESS_BYTES;
}

export function dumpProcesses(writer: DumpWriter, vm: Machine): void {
  for (const process of vm.processes.all()) for (const line of describe(vm, process)) writer.line(line);
}

/** The frames alone, as they stand with a scheduler's process. */
export function limitedStackTrace(vm: Machine, process: Process): string[] {
  return stackOf(process).flatMap(({ at, word }) =>
    word.kind === 'return' ? [`${address(at)}:${frameText(vm, 'Return addr', word.point)}`] : [],
  );
}

function frameText(vm: Machine, what: string, point: number): string {
  return `S${what} 0x${hex(returnAddress(point))} (${functionAt(vm, point)})`;
}

function dumpStack(writer: DumpWriter, vm: Machine, stack: readonly StackItem[]): void {
  let register = 0;
  for (const { at, word } of stack) {
    if (word.kind === 'return') {
      writer.line(`${address(at)}:${frameText(vm, 'Return addr', word.point)}`);
      register = 0;
      continue;
    }
    const text = word.kind === 'term' ? element(word.term) : frameText(vm, 'Catch', word.point);
    writer.line(`y${register++}:${text}`);
  }
}

function dumpDeep(writer: DumpWriter, vm: Machine, process: Process): void {
  const pid = display(process.pid);
  const messages = [...process.mailbox.messages()].map(({ term }) => term);
  const entries = process.dictionary?.entries() ?? [];
  if (messages.length > 0) writer.line(`=proc_messages:${pid}`);
  for (const message of messages) writer.line(`${element(message)}:N`);
  const stack = stackOf(process);
  const roots: Term[] = stack.flatMap(({ word }) => (word.kind === 'term' ? [word.term] : []));
  roots.push(...process.resume.x.filter((t) => t !== NON_VALUE), ...messages);
  const seen = new Set<number>();
  if (entries.length > 0) writer.line(`=proc_dictionary:${pid}`);
  for (let i = 0; i < entries.length; i++) writer.line(`H${hex(FIRST_PAIR + i * WORD)}`);
  writer.line(`=proc_stack:${pid}`);
  dumpStack(writer, vm, stack);
  writer.line(`=proc_heap:${pid}`);
  entries.forEach(({ key, value }, i) => {
    writer.line(`${hex(FIRST_PAIR + i * WORD)}:t2:${element(key)},${element(value)}`);
    roots.push(key, value);
  });
  dumpHeapOf(writer, roots, seen);
}

export function dumpProcessesDeeply(writer: DumpWriter, vm: Machine): void {
  for (const process of vm.processes.all()) dumpDeep(writer, vm, process);
}
