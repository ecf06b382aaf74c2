/** Every debug switch, each with its line of help. Read once from the environment by whoever makes a virtual machine. */

/** A switch: `ENIGMA_<name>` in the environment. `kind` on: anything but '' and '0'; number: a positive integer; text: anything but ''. */
type Row = { readonly variable: string; readonly kind: Kind; readonly help: string };
type Kind = 'on' | 'number' | 'text';

const ROWS = {
  gcStress: {
    variable: 'ENIGMA_GC_STRESS',
    kind: 'on',
    help: 'collect at every safe point, verify heaps, poison what is freed; slices of 100 reductions',
  },
  verifyHeap: {
    variable: 'ENIGMA_VERIFY_HEAP',
    kind: 'on',
    help: 'verify heaps, who owns what off-heap, and poison at every collection',
  },
  traceGc: { variable: 'ENIGMA_TRACE_GC', kind: 'on', help: 'print a line for every collection' },
  reductions: {
    variable: 'ENIGMA_REDUCTIONS',
    kind: 'number',
    help: 'reductions of a slice, instead of 4000 (or 100)',
  },
  traceLoad: {
    variable: 'ENIGMA_TRACE_LOAD',
    kind: 'on',
    help: 'print a line for every module that is loaded, with times',
  },
  traceTurns: {
    variable: 'ENIGMA_TRACE_TURNS',
    kind: 'on',
    help: 'print a line when a process begins or ends its turn, with where it is, and when it ends',
  },
  traceMessages: { variable: 'ENIGMA_TRACE_MESSAGES', kind: 'on', help: 'print a line for every message' },
  countCalls: {
    variable: 'ENIGMA_COUNT_CALLS',
    kind: 'number',
    help: 'count the calls of every function, and print so many of those most called at the end',
  },
  names: {
    variable: 'ENIGMA_NAMES',
    kind: 'on',
    help: 'give WebAssembly the names of Erlang functions, for V8’s profilers and traces',
  },
  plain: {
    variable: 'ENIGMA_PLAIN',
    kind: 'text',
    help: 'functions that are translated without optimizations: all, or hashes FROM-TO (tools/bisect.mjs)',
  },
  cache: {
    variable: 'ENIGMA_CACHE',
    kind: 'text',
    help: 'folder for translated modules instead of the user’s cache folder; off: none',
  },
} as const satisfies Record<string, Row>;

interface Value {
  readonly on: boolean;
  readonly number: number | undefined;
  readonly text: string | undefined;
}

export type DebugFlags = { readonly [name in keyof typeof ROWS]: Value[(typeof ROWS)[name]['kind']] };

/** A switch has a value that it cannot have. */
export class BadFlag extends Error {
  constructor(variable: string, value: string, wanted = 'a positive integer') {
    super(`${variable}=${value}: ${wanted} is wanted`);
    this.name = 'BadFlag';
  }
}

function read(row: Row, value: string | undefined): Value[Kind] {
  const given = value === undefined || value === '' ? undefined : value;
  if (row.kind === 'on') return given !== undefined && given !== '0';
  if (given === undefined || row.kind === 'text') return given;
  if (!/^[1-9][0-9]{0,8}$/.test(given)) throw new BadFlag(row.variable, given);
  return Number(given);
}

/** The switches as the environment sets them. Throws BadFlag. */
export function readFlags(env: Readonly<Record<string, string | undefined>>): DebugFlags {
  const entries = Object.entries(ROWS).map(([name, row]) => [name, read(row, env[row.variable])]);
  return Object.fromEntries(entries) as DebugFlags;
}

/** One line for each switch, for `enigma --help`. */
export function flagsHelp(): string {
  return Object.values<Row>(ROWS)
    .map(({ variable, kind, help }) => `${variable}${kind === 'on' ? '=1' : '=…'}`.padEnd(24) + help)
    .join('\n');
}
