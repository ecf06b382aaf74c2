/**
 * A virtual machine that runs programs on demand (side.ts): node our-side.js <folder of programs> <root of OTP>.
 * Memory, code and what V8 knows of it stay from one run to the next.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readFlags } from '../src/debug/flags.ts';
import { nodeHost } from '../src/host/node/node-host.ts';
import { ProcessHeap } from '../src/memory/process-heap.ts';
import type { Process } from '../src/process/process.ts';
import { sendMessage } from '../src/process/signals.ts';
import { spawnProcess } from '../src/process/spawn.ts';
import { atom } from '../src/term/atoms.ts';
import { listOf } from '../src/term/build.ts';
import { formatTerm } from '../src/term/print.ts';
import { Vm } from '../src/vm.ts';
import { otpModule } from './otp-files.ts';
import { OTP_MODULES } from './programs.ts';

const [programs, otpRoot] = process.argv.slice(2) as [string, string];
const errors: string[] = [];
const host = { ...nodeHost(), writeError: (text: string) => void errors.push(text) };
const vm = new Vm({ host, flags: readFlags(process.env) });
const unloaded: string[] = [];
for (const name of OTP_MODULES) loadLibrary(name);
vm.loadModule(readFileSync(join(programs, 'driver.beam')));

/** A program that needs a library module that cannot be loaded will say so. */
function loadLibrary(name: string): void {
  try {
    vm.loadModule(otpModule(otpRoot, name));
  } catch (error) {
    unloaded.push(`${name}: ${(error as Error).message}`);
  }
}

const loaded = new Map<string, string | undefined>();

/** Why a program cannot be loaded; undefined when it is. */
function load(name: string): string | undefined {
  if (loaded.has(name)) return loaded.get(name);
  const path = join(programs, `${name}.beam`);
  let problem: string | undefined;
  try {
    if (existsSync(path)) vm.loadModule(readFileSync(path));
    else problem = `no program ${name}`;
  } catch (error) {
    problem = (error as Error).message;
  }
  loaded.set(name, problem);
  return problem;
}

/** Runs `work` with a heap for the terms that it makes, which are gone afterwards. */
function onScratchHeap<Result>(work: () => Result): Result {
  const heap = ProcessHeap.create();
  heap.activate();
  try {
    return work();
  } finally {
    heap.deactivate();
    heap.destroy();
  }
}

function start(name: string, args: readonly string[]): Process {
  const target = { module: atom('driver'), name: atom(name), arity: args.length };
  return onScratchHeap(() => spawnProcess(vm, undefined, target, listOf(args.map(atom))).process);
}

/** A program came to another end than a value. */
class Unfit extends Error {}

/** One run: milliseconds from the message that starts it to its end, and its value. Throws Unfit. */
function measure(name: string): { value: string; milliseconds: number } {
  const measured = start('measured', [name]);
  const end: { value?: string; reason?: string; at?: number } = {};
  measured.watcher = {
    done: (value) => {
      end.at = performance.now();
      end.value = formatTerm(value);
    },
    exited: (reason) => {
      end.reason = formatTerm(reason);
    },
  };
  vm.scheduler.runUntilIdle();
  if (end.reason !== undefined) throw new Unfit(end.reason);
  const started = performance.now();
  sendMessage(vm, measured, atom('go'));
  vm.scheduler.runUntilIdle();
  if (end.value === undefined || end.at === undefined) throw new Unfit(end.reason ?? 'it waits for ever');
  return { value: end.value, milliseconds: end.at - started };
}

function answer(name: string, count: number): string {
  const problem = load(name);
  if (problem !== undefined) return `skip ${problem}`;
  try {
    const runs = Array.from({ length: count }, () => measure(name));
    return `ok ${runs[0]?.value} ${runs.map(({ milliseconds }) => (milliseconds * 1000).toFixed(3)).join(' ')}`;
  } catch (error) {
    // After any other error the machine may be in any state: another process takes the next program.
    if (!(error instanceof Unfit)) process.stdin.pause();
    return `skip ${[(error as Error).message, ...unloaded].join('; ')}`;
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [name, count] = line.split(' ') as [string, string];
  process.stdout.write(`${answer(name, Number(count)).replaceAll(/\s+/g, ' ')}\n`);
});
