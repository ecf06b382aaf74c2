/**
 * What the BREAK menu and erlang:system_info(info | procs | loaded | dist) tell, in the format of OTP's break.c, dist.c and erl_db.c. Lines about what there is nothing like here (heap
 * fragments, old heaps, allocators, hash tables) are left out, and code is as large as its WebAssembly. Words have 4 bytes.
 */

import { SP } from '../memory/map.ts';
import { loadUnsigned } from '../memory/memory.ts';
import type { FunctionName, Machine } from '../process/machine.ts';
import { memoryFigures, memoryUse } from '../process/memory-use.ts';
import type { Process } from '../process/process.ts';
import { RUN_START } from '../process/process.ts';
import { isActive } from '../process/signals.ts';
import { am, atomCount, atomName } from '../term/atoms.ts';
import type { Addr, Term } from '../term/layout.ts';
import { display } from '../term/print.ts';
import { smallValue } from '../term/term.ts';
import { gatherPoints } from './stack-trace.ts';

const NO_NODE = 'nonode@nohost';
const WORD = 4;

const STATES: Readonly<Record<Process['state'], string>> = {
  runnable: 'Scheduled',
  running: 'Running',
  waiting: 'Waiting',
  suspended: 'Waiting',
  exited: 'Exiting',
};

function line(what: string, value: string | number): string {
  return `${what}: ${value}\n`;
}

function functionText({ module, name, arity }: FunctionName): string {
  return `${display(module)}:${display(name)}/${arity}`;
}

/** Where a process goes on; the stack of the one that runs must be whole. */
function currentCall(vm: Machine, process: Process): FunctionName {
  const sp = isActive(process) ? (loadUnsigned(SP) as Addr) : process.heap.sp;
  const [point] = process.resume.mode === RUN_START ? [] : gatherPoints(vm, sp, 1);
  return point === undefined ? process.initialCall : vm.code.returnPoint(smallValue(point));
}

function linksOf(vm: Machine, process: Process): string[] {
  const links = [...(process.links ?? [])].map((number) => display(vm.processes.pidOf(number)));
  const ports = [...(process.ports ?? [])].map(({ term }) => display(term));
  const to = [...(process.monitors?.values() ?? [])].map(({ name, target, object, key }) => {
    const whom = object?.term ?? vm.processes.pidOf(target);
    const what = name === undefined ? display(whom) : `{${display(name)},${display(vm.nodes.self.name)}}`;
    return `{to,${what},${display(vm.references.term(key))}}`;
  });
  const from = [...(process.monitoredBy ?? [])].map(
    ({ watcher, key }) => `{from,${display(vm.processes.pidOf(watcher))},${display(vm.references.term(key))}}`,
  );
  return [...links, ...ports, ...to, ...from];
}

/** print_process_info in break.c. */
export function processReport(vm: Machine, process: Process): string {
  const { heap, mailbox, dictionary, parent } = process;
  if (isActive(process)) heap.fromRegisters();
  const messages = [...mailbox.messages()].map(({ term }) => display(term));
  const links = linksOf(vm, process);
  const pairs = [...(dictionary?.entries() ?? [])].map(({ key, value }) => `{${display(key)},${display(value)}}`);
  return [
    `=proc:${display(process.pid)}\n`,
    line('State', process.suspendCount > 0 ? 'Suspended' : STATES[process.state]),
    process.name === undefined ? '' : line('Name', display(process.name)),
    line('Spawned as', functionText(process.initialCall)),
    line('Current call', functionText(currentCall(vm, process))),
    line('Spawned by', parent === am.undefined ? '[]' : display(parent)),
    line('Message queue length', mailbox.length),
    messages.length === 0 ? '' : line('Message queue', `[${messages.join(',')}]`),
    links.length === 0 ? '' : line('Link list', `[${links.join(', ')}]`),
    pairs.length === 0 ? '' : line('Dictionary', `[${pairs.join(',')}]`),
    line('Reductions', process.reductions),
    line('Stack+heap', heap.totalWords() + (heap.stackTop - heap.stackLow) / WORD),
    line('Memory', heap.totalWords() * WORD + (heap.stackTop - heap.stackLow)),
  ].join('');
}

/** process_info in break.c. */
export function processesReport(vm: Machine): string {
  const processes = vm.processes.all().map((process) => processReport(vm, process));
  return processes.join('') + portReport(vm);
}

/** print_port_info in io.c. */
export function portReport(vm: Machine): string {
  const ports = vm.ports
    .all()
    .map((port) =>
      [
        `=port:${display(port.term)}\n`,
        line('Connected', display(vm.processes.pidOf(port.connected))),
        port.name === undefined ? '' : line('Registered as', display(port.name)),
        line('Port controls driver', port.driver.name),
        line('Input', port.inputBytes),
        line('Output', port.outputBytes),
        line('Queue', port.driver.queued),
      ].join(''),
    );
  return ports.join('');
}

/** What info in break.c tells and there is something like here. */
export function systemReport(vm: Machine): string {
  return [
    '=memory\n',
    ...memoryFigures(memoryUse(vm)).map(([what, size]) => line(what, size)),
    '=index_table:atom_tab\n',
    line('entries', atomCount()),
    '=index_table:module_code\n',
    line('entries', vm.code.modules.size),
  ].join('');
}

/** loaded in break.c. */
export function moduleReport({ code: { modules, oldModules } }: Machine): string {
  const bytesOf = (all: ReadonlyMap<Term, { readonly codeBytes: number }>): number =>
    [...all.values()].reduce((sum, { codeBytes }) => sum + codeBytes, 0);
  const lines = [...new Set([...modules.keys(), ...oldModules.keys()])].map((name) => {
    const old = oldModules.get(name);
    const oldText = old === undefined ? '' : ` (${old.codeBytes} old)`;
    return `${display(name)} ${modules.get(name)?.codeBytes ?? 0}${oldText}\n`;
  });
  return [line('Current code', bytesOf(modules)), line('Old code', bytesOf(oldModules)), ...lines].join('');
}

/** distribution_info in dist.c */
export function distributionReport(vm: Machine): string {
  const { name } = vm.nodes.self;
  const node = `=node:${display(name)}\n`;
  return atomName(name) === NO_NODE ? `${node}=no_distribution\n` : node;
}

/** db_info in erl_db.c */
export function tableReport(vm: Machine): string {
  const tables = vm.ets.all().map((table) => {
    const { options } = table;
    return [
      `=ets:${display(vm.processes.pidOf(table.owner))}\n`,
      line('Table', options.isNamed ? display(table.name) : display(vm.references.term(table.key))),
      line('Name', display(table.name)),
      line('Objects', table.rows.count),
      line('Words', table.wordCount),
      line('Type', options.type),
      line('Protection', options.protection),
      line('Compressed', String(options.isCompressed)),
      line('Read Concurrency', String(options.readConcurrency)),
    ].join('');
  });
  return tables.join('');
}
