/** `enigma debug`: runs a function of given .beam files without booting OTP, and shows what code and heaps look like. */
import { readFileSync } from 'node:fs';
import { env, stderr, stdout } from 'node:process';
import { readFlags } from '../debug/flags.ts';
import { dumpHeap } from '../debug/heap-dump.ts';
import { nodeHost } from '../host/node/node-host.ts';
import { instructionToString } from '../isa/print.ts';
import { compileModule } from '../jit/compile-module.ts';
import type { BeamFunction, BeamModule } from '../loader/beam-module.ts';
import { loadBeam } from '../loader/load.ts';
import { formatTerm } from '../term/print.ts';
import { Vm } from '../vm.ts';
import { disassemble } from '../wasm/disasm.ts';
import { callFunction, dropOutcome } from './debug-call.ts';
import { ModuleFiles } from './module-files.ts';
import { parseCall } from './term-parser.ts';

export const DEBUG_HELP = `enigma debug run [-pa DIR]... [FILE.beam]... 'Module:Function(Args)'
        Loads the files, calls the function in a process of its own and prints its value. Other modules come from the
        folders and from OTP when they are called. Exit status: 0 a value, 1 an exception.
enigma debug heap [-pa DIR]... [FILE.beam]... 'Module:Function(Args)'
        The same, then prints the heap of the process as it was when the function returned.
enigma debug beam FILE.beam [FUNCTION/ARITY]
        The file's BEAM code.
enigma debug wasm FILE.beam [FUNCTION/ARITY]
        The WebAssembly that it becomes, labelled with BEAM instructions.
`;

/** The command line is wrong. */
export class Usage extends Error {}

interface CallArguments {
  readonly files: ModuleFiles;
  readonly given: readonly string[];
  readonly call: string;
}

function callArguments(args: readonly string[]): CallArguments {
  const files = new ModuleFiles();
  files.addOtp(env.ENIGMA_OTP);
  const given: string[] = [];
  const rest = [...args];
  const call = rest.pop();
  if (call === undefined) throw new Usage('a call Module:Function(Args) is missing');
  while (rest.length > 0) {
    const argument = rest.shift() as string;
    if (argument === '-pa') files.addFolder(folderOf(rest.shift()));
    else given.push(argument);
  }
  return { files, given, call };
}

function folderOf(argument: string | undefined): string {
  if (argument === undefined) throw new Usage('-pa wants a folder');
  return argument;
}

function runCall(args: readonly string[], showHeap: boolean): number {
  const { files, given, call } = callArguments(args);
  const parsed = parseCall(call);
  const vm = new Vm({ host: nodeHost(), flags: readFlags(env), findModule: (name) => files.find(name) });
  for (const path of given) vm.loadModule(readFileSync(path));
  const outcome = callFunction(vm, parsed, parsed.build, (process) => {
    if (showHeap) stdout.write(`${dumpHeap(process.heap, 1)}\n`);
  });
  if (outcome === undefined) {
    stderr.write('the process waits for ever\n');
    return 1;
  }
  const text = formatTerm(outcome.fragment.term);
  const isValue = outcome.kind === 'value';
  if (isValue) stdout.write(`${text}\n`);
  else stderr.write(`exit: ${text}\n`);
  dropOutcome(outcome);
  return isValue ? 0 : 1;
}

function selected(module: BeamModule, wanted: string | undefined): BeamFunction[] {
  const found = module.functions.filter(({ name, arity }) => wanted === undefined || `${name}/${arity}` === wanted);
  if (found.length === 0) throw new Usage(`${module.name} has no function ${wanted}`);
  return found;
}

function moduleOf(path: string | undefined): BeamModule {
  if (path === undefined) throw new Usage('a .beam file is missing');
  return loadBeam(readFileSync(path));
}

function showBeam([path, wanted]: readonly string[]): number {
  const module = moduleOf(path);
  for (const { name, arity, entryLabel, instructions } of selected(module, wanted)) {
    stdout.write(`${name}/${arity}, entry ${entryLabel}\n`);
    for (const { op, args } of instructions) stdout.write(`    ${instructionToString(op, args, module)}\n`);
  }
  return 0;
}

function showWasm([path, wanted]: readonly string[]): number {
  const module = moduleOf(path);
  const names = new Set(selected(module, wanted).map(({ name, arity }) => `${module.name}:${name}/${arity}`));
  const vm = new Vm({ host: nodeHost(), flags: readFlags(env) });
  const { wasm } = compileModule(module, { isBif: (m, f, a) => vm.isBif(m, f, a), notes: true });
  const functions = (_: number, name = ''): boolean => names.has(name.replace(/ resume$/, ''));
  stdout.write(disassemble(wasm.bytes, { notes: wasm.notes, relocations: wasm.relocations, functions }));
  return 0;
}

/** Runs the command; returns its exit status. Throws Usage. */
export function debugCommand([command, ...args]: readonly string[]): number {
  switch (command) {
    case 'run':
      return runCall(args, false);
    case 'heap':
      return runCall(args, true);
    case 'beam':
      return showBeam(args);
    case 'wasm':
      return showWasm(args);
    default:
      throw new Usage(command === undefined ? 'a command is missing' : `there is no command ${command}`);
  }
}
