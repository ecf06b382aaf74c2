/** All of a crash dump but the processes: memory, ports, tables, timers, modules, atoms (break.c, and what it calls). */
import type { Table } from '../ets/table.ts';
import type { Machine } from '../process/machine.ts';
import type { Port } from '../process/port.ts';
import { atomCount } from '../term/atoms.ts';
import { display } from '../term/print.ts';
import { makeAtom } from '../term/term.ts';
import { limitedStackTrace, memoryOf } from './dump-processes.ts';
import { base64 } from './dump-terms.ts';
import type { DumpWriter } from './dump-writer.ts';

const WORD = 4;

/** The one scheduler, and what ran on it. */
export function dumpScheduler(writer: DumpWriter, vm: Machine): void {
  const { current } = vm;
  const ran = current !== undefined && current.state === 'suspended';
  writer.line('=scheduler:1');
  writer.line(`Current Process: ${ran ? display(current.pid) : ''}`);
  if (!ran) return;
  writer.line('Current Process State: Running');
  writer.line('Current Process Limited Stack Trace:');
  for (const line of limitedStackTrace(vm, current)) writer.line(line);
}

/** In bytes. What is not counted apart is part of `system`. */
export function dumpMemory(writer: DumpWriter, vm: Machine, total: number): void {
  const processes = vm.processes.all().reduce((sum, process) => sum + memoryOf(process), 0);
  const ets = vm.ets.all().reduce((sum, { wordCount }) => sum + wordCount * WORD, 0);
  writer.line('=memory');
  for (const [name, size] of Object.entries({ total, processes, system: total - processes, ets })) {
    writer.line(`${name}: ${size}`);
  }
}

function portLines(vm: Machine, port: Port): string[] {
  const { driver, links, connected } = port;
  const pid = (processNumber: number): string => display(vm.processes.pidOf(processNumber));
  const isFile = driver.osPid === undefined && /^\d+\/\d+$/.test(driver.name);
  const kind = isFile ? 'Port is UNIX fd not opened by emulator' : 'Port controls external process';
  return [
    `=port:${display(port.term)}`,
    `State: ${port.isOpen ? 'CONNECTED' : 'CLOSING'}${port.isBinary ? '|BINARY_IO' : ''}`,
    `Slot: ${port.number}`,
    `Connected: ${pid(connected)}`,
    ...(links.size === 0 ? [] : [`Links: ${Array.from(links, pid).join(', ')}`]),
    ...(port.name === undefined ? [] : [`Registered as: ${display(port.name)}`]),
    `${kind}: ${driver.name}`,
    `Input: ${port.inputBytes}`,
    `Output: ${port.outputBytes}`,
    `Queue: ${driver.queued}`,
  ];
}

export function dumpPorts(writer: DumpWriter, vm: Machine): void {
  for (const port of vm.ports.all()) for (const line of portLines(vm, port)) writer.line(line);
}

function tableLines(vm: Machine, table: Table): string[] {
  const { options, rows } = table;
  const name = display(table.name);
  return [
    `=ets:${display(vm.processes.pidOf(table.owner))}`,
    `Slot: ${table.key}`,
    `Table: ${name}`,
    `Name: ${name}`,
    ...(options.type === 'ordered_set' ? [`Ordered set (AVL tree), Elements: ${rows.count}`] : []),
    `Objects: ${rows.count}`,
    `Words: ${table.wordCount}`,
    `Type: ${options.type}`,
    `Protection: ${table.protection}`,
    `Compressed: ${options.isCompressed}`,
    `Read Concurrency: ${options.readConcurrency}`,
  ];
}

export function dumpTables(writer: DumpWriter, vm: Machine): void {
  for (const table of vm.ets.all()) for (const line of tableLines(vm, table)) writer.line(line);
}

export function dumpTimers(writer: DumpWriter, vm: Machine): void {
  for (const { at, to, message } of vm.timers.byReference.all()) {
    writer.line(`=timer:${display(to)}`);
    writer.line(`Message: ${display(message)}`);
    writer.line(`Time left: ${Math.max(0, Math.ceil(at - vm.timers.now()))}`);
  }
}

export function dumpNode(writer: DumpWriter, vm: Machine): void {
  writer.line(`=node:${display(vm.nodes.self.name)}`);
  writer.line('=no_distribution');
}

/** Native OTP has sizes of code here; ours is the host's. */
export function dumpModules(writer: DumpWriter, vm: Machine): void {
  writer.line('=loaded_modules');
  for (const [name, { attributes, compileInfo }] of vm.code.modules) {
    writer.line(`=mod:${display(name)}`);
    if (attributes.length > 0) writer.line(`Current attributes: ${base64(attributes)}`);
    if (compileInfo.length > 0) writer.line(`Current compilation info: ${base64(compileInfo)}`);
  }
}

/** The newest first. */
export function dumpAtoms(writer: DumpWriter): void {
  writer.line('=atoms');
  for (let index = atomCount() - 1; index >= 0; index--) writer.line(display(makeAtom(index)));
}
