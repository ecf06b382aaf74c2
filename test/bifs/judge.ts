/**
 * Compares BIFs with native OTP's: every call is made there and here, and value, or class, reason and cause of the exception, must be the
 * same. Where arguments have binaries, the call is made once more with binaries that do not begin at a whole byte (but for those
 * functions whose value tells how binaries lie).
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BifTable } from '../../src/bifs/registry.ts';
import { bifTables } from '../../src/bifs/tables.ts';
import { nodeHost } from '../../src/host/node/node-host.ts';
import { HTOP, REDUCTIONS } from '../../src/memory/map.ts';
import { load, store } from '../../src/memory/memory.ts';
import type { Machine } from '../../src/process/machine.ts';
import { DEFAULT_SETTINGS } from '../../src/process/machine-settings.ts';
import { References } from '../../src/process/references.ts';
import { defaultTimeSettings, SystemTime } from '../../src/process/system-time.ts';
import { atom, atomName } from '../../src/term/atoms.ts';
import {
  binaryBytes,
  bitBase,
  bitOffset,
  bitSize,
  bitsOwner,
  copyBits,
  makeSubBits,
  newBitstring,
} from '../../src/term/bits.ts';
import { listOf } from '../../src/term/build.ts';
import { ErlangError } from '../../src/term/erlang-error.ts';
import { decodeExternal } from '../../src/term/external-decode.ts';
import { encodeExternal } from '../../src/term/external-encode.ts';
import { NIL, type Term } from '../../src/term/layout.ts';
import { nodes } from '../../src/term/nodes.ts';
import { formatTerm } from '../../src/term/print.ts';
import { head, isBitstring, isCons, tail, tupleElement } from '../../src/term/term.ts';
import { freshHeap } from '../support/heap.ts';
import { erlc, nativeModule, type Release } from '../support/oracle.ts';
import type { RandomSource } from '../support/random.ts';
import { repositoryRoot } from '../support/repository.ts';

/** Arguments are numbers in the pool, from 0. */
export interface Call {
  readonly module: string;
  readonly name: string;
  readonly arguments: readonly number[];
}

const DETERMINISTIC = { deterministic: true };
const UNALIGNED_BY = 3;
const SHOWN = 15;

type Implementation = (...args: unknown[]) => Term;

function implementation(call: Call): { row: Implementation; table: BifTable } {
  for (const table of bifTables) {
    if (table.module !== call.module) continue;
    const row = table.rows.find(({ name, arity }) => name === call.name && arity === call.arguments.length);
    if (row !== undefined) return { row: row.fn as unknown as Implementation, table };
  }
  return assert.fail(`no BIF ${call.module}:${call.name}/${call.arguments.length}`);
}

/** As much of a virtual machine as the BIFs of plain data need. */
function machine(): Machine {
  const host = nodeHost();
  const parts = {
    host,
    nodes: nodes.current,
    references: new References(1),
    time: new SystemTime(host.clock, defaultTimeSettings(27)),
    code: { exportSlot: () => undefined, modules: new Map(), isBif: () => false },
    settings: { ...DEFAULT_SETTINGS, time: defaultTimeSettings(27) },
    otpRelease: 27,
    current: { work: undefined },
  };
  return parts as unknown as Machine;
}

/** The same bits, three bits behind the start of a byte. */
function unalignedBits(t: Term): Term {
  const size = bitSize(t);
  const { term, data } = newBitstring(size + UNALIGNED_BY);
  copyBits(bitBase(t), bitOffset(t), data, UNALIGNED_BY, size);
  return makeSubBits(bitsOwner(term), UNALIGNED_BY, size);
}

/** `t` with its binaries, or those that are elements of a list, unaligned; undefined when there are none. */
function unaligned(t: Term): Term | undefined {
  if (isBitstring(t)) return unalignedBits(t);
  const elements: Term[] = [];
  let found = false;
  let rest = t;
  for (; isCons(rest); rest = tail(rest)) {
    const element = head(rest);
    found ||= isBitstring(element);
    elements.push(isBitstring(element) ? unalignedBits(element) : element);
  }
  return found ? listOf(elements, rest) : undefined;
}

function elementsOf(list: Term): Term[] {
  const elements: Term[] = [];
  for (let rest = list; isCons(rest); rest = tail(rest)) elements.push(head(rest));
  return elements;
}

function hex(content: Uint8Array): string {
  return Buffer.from(content).toString('hex');
}

function nativeText(outcome: Term): string {
  if (tupleElement(outcome, 1) === atom('v')) return hex(binaryBytes(tupleElement(outcome, 2)));
  const [kind, reason, cause] = [1, 2, 3].map((at) => tupleElement(outcome, at)) as [Term, Term, Term];
  return `${atomName(kind)}:${formatTerm(reason)}${cause === NIL ? '' : ` (${formatTerm(cause)})`}`;
}

function ourText(vm: Machine, call: Call, args: readonly Term[]): string {
  const { row, table } = implementation(call);
  store(REDUCTIONS, 2 ** 30);
  try {
    return hex(encodeExternal(table.pure === true ? row(...args) : row(vm, ...args), DETERMINISTIC));
  } catch (error) {
    if (!(error instanceof ErlangError)) throw error;
    return `${error.kind}:${formatTerm(error.reason)}${error.cause === undefined ? '' : ` (${formatTerm(error.cause)})`}`;
  }
}

function readable(text: string): string {
  return text.startsWith('83')
    ? formatTerm(decodeExternal(Buffer.from(text, 'hex'))).slice(0, 300)
    : text.slice(0, 300);
}

function callText(call: Call, pool: readonly string[]): string {
  return `${call.module}:${call.name}(${call.arguments.map((n) => pool[n]?.slice(0, 200)).join(', ')})`;
}

/** Makes the calls; fails with the first differences if there are any. Gives a line of figures. */
export function compareCalls(pool: readonly string[], calls: readonly Call[], release: Release = 27): string {
  freshHeap();
  const source = readFileSync(join(repositoryRoot, 'test', 'bifs', 'bif-judge.erl'), 'utf8');
  const list = calls.map(({ module, name, arguments: numbers }) => {
    return `[${[`'${module}'`, `'${name}'`, ...numbers.map((n) => n + 1)].join()}]`;
  });
  const text = `[[${pool.join(',\n')}], [${list.join(',\n')}]]`;
  const [result] = nativeModule(
    erlc(source, { release }),
    [{ module: 'bif-judge', function: 'run', arguments: text }],
    { release, timeout: 300_000 },
  );
  assert.equal(result?.kind, 'value', result?.kind === 'raise' ? `${result.reason.text} ${result.stack.text}` : '');
  const decoded = decodeExternal(result.value.bytes);
  const terms = elementsOf(tupleElement(decoded, 1));
  const outcomes = elementsOf(tupleElement(decoded, 2));
  assert.equal(outcomes.length, calls.length);
  const vm = machine();
  const start = load(HTOP);
  const wrong: string[] = [];
  const counts = { raised: 0, unaligned: 0 };
  const functions = new Set<string>();
  calls.forEach((call, index) => {
    functions.add(`${call.module}:${call.name}/${call.arguments.length}`);
    const args = call.arguments.map((n) => terms[n] as Term);
    const expected = nativeText(outcomes[index] as Term);
    if (expected.includes(':')) counts.raised++;
    const check = (actual: string, kind: string): void => {
      if (actual === expected) return;
      wrong.push(`${callText(call, pool)}${kind}\n   ours ${readable(actual)}\n native ${readable(expected)}`);
    };
    check(ourText(vm, call, args), '');
    store(HTOP, start);
    const others = args.map(unaligned);
    if (!call.name.endsWith('iovec') && others.some((other) => other !== undefined)) {
      counts.unaligned++;
      check(
        ourText(
          vm,
          call,
          args.map((arg, i) => others[i] ?? arg),
        ),
        ', unaligned',
      );
    }
    store(HTOP, start);
  });
  assert.ok(wrong.length === 0, `${wrong.length} of ${calls.length} differ:\n${wrong.slice(0, SHOWN).join('\n')}`);
  return `${functions.size} functions, ${calls.length} calls (${counts.raised} raise), ${counts.unaligned} once more unaligned`;
}

/** Calls of a function with arguments from given parts of the pool: all combinations, or `most` random ones. */
export function combinations(
  functionName: string,
  choices: readonly (readonly number[])[],
  random: RandomSource,
  most: number,
): Call[] {
  const [module, name] = functionName.split(':') as [string, string];
  const total = choices.reduce((product, { length }) => product * length, 1);
  const numbers: number[][] = [];
  if (total <= most) {
    for (let n = 0; n < total; n++) {
      let rest = n;
      numbers.push(
        choices.map((choice) => {
          const at = rest % choice.length;
          rest = Math.floor(rest / choice.length);
          return choice[at] as number;
        }),
      );
    }
  } else {
    for (let n = 0; n < most; n++) numbers.push(choices.map((choice) => choice[random(choice.length)] as number));
  }
  return numbers.map((args) => ({ module, name, arguments: args }));
}

/** A pool that grows: each text has one number. */
export class Pool {
  readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();

  number(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  all(texts: readonly string[]): number[] {
    return texts.map((text) => this.number(text));
  }
}

/** Erlang text of a binary. */
export function binaryText(content: ArrayLike<number>): string {
  return `<<${Array.from(content).join()}>>`;
}
