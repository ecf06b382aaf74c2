/**
 * Terminals of the Node process. Modes go through stty(1): Node's own raw mode takes the keys of signals away and turns line feeds that
 * move the cursor down into new lines.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { isatty } from 'node:tty';
import { PosixError } from '../files.ts';
import type { Terminal, TerminalEntry, TerminalMode } from '../terminal.ts';
import { readTerminfo } from '../terminfo.ts';

/** Where terminfo databases lie on the systems around; an empty one in TERMINFO_DIRS stands for all of these. */
const SYSTEM_DATABASES = [
  '/etc/terminfo',
  '/lib/terminfo',
  '/usr/share/terminfo',
  '/usr/lib/terminfo',
  '/usr/local/share/terminfo',
];

/** stty's words for each part of a mode that is on, and off (tty_init_nif in OTP's prim_tty_nif.c). */
const WORDS: Readonly<Record<keyof TerminalMode, readonly [on: string, off: string]>> = {
  canonical: ['icrnl icanon opost', '-icrnl -icanon -opost min 1 time 0'],
  echo: ['echo', '-echo'],
  signals: ['brkint ignpar icrnl ixon ixany isig iexten', '-brkint -ignpar -icrnl -ixon -ixany -isig -iexten'],
};

/** Calls stty on the terminal of a descriptor; returns what it prints. */
function stty(descriptor: number, args: readonly string[]): string {
  if (!isatty(descriptor)) throw new PosixError('enotty');
  const { status, stdout, error } = spawnSync('stty', args, {
    stdio: [descriptor, 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  if (error !== undefined) throw new PosixError('enotsup');
  if (status !== 0) throw new PosixError('eio');
  return stdout.trim();
}

function wordsOf(changes: TerminalMode): string[] {
  const words = ['-istrip'];
  for (const [part, [on, off]] of Object.entries(WORDS)) {
    const value = changes[part as keyof TerminalMode];
    if (value !== undefined) words.push(...(value ? on : off).split(' '));
  }
  return words;
}

/** The databases in the order in which ncurses looks into them. */
function databases(): string[] {
  const { TERMINFO, TERMINFO_DIRS } = env;
  const listed = TERMINFO_DIRS?.split(':').flatMap((folder) => (folder === '' ? SYSTEM_DATABASES : [folder])) ?? [];
  const own = [...(TERMINFO === undefined ? [] : [TERMINFO]), join(homedir(), '.terminfo')];
  return [...own, ...listed, ...SYSTEM_DATABASES];
}

function readEntry(path: string): TerminalEntry | undefined {
  try {
    return readTerminfo(readFileSync(path));
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}

export function nodeTerminal(): Terminal {
  const found = new Map<number, string>();
  return {
    settings: (descriptor) => stty(descriptor, ['-g']),
    set(descriptor, settings, changes) {
      if (!found.has(descriptor)) found.set(descriptor, stty(descriptor, ['-g']));
      stty(descriptor, [settings, ...(changes === undefined ? [] : wordsOf(changes))]);
    },
    entry(kind) {
      if (kind === '' || kind.includes('/')) return undefined;
      const first = kind.charAt(0);
      // Where file names do not tell capitals apart, folders are named by the letter's number.
      const folders = [first, kind.charCodeAt(0).toString(16)];
      for (const database of databases()) {
        for (const folder of folders) {
          const entry = readEntry(join(database, folder, kind));
          if (entry !== undefined) return entry;
        }
      }
      return undefined;
    },
    reset() {
      for (const [descriptor, settings] of found) {
        try {
          stty(descriptor, [settings]);
        } catch (error) {
          // The terminal may have gone.
          if (!(error instanceof PosixError)) throw error;
        }
      }
    },
  };
}
