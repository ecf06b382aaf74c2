/** Runs the same Erlang on the virtual machine and on native OTP. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DebugFlags, readFlags } from '../../src/debug/flags.ts';
import { nodeHost } from '../../src/host/node/node-host.ts';
import { running } from '../../src/memory/process-heap.ts';
import { spawnProcess } from '../../src/process/spawn.ts';
import { atom } from '../../src/term/atoms.ts';
import { NIL } from '../../src/term/layout.ts';
import { formatTerm } from '../../src/term/print.ts';
import { Vm } from '../../src/vm.ts';
import { erlc, nativeModule, nativeRoot } from '../support/oracle.ts';

/** A way to run everything: ordinary, or with something provoked at every chance. */
export interface Mode {
  readonly name: string;
  readonly flags: Partial<DebugFlags>;
}

export const MODES: readonly Mode[] = [
  { name: 'ordinary', flags: {} },
  { name: 'gc stress', flags: { gcStress: true } },
  { name: 'one reduction', flags: { reductions: 1 } },
];

/** Modules of OTP whose Erlang code the tests need; nothing is booted. */
const OTP_MODULES = ['erts/erlang', 'kernel/error_handler', 'stdlib/lists'];

function otpBeam(path: string): Uint8Array {
  const [application, module] = path.split('/') as [string, string];
  const library = join(nativeRoot(27), 'lib');
  const folder = readdirSync(library).find((name) => name.startsWith(`${application}-`));
  if (folder === undefined) throw new Error(`no application ${application}`);
  return readFileSync(join(library, folder, 'ebin', `${module}.beam`));
}

/** A virtual machine with the module of `source` and what it needs. What the host was told to write is in `errors`. */
export function machineWith(source: string, mode: Mode): { vm: Vm; errors: string[] } {
  const errors: string[] = [];
  const host = { ...nodeHost(), writeError: (text: string) => void errors.push(text) };
  running.heap = undefined;
  const vm = new Vm({ host, flags: { ...readFlags({}), ...mode.flags } });
  for (const path of OTP_MODULES) vm.loadModule(otpBeam(path));
  vm.loadModule(readFileSync(erlc(source)));
  return { vm, errors };
}

/** Calls module:name() in a process of its own; gives the value as `~w` prints it, or how the process ended. */
export async function callText(vm: Vm, module: string, name: string): Promise<string> {
  const { process } = spawnProcess(vm, undefined, { module: atom(module), name: atom(name), arity: 0 }, NIL);
  const end: { text?: string } = {};
  process.watcher = {
    done: (value) => {
      end.text = formatTerm(value);
    },
    exited: (reason) => {
      end.text ??= `exit: ${formatTerm(reason)}`;
    },
  };
  while (end.text === undefined) {
    vm.scheduler.runUntilIdle();
    const idle = vm.scheduler.idleTime();
    if (end.text !== undefined || idle === undefined) break;
    await new Promise((resolve) => setTimeout(resolve, idle));
  }
  return end.text ?? 'nothing can run';
}

/** The same calls on native OTP, one text each. */
export function nativeTexts(source: string, module: string, names: readonly string[]): string[] {
  const calls = names.map((name) => ({ module, function: name, arguments: '[]' }));
  return nativeModule(erlc(source), calls).map((result) => {
    if (result.kind === 'value') return result.value.text;
    if (result.kind === 'timeout') return 'nothing can run';
    return `exit: ${result.reason.text}`;
  });
}

/** Names of the functions without arguments that a test source exports as cases. */
export function caseNames(source: string): string[] {
  return [...source.matchAll(/^([a-z]\w*)\(\) ->/gm)].map((match) => match[1] as string);
}
