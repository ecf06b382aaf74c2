/** Jumps on a value: a jump table or a binary search over words that are known, a chain of tests for everything else. */
import type { Operand } from '../../isa/operands.ts';
import { typeBits } from '../../isa/types.ts';
import {
  HEADER_SIZE_SHIFT,
  HEADER_TUPLE,
  makeHeader,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  SMALL_SHIFT,
} from '../../term/layout.ts';
import type { Label, Local } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { Emitter, EmitterTable } from '../emitter.ts';
import { pushHeader, pushTagTest, testEmitters } from './tests-compare.ts';

interface Case {
  /** The word that selects it, as a signed 32-bit number. */
  readonly word: number;
  readonly label: number;
}

/** A jump table has at most this many entries for each case. */
const TABLE_ENTRIES_PER_CASE = 4;
const TABLE_MIN_CASES = 4;
/** So few cases are tested one after the other. */
const LINEAR_MAX_CASES = 4;

function pairs(list: Operand): [Operand, Operand][] {
  if (list.kind !== 'list') throw new TypeError('a select without a list');
  const { items } = list;
  return Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i] as Operand, items[2 * i + 1] as Operand]);
}

/**
 * Atoms are constants whose order is known only when the module is loaded, and other literals are no single words: those
 * are compared one by one. What is left are smalls.
 */
function emitSelectVal(a: BeamAssembler, src: Operand, fail: Operand, list: Operand): void {
  const smalls: Case[] = [];
  for (const [value, target] of pairs(list)) {
    const label = a.label(target);
    if (value.kind === 'integer' && a.alwaysSmall(value)) {
      smalls.push({ word: (Number(value.value) << SMALL_SHIFT) | PRIMARY_SMALL, label });
    } else {
      (testEmitters.is_ne_exact as Emitter)(a, target, src, value);
    }
  }
  selectWord(a, smalls, SMALL_SHIFT, a.label(fail), () => a.push(src));
}

/** The header of a tuple is one word with its size. */
function emitSelectTupleArity(a: BeamAssembler, src: Operand, fail: Operand, list: Operand): void {
  const label = a.label(fail);
  if (!a.always(src, typeBits.tuple)) {
    pushTagTest(a, src, PRIMARY_MASK, PRIMARY_BOXED);
    a.w.i32Eqz();
    a.branchIf(label);
  }
  const cases = pairs(list).map(([size, target]) => ({
    word: makeHeader(HEADER_TUPLE, a.number(size)),
    label: a.label(target),
  }));
  selectWord(a, cases, HEADER_SIZE_SHIFT, label, () => pushHeader(a, src));
}

/**
 * Goes to the label of the case whose word `pushWord` pushes, else to fail. The words differ from each other only in bits
 * from `shift` on; a word that is something else differs from all of them below, too.
 */
function selectWord(a: BeamAssembler, cases: Case[], shift: number, fail: number, pushWord: () => void): void {
  if (cases.length === 0) return a.branch(fail);
  const sorted = cases.toSorted((one, other) => one.word - other.word);
  const first = (sorted[0] as Case).word;
  const span = ((sorted.at(-1) as Case).word - first) / 2 ** shift + 1;
  if (sorted.length >= TABLE_MIN_CASES && span <= TABLE_ENTRIES_PER_CASE * sorted.length) {
    return jumpTable(a, sorted, first, span, shift, fail, pushWord);
  }
  a.withTemporary((word) => {
    pushWord();
    a.w.localSet(word);
    search(a, sorted, word);
  });
  a.branch(fail);
}

/** Rotating brings the index down and bits that are not those of the cases to the top, out of the table. */
function jumpTable(
  a: BeamAssembler,
  cases: readonly Case[],
  first: number,
  span: number,
  shift: number,
  fail: number,
  pushWord: () => void,
): void {
  const { w } = a;
  const labels = new Array<number>(span).fill(fail);
  for (const { word, label } of cases) labels[(word - first) / 2 ** shift] = label;
  withWasmLabels(a, [...labels, fail], (targets) => {
    pushWord();
    w.i32Const(first);
    w.i32Sub();
    w.i32Const(shift);
    w.i32Rotr();
    w.brTable(targets.slice(0, -1), targets.at(-1) as Label);
  });
}

/** Gives `emit`, which must end in a jump, a wasm label for each label of the function, also for those that lie behind. */
function withWasmLabels(a: BeamAssembler, labels: readonly number[], emit: (targets: Label[]) => void): void {
  const known = new Map<number, Label>();
  const behind: [number, Label][] = [];
  for (const label of new Set(labels)) {
    const forward = a.forwardLabel(label);
    const target = forward ?? a.w.block();
    if (forward === undefined) behind.push([label, target]);
    known.set(label, target);
  }
  emit(labels.map((label) => known.get(label) as Label));
  for (const [label, block] of behind.toReversed()) {
    a.w.end(block);
    a.branch(label);
  }
}

/** Branches to the label of the case with the word in the local; falls through if there is none. */
function search(a: BeamAssembler, cases: readonly Case[], word: Local): void {
  const { w } = a;
  if (cases.length <= LINEAR_MAX_CASES) {
    for (const one of cases) {
      w.localGet(word);
      w.i32Const(one.word);
      w.i32Eq();
      a.branchIf(one.label);
    }
    return;
  }
  const middle = cases.length >> 1;
  w.localGet(word);
  w.i32Const((cases[middle] as Case).word);
  w.i32LtS();
  w.if();
  search(a, cases.slice(0, middle), word);
  w.else();
  search(a, cases.slice(middle), word);
  w.end();
}

function emitJump(a: BeamAssembler, target: Operand): void {
  a.branch(a.label(target));
}

export const selectEmitters: EmitterTable = {
  select_val: emitSelectVal,
  select_tuple_arity: emitSelectTupleArity,
  jump: emitJump,
};
