/** Single characters again and again: found in one go, then given back one at a time. */
import { type CharSet, LOW_POINTS } from './char-set.ts';
import { FAILED, GO, type Matcher, type Step } from './matcher.ts';
import * as op from './operations.ts';
import { isContinuation, isNewlineIn, pointAt, widthOf } from './utf8-points.ts';

const CR = 0x0d;
const LF = 0x0a;
const ASCII_END = 0x80;
/** Characters for which a unit of fuel is used. */
const SPAN_PER_FUEL = 32;

/** Whether line ends are single bytes: which one; -1: they are not. */
function newlineByte({ request }: Matcher): number {
  if (request.newline === 'lf') return LF;
  return request.newline === 'cr' ? CR : -1;
}

/** Behind up to `max` characters from a position on; `taken` says how many if `counted`. */
interface Span {
  end: number;
  taken: number;
}

function byteSpan(m: Matcher, kind: number, operand: number, at: number, max: number): number {
  const { subject } = m;
  const limit = Math.min(subject.length, at + max);
  let end = at;
  if (kind === op.CHAR) {
    while (end < limit && subject[end] === operand) end++;
    return end;
  }
  if (kind === op.SET) {
    const { low } = m.program.sets[operand] as CharSet;
    while (end < limit && low[subject[end] as number] === 1) end++;
    return end;
  }
  if (kind !== op.ANY) return limit;
  const byte = newlineByte(m);
  if (byte >= 0) {
    const found = subject.indexOf(byte, at);
    return found < 0 ? limit : Math.min(found, limit);
  }
  while (end < limit && isNewlineIn(subject, end, m.request.newline, m.request.unicode) === 0) end++;
  return end;
}

function isInSet({ subject }: Matcher, { low, wide }: CharSet, at: number): boolean {
  const point = pointAt(subject, at);
  return point < LOW_POINTS ? low[point] === 1 : wide(point);
}

/** Characters of several bytes: they have to be looked at one by one. */
function pointSpan(m: Matcher, kind: number, operand: number, at: number, max: number): Span {
  const { subject, request } = m;
  const set = kind === op.SET ? (m.program.sets[operand] as CharSet) : undefined;
  let end = at;
  let taken = 0;
  while (taken < max && end < subject.length) {
    const byte = subject[end] as number;
    if (set !== undefined) {
      if (byte < ASCII_END ? set.low[byte] !== 1 : !isInSet(m, set, end)) break;
    } else if (kind === op.ANY && isNewlineIn(subject, end, request.newline, true) > 0) break;
    end += byte < ASCII_END ? 1 : widthOf(byte);
    taken++;
  }
  return { end, taken };
}

function span(m: Matcher, kind: number, operand: number, at: number, max: number): Span {
  const isBytes = !m.request.unicode || kind === op.CHAR || kind === op.BYTE;
  const isWhole = max === op.NO_LIMIT && (kind === op.ALL || (kind === op.ANY && newlineByte(m) >= 0));
  const found = isBytes || isWhole ? undefined : pointSpan(m, kind, operand, at, max);
  const end = found === undefined ? byteSpan(m, kind, operand, at, max) : found.end;
  m.fuel -= (end - at) / SPAN_PER_FUEL;
  return { end, taken: found === undefined ? end - at : found.taken };
}

/** The byte that has to follow a span; -1: it is not known. */
function byteBehind(m: Matcher, pc: number): number {
  const next = m.code[pc + SPAN_WORDS];
  if (next === op.CHAR) return m.code[pc + SPAN_WORDS + 1] as number;
  if (next === op.STRING) return m.program.strings[m.code[pc + SPAN_WORDS + 1] as number]?.[0] as number;
  return -1;
}

const SPAN_WORDS = 6;

/** Gives back characters until what has to follow may; below `low`: it cannot. */
function giveBack(m: Matcher, pc: number, from: number, low: number): number {
  const { subject, request } = m;
  const wanted = byteBehind(m, pc);
  let at = from;
  while (at >= low && wanted >= 0 && subject[at] !== wanted) at--;
  if (wanted < 0 && request.unicode) while (at > low && isContinuation(subject[at] ?? 0)) at--;
  m.fuel -= (from - at) / SPAN_PER_FUEL;
  return at;
}

/** Instruction SPAN. */
export function startSpan(m: Matcher): Step {
  const { code, pc } = m;
  const kind = code[pc + 1] as number;
  const operand = code[pc + 2] as number;
  const min = code[pc + 3] as number;
  const mode = code[pc + 5] as number;
  let low = m.at;
  if (min > 0) {
    const { end, taken } = span(m, kind, operand, low, min);
    if (taken < min) return FAILED;
    low = end;
  }
  const max = code[pc + 4] as number;
  const more = max === op.NO_LIMIT ? max : max - min;
  if (more > 0 && mode === op.LAZY) m.push(pc, low, more, 0);
  m.at = low;
  if (more > 0 && mode !== op.LAZY) {
    const { end } = span(m, kind, operand, low, more);
    return mode === op.GREEDY ? goOnFrom(m, pc, end, low) : goOn(m, pc, end);
  }
  m.pc = pc + SPAN_WORDS;
  return GO;
}

function goOn(m: Matcher, pc: number, at: number): Step {
  m.at = at;
  m.pc = pc + SPAN_WORDS;
  return GO;
}

/** Goes on with the longest span up to `end`; shorter ones come later. */
function goOnFrom(m: Matcher, pc: number, end: number, low: number): Step {
  const at = giveBack(m, pc, end, low);
  if (at < low) return FAILED;
  if (at > low) m.push(pc, at, low, 0);
  return goOn(m, pc, at);
}

/** Behind one character; -1: it is not there. */
function afterOne(m: Matcher, kind: number, operand: number, at: number): number {
  const { subject, request } = m;
  const byte = subject[at];
  if (byte === undefined) return -1;
  if (kind === op.CHAR) return byte === operand ? at + 1 : -1;
  if (kind === op.SET) return m.afterSet(m.program.sets[operand] as CharSet, at);
  if (kind === op.ANY && isNewlineIn(subject, at, request.newline, request.unicode) > 0) return -1;
  return at + (request.unicode && kind !== op.BYTE ? widthOf(byte) : 1);
}

/** A span that has been gone back to. */
export function resumeSpan(m: Matcher, pc: number, entry: number): Step {
  const { code, stack } = m;
  m.restore(entry);
  const x = stack[entry + 4] as number;
  if (code[pc + 5] === op.GREEDY) return goOnFrom(m, pc, m.at - 1, x);
  const wanted = byteBehind(m, pc);
  let { at } = m;
  let left = x;
  do {
    const end = afterOne(m, code[pc + 1] as number, code[pc + 2] as number, at);
    if (end < 0) return FAILED;
    at = end;
    if (left !== op.NO_LIMIT) left--;
    m.fuel -= 1 / SPAN_PER_FUEL;
  } while (left > 0 && wanted >= 0 && m.subject[at] !== wanted);
  if (left > 0) m.push(pc, at, left, 0);
  return goOn(m, pc, at);
}
