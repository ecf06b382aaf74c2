/**
 * Erlang programs run by a virtual machine of ours, and the same by native OTP, compared. Debug switches come from the
 * environment, so that the same tests run under ENIGMA_GC_STRESS=1 and ENIGMA_REDUCTIONS=1.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModuleFiles } from '../../src/cli/module-files.ts';
import { nodeHost } from '../../src/host/node/node-host.ts';
import type { TranslateOptions } from '../../src/jit/module-translator.ts';
import type { BeamModule } from '../../src/loader/beam-module.ts';
import { ProcessHeap } from '../../src/memory/process-heap.ts';
import { spawnProcess } from '../../src/process/spawn.ts';
import { atom } from '../../src/term/atoms.ts';
import { listOf } from '../../src/term/build.ts';
import { decodeExternal } from '../../src/term/external-decode.ts';
import { encodeExternal } from '../../src/term/external-encode.ts';
import { formatTerm } from '../../src/term/print.ts';
import { makeSmall } from '../../src/term/term.ts';
import { Vm } from '../../src/vm.ts';
import { flags, patience } from './mode.ts';
import { erlc, nativeModule, nativeRoot, type Release } from './oracle.ts';
import { repositoryRoot } from './repository.ts';

/** A call: its arguments are Erlang text, `"1, [a]"`; none unless given. */
export interface Call {
  readonly module: string;
  readonly function: string;
  readonly arguments?: string;
}

/**
 * What came of a call. `value`: the bytes are `term_to_binary` of `{value, Term}` or `{Class, Reason, StackTrace}`, with the driver's
 * frames left out, and pids, references, ports and funs replaced by what they are. `killed`: of the reason the process died with.
 */
export interface RunOutcome {
  readonly kind: 'value' | 'killed' | 'timeout' | 'stuck';
  readonly bytes?: Uint8Array;
}

export interface RunHereOptions {
  readonly release?: Release;
  /** Milliseconds each call may take in the usual mode; 120,000 unless told. */
  readonly timeout?: number;
  readonly onInstruction?: NonNullable<TranslateOptions['onInstruction']>;
}

const DRIVER = 'call_driver';
const SLEEP_MILLISECONDS = 20;

let current: { readonly vm: Vm; readonly release: Release } | undefined;

/**
 * The virtual machine of this test file: there is one at a time, a new one when another release is wanted. It loads modules of that
 * OTP when they are called. What it reports of processes that die goes nowhere.
 */
export function vmFor(release: Release = 27): Vm {
  if (current?.release !== release) {
    const files = new ModuleFiles();
    files.addOtp(nativeRoot(release));
    const host = { ...nodeHost(), writeError: () => undefined };
    const vm = new Vm({ host, flags, otpRelease: release, findModule: (name) => files.find(name) });
    current = { vm, release };
  }
  return current.vm;
}

/** Source of a module that makes the calls: `run(N)` gives what came of the N-th (from 0). */
export function driverSource(calls: readonly Call[]): string {
  const text = readFileSync(join(repositoryRoot, 'test', 'support', 'call-driver.erl'), 'utf8');
  const clauses = calls.map(
    (call, index) => `call(${index}) -> {'${call.module}', '${call.function}', [${call.arguments ?? ''}]}`,
  );
  return `${text}\n${clauses.join(';\n')}.\n`;
}

/** Loads modules and makes the calls, each in a process of its own, in order. */
export function runHere(beams: readonly string[], calls: readonly Call[], options: RunHereOptions = {}): RunOutcome[] {
  const { release = 27, timeout = 120_000, onInstruction } = options;
  const vm = vmFor(release);
  for (const path of beams) vm.loadModule(readFileSync(path), onInstruction === undefined ? {} : { onInstruction });
  vm.loadModule(readFileSync(erlc(driverSource(calls), { release })));
  return calls.map((_, index) => runCall(vm, index, timeout));
}

function runCall(vm: Vm, index: number, timeout: number): RunOutcome {
  const name = { module: atom(DRIVER), name: atom('run'), arity: 1 };
  const { process } = onScratchHeap(() => spawnProcess(vm, undefined, name, listOf([makeSmall(index)])));
  let outcome: RunOutcome | undefined;
  process.watcher = {
    done: (value) => {
      outcome = { kind: 'value', bytes: encodeExternal(value) };
    },
    exited: (reason) => {
      outcome ??= { kind: 'killed', bytes: encodeExternal(reason) };
    },
  };
  const end = performance.now() + patience(timeout);
  while (outcome === undefined) {
    if (performance.now() > end) return { kind: 'timeout' };
    if (vm.scheduler.runSlice()) continue;
    const idle = vm.scheduler.idleTime();
    if (idle === undefined) return { kind: 'stuck' };
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(idle, SLEEP_MILLISECONDS));
  }
  return outcome;
}

/** Runs `work` with a heap for the terms that it makes, which are gone afterwards. */
export function onScratchHeap<Result>(work: () => Result): Result {
  const heap = ProcessHeap.create();
  heap.activate();
  try {
    return work();
  } finally {
    heap.deactivate();
    heap.destroy();
  }
}

/** The same by native OTP. */
export function runNatively(beams: readonly string[], calls: readonly Call[], release: Release = 27): RunOutcome[] {
  const driver = erlc(driverSource(calls), { release });
  const runs = calls.map((_, index) => ({ module: DRIVER, function: 'run', arguments: `[${index}]` }));
  return nativeModule([...beams, driver], runs, { release }).map((result) => {
    switch (result.kind) {
      case 'value':
        return { kind: 'value', bytes: result.value.bytes };
      case 'killed':
        return { kind: 'killed', bytes: result.reason.bytes };
      case 'timeout':
        return { kind: 'timeout' };
      default:
        throw new Error(`the driver itself failed: ${result.reason.text} ${result.stack.text}`);
    }
  });
}

/** The first difference of two outcomes as text, or undefined if they are the same. */
export function difference(native: RunOutcome, here: RunOutcome): string | undefined {
  const [expected, got] = [native.bytes, here.bytes];
  if (native.kind === here.kind && (expected === got || (expected && got && Buffer.compare(expected, got) === 0))) {
    return undefined;
  }
  if (expected === undefined || got === undefined) return `native: ${native.kind}, here: ${here.kind}`;
  return onScratchHeap(() => {
    const [a, b] = [decodeExternal(expected), decodeExternal(got)];
    // Written by the same hand: releases differ in how they write atoms, and in the order of a map's keys.
    if (native.kind === here.kind && Buffer.compare(encodeExternal(a), encodeExternal(b)) === 0) return undefined;
    return describe(`${native.kind} ${formatTerm(a)}`, `${here.kind} ${formatTerm(b)}`);
  });
}

const SHOWN_BEFORE = 120;
const SHOWN_BEHIND = 240;

function describe(expected: string, got: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === got[at]) at++;
  const from = Math.max(0, at - SHOWN_BEFORE);
  const cut = (text: string): string => `${from > 0 ? '…' : ''}${text.slice(from, at + SHOWN_BEHIND)}`;
  return `\n    native ${cut(expected)}\n    here   ${cut(got)}`;
}

/** What the modules export without arguments: by convention each is a case. */
export function casesOf(beam: BeamModule): string[] {
  return beam.exports
    .filter(({ name }) => name !== 'module_info')
    .flatMap(({ name, label }) => {
      const func = beam.functions[beam.functionOfLabel.get(label) as number];
      return func?.arity === 0 ? [name] : [];
    });
}

/** Makes the calls natively and here; fails unless every outcome is the same, telling the first differences. Returns how many. */
export function compareWithNative(
  beams: readonly string[],
  calls: readonly Call[],
  options: RunHereOptions = {},
): number {
  const native = runNatively(beams, calls, options.release);
  const here = runHere(beams, calls, options);
  assertSame(calls, native, here);
  return calls.length;
}

const DIFFERENCES_SHOWN = 10;

export function assertSame(calls: readonly Call[], native: readonly RunOutcome[], here: readonly RunOutcome[]): void {
  const differences = calls.flatMap((call, index) => {
    const text = difference(native[index] as RunOutcome, here[index] as RunOutcome);
    return text === undefined ? [] : [`${call.module}:${call.function}(${call.arguments ?? ''}) ${text}`];
  });
  if (differences.length === 0) return;
  const more = differences.length - DIFFERENCES_SHOWN;
  const shown = differences.slice(0, DIFFERENCES_SHOWN).join('\n  ');
  assert.fail(`${differences.length} of ${calls.length} differ\n  ${shown}${more > 0 ? `\n  and ${more} more` : ''}`);
}
