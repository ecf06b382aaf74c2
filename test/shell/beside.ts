/** The same keys to native OTP and to Enigma, each in a terminal of its own; both must come to show the same. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { patience } from '../support/mode.ts';
import { nativeRoot } from '../support/oracle.ts';
import { Terminal, type TerminalOptions } from './terminal.ts';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const PATIENCE = patience(60_000);
/** How long both may rest with the same screen, in milliseconds, before that is taken for all that comes. */
const REST = patience(10_000);
const PAUSE = 20;

/** What differs between two systems, or from run to run. */
const ACCIDENTS: readonly (readonly [RegExp, string])[] = [
  [/Erlang\/OTP 27 \[[^\n]*\n([^\n]+\n)?\n/, 'BANNER\n'],
  [/\(row \d+, /, '('],
  [/<\d+\.\d+\.\d+>/g, '<PID>'],
  [/#Ref<[\d.]+>/g, '#Ref'],
  [/#Fun<([^>]*?)[\d.]*>/g, '#Fun<$1>'],
  [/\d{1,2}-[A-Z][a-z]{2}-\d{4}::[\d:.]+/g, 'TIME'],
];

function masked(text: string, more: readonly (readonly [RegExp, string])[]): string {
  return [...ACCIDENTS, ...more].reduce((t, [pattern, word]) => t.replace(pattern, word), text);
}

export interface BesideOptions extends TerminalOptions {
  /** What else differs. */
  readonly mask?: readonly (readonly [RegExp, string])[];
  /** A line for a shell that runs afterwards in the same terminal. */
  readonly afterwards?: string;
}

export class Beside {
  readonly native: Terminal;
  readonly enigma: Terminal;
  private readonly mask: readonly (readonly [RegExp, string])[];

  constructor(args: readonly string[], { mask = [], afterwards = '', ...options }: BesideOptions = {}) {
    this.mask = mask;
    const { environment } = options;
    this.native = new Terminal([join(nativeRoot(), 'bin', 'erl'), ...args], options, afterwards);
    this.enigma = new Terminal(
      [process.execPath, main, ...args],
      { ...options, environment: { ...environment, ENIGMA_OTP: nativeRoot() } },
      afterwards,
    );
  }

  /** Types the same on both. */
  send(keys: string): void {
    this.native.send(keys);
    this.enigma.send(keys);
  }

  /** Waits until both show the same, are quiet, and `there` is on the screen; what they show. */
  async same(there: RegExp = /./): Promise<string> {
    const until = performance.now() + PATIENCE;
    for (;;) {
      const [native, enigma] = [this.native, this.enigma].map((it) => masked(it.show(), this.mask)) as [string, string];
      const isQuiet = [this.native, this.enigma].every((it) => it.isQuiet() || it.hasEnded);
      if (isQuiet && native === enigma && there.test(native)) return native;
      const rests = native === enigma && [this.native, this.enigma].every((it) => it.isQuiet(REST));
      if (rests || performance.now() > until) {
        assert.equal(enigma, native, `waiting for ${there}`);
        assert.fail(`both do not show ${there}:\n${native}`);
      }
      await sleep(PAUSE);
    }
  }

  /** Types, then waits as `same`. */
  async type(keys: string, there?: RegExp): Promise<string> {
    this.send(keys);
    return this.same(there);
  }

  resize(columns: number, rows: number): void {
    this.native.resize(columns, rows);
    this.enigma.resize(columns, rows);
  }

  close(): void {
    this.native.close();
    this.enigma.close();
  }
}
