/** Tests of a position: assertions, line ends, grapheme clusters, back references. */

import { variantsOf } from './char-classes.ts';
import { contains } from './char-set.ts';
import type { Matcher } from './matcher.ts';
import { ASSERTION_KINDS } from './operations.ts';
import type { AssertionKind } from './syntax.ts';
import { caseVariants, isJoined } from './unicode-data.ts';
import { isContinuation, isNewlineIn, newlineBefore, pointAt, widthOf } from './utf8-points.ts';

const CR = 0x0d;
const LF = 0x0a;

function isWordAt({ subject, request, program }: Matcher, at: number): boolean {
  if (at < 0 || at >= subject.length) return false;
  return contains(program.word, request.unicode ? pointAt(subject, at) : (subject[at] as number));
}

/** Where the character before a position begins. */
export function before({ subject, request }: Matcher, at: number): number {
  let previous = at - 1;
  while (request.unicode && previous > 0 && isContinuation(subject[previous] as number)) previous--;
  return previous;
}

function isBoundary(m: Matcher): boolean {
  return isWordAt(m, before(m, m.at)) !== isWordAt(m, m.at);
}

/** At the end, or at a line end that is the last of the subject. */
function isAtEnd(m: Matcher): boolean {
  const { subject, at } = m;
  return at >= subject.length || at + newlineAt(m, at) === subject.length;
}

function newlineAt({ subject, request }: Matcher, at: number): number {
  return isNewlineIn(subject, at, request.newline, request.unicode);
}

function startsLine(m: Matcher): boolean {
  const { at, subject, request } = m;
  if (at === 0) return !request.notBol;
  return at < subject.length && newlineBefore(subject, at, request.newline, request.unicode) > 0;
}

function endsLine(m: Matcher): boolean {
  return m.at < m.subject.length ? newlineAt(m, m.at) > 0 : !m.request.notEol;
}

const TESTS: Readonly<Record<AssertionKind, (m: Matcher) => boolean>> = {
  start: (m) => m.at === 0,
  matching: (m) => m.at === m.request.offset,
  end: (m) => m.at >= m.subject.length,
  endOrNewline: isAtEnd,
  lineStart: startsLine,
  lineEnd: endsLine,
  subjectStart: (m) => m.at === 0 && !m.request.notBol,
  dollar: (m) => !m.request.notEol && isAtEnd(m),
  dollarEndOnly: (m) => !m.request.notEol && m.at >= m.subject.length,
  boundary: isBoundary,
  notBoundary: (m) => !isBoundary(m),
};

export const ASSERTION_TESTS: readonly ((m: Matcher) => boolean)[] = ASSERTION_KINDS.map((kind) => TESTS[kind]);

/** Behind what \R matches; -1: nothing. */
export function afterNewline({ subject, request, at }: Matcher): number {
  const kind = request.bsr === 'anycrlf' ? 'anycrlf' : 'any';
  const length = isNewlineIn(subject, at, kind, request.unicode);
  return length > 0 ? at + length : -1;
}

/** Behind what \X matches; -1: nothing. */
export function afterCluster({ subject, request, at }: Matcher): number {
  const { unicode } = request;
  if (at >= subject.length) return -1;
  const point = (i: number): number => (unicode ? pointAt(subject, i) : (subject[i] as number));
  const behind = (i: number): number => i + (unicode ? widthOf(subject[i] as number) : 1);
  let left = point(at);
  let end = behind(at);
  while (end < subject.length) {
    const right = point(end);
    if (!isJoined(left, right)) break;
    left = right;
    end = behind(end);
  }
  return end;
}

/** Behind a copy of what a group has matched; -1: there is none here, or the group has not matched. */
export function afterReference(m: Matcher, groups: readonly number[], caseless: boolean): number {
  const { registers, subject } = m;
  const group = groups.find((candidate) => m.isSet(candidate));
  if (group === undefined) return -1;
  const from = registers[group * 2] as number;
  const to = registers[group * 2 + 1] as number;
  if (caseless) return m.request.unicode ? foldedPoints(m, from, to) : foldedBytes(m, from, to);
  let { at } = m;
  for (let i = from; i < to; i++, at++) if (subject[at] !== subject[i]) return -1;
  return at;
}

function foldedPoints({ subject, at: start }: Matcher, from: number, to: number): number {
  let at = start;
  for (let i = from; i < to; i += widthOf(subject[i] as number)) {
    if (at >= subject.length) return -1;
    const found = pointAt(subject, at);
    const wanted = pointAt(subject, i);
    if (found !== wanted && !caseVariants(wanted).includes(found)) return -1;
    at += widthOf(subject[at] as number);
  }
  return at;
}

function foldedBytes({ subject, at: start }: Matcher, from: number, to: number): number {
  let at = start;
  for (let i = from; i < to; i++, at++) {
    const found = subject[at];
    if (found === undefined || !variantsOf(subject[i] as number, false).includes(found)) return -1;
  }
  return at;
}

/** Whether a line feed and a carriage return before it are one line end that a match may not begin within. */
export function isWithinPair({ subject, request }: Matcher, at: number): boolean {
  const { newline } = request;
  const hasPairs = newline === 'crlf' || newline === 'any' || newline === 'anycrlf';
  return hasPairs && !request.mentionsNewline && subject[at - 1] === CR && subject[at] === LF;
}
