/** Every debug switch, each with its line of help. Read once from the environment by whoever makes a virtual machine. */

/** A switch: `ENIGMA_<name>` in the environment. `kind` on: anything but '' and '0'; number: a positive integer. */
type Row = { readonly variable: string; readonly kind: 'on' | 'number'; readonly help: string };

const ROWS = {
  gcStress: {
    variable: 'ENIGMA_GC_STRESS',
    kind: 'on',
    help: 'collect at every safe point, verify heaps, poison what is freed',
  },
  verifyHeap: { variable: 'ENIGMA_VERIFY_HEAP', kind: 'on', help: 'verify and poison at every collection' },
  traceGc: { variable: 'ENIGMA_TRACE_GC', kind: 'on', help: 'print a line for every collection' },
  reductions: { variable: 'ENIGMA_REDUCTIONS', kind: 'number', help: 'reductions of a slice, instead of 4000' },
  traceLoad: {
    variable: 'ENIGMA_TRACE_LOAD',
    kind: 'on',
    help: 'print a line for every module that is loaded, with times',
  },
} as const satisfies Record<string, Row>;

export type DebugFlags = {
  readonly [name in keyof typeof ROWS]: (typeof ROWS)[name]['kind'] extends 'on' ? boolean : number | undefined;
};

/** A switch has a value that it cannot have. */
export class BadFlag extends Error {
  constructor(variable: string, value: string) {
    super(`${variable}=${value}: a positive integer is wanted`);
    this.name = 'BadFlag';
  }
}

function read(row: Row, value: string | undefined): boolean | number | undefined {
  const given = value === undefined || value === '' ? undefined : value;
  if (row.kind === 'on') return given !== undefined && given !== '0';
  if (given === undefined) return undefined;
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
