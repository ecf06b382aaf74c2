/** Runs the same Erlang on the virtual machine and on native OTP. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DebugFlags, readFlags } from '../../src/debug/flags.ts';
import { nodeHost } from '../../src/host/node/node-host.ts';
import { spawnProcess } from '../../src/process/spawn.ts';
import { atom } from '../../src/term/atoms.ts';
import { NIL } from '../../src/term/layout.ts';
import { formatTerm } from '../../src/term/print.ts';
import { Vm } from '../../src/vm.ts';
import { erlc, nativeModule, nativeRoot } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';

/** Modules of OTP whose Erlang code the tests need; nothing is booted. */
const OTP_MODULES = ['erts/erlang', 'stdlib/lists', 'stdlib/maps'];

function otpBeam(path: string): Uint8Array {
  const [application, module] = path.split('/') as [string, string];
  const library = join(nativeRoot(27), 'lib');
  const folder = readdirSync(library).find((name) => name.startsWith(`${application}-`));
  if (folder === undefined) throw new Error(`no application ${application}`);
  return readFileSync(join(library, folder, 'ebin', `${module}.beam`));
}

/** A virtual machine with the modules of `sources` and what they need. Crash reports go nowhere. Only one a process. */
function machineWith(sources: readonly string[], flags: Partial<DebugFlags>): Vm {
  const host = { ...nodeHost(), writeError: () => undefined };
  const vm = new Vm({ host, flags: { ...readFlags({}), ...flags } });
  for (const path of OTP_MODULES) vm.loadModule(otpBeam(path));
  for (const source of sources) vm.loadModule(readFileSync(erlc(source)));
  return vm;
}

/** Calls module:name() in a process of its own; gives the value as `~w` prints it, or how the process ended. */
async function callText(vm: Vm, module: string, name: string): Promise<string> {
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
function nativeTexts(source: string, module: string, names: readonly string[]): string[] {
  const calls = names.map((name) => ({ module, function: name, arguments: '[]' }));
  return nativeModule(erlc(source), calls).map((result) => {
    if (result.kind === 'value') return result.value.text;
    if (result.kind === 'timeout') return 'nothing can run';
    return `exit: ${result.reason.text}`;
  });
}

/** Names of the functions without arguments that a test source exports as cases. */
function caseNames(source: string): string[] {
  return [...source.matchAll(/^([a-z]\w*)\(\) ->/gm)].map((match) => match[1] as string);
}

/** Compares every case of the modules (files beside this one) with native OTP, on a virtual machine with these flags. */
export function testCases(modules: readonly string[], flags: Partial<DebugFlags>): void {
  const sources = modules.map((module) =>
    readFileSync(join(repositoryRoot, 'test', 'process', `${module}.erl`), 'utf8'),
  );
  const vm = machineWith(sources, flags);
  modules.forEach((module, index) => {
    const source = sources[index] as string;
    const names = caseNames(source);
    const expected = nativeTexts(source, module, names);
    names.forEach((name, i) => {
      test(`${module}:${name}`, async () => {
        assert.equal(await callText(vm, module, name), expected[i]);
      });
    });
  });
}

export const ALL_CASES: readonly string[] = [
  'exception_cases',
  'process_cases',
  'error_cases',
  'flag_cases',
  'deep_cases',
];
