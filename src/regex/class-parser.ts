/** Character classes: what stands between [ and ], and the escapes that stand for sets. */
import {
  caseVariants,
  escapeClass,
  inRanges,
  isHorizontalSpace,
  isVerticalSpace,
  posixClass,
  tabled,
  unicodeProperty,
} from './char-tests.ts';
import type { PatternReader } from './pattern-reader.ts';
import type { CharTest } from './syntax.ts';

export interface ClassOptions {
  readonly caseless: boolean;
  readonly ucp: boolean;
}

const not =
  (test: CharTest): CharTest =>
  (point) =>
    !test(point);

/** The set that an escape such as \d or \p{Lu} stands for; the letter has been read. undefined: it stands for none. */
export function setEscape(reader: PatternReader, letter: string, ucp: boolean): CharTest | undefined {
  const lower = letter.toLowerCase();
  const negated = letter !== lower;
  let test: CharTest | undefined;
  if (lower === 'd' || lower === 's' || lower === 'w') test = escapeClass(lower, ucp);
  else if (lower === 'h') test = isHorizontalSpace;
  else if (lower === 'v') test = isVerticalSpace;
  else if (lower === 'p') test = property(reader);
  if (test === undefined) return undefined;
  return negated ? not(test) : test;
}

function property(reader: PatternReader): CharTest {
  let name: string;
  let negated = false;
  if (reader.accept('{')) {
    negated = reader.accept('^');
    name = reader.take(/^[A-Za-z0-9_&]$/);
    if (!reader.accept('}')) throw reader.fault('malformed \\P or \\p sequence');
  } else {
    if (reader.atEnd) throw reader.fault('malformed \\P or \\p sequence');
    name = reader.next();
  }
  const test = unicodeProperty(name);
  if (test === undefined) throw reader.fault('unknown property name after \\P or \\p');
  return negated ? not(test) : test;
}

/** An element of a class: a single character, which may begin a range, or a set. */
type Element = number | CharTest;

function posixElement(reader: PatternReader, ucp: boolean): CharTest | undefined {
  const mark = reader.peek(1);
  if (reader.peek() !== '[' || !/^[:.=]$/.test(mark)) return undefined;
  const start = reader.at;
  reader.at += 2;
  const negated = reader.accept('^');
  const name = reader.take(/^[a-z]$/);
  if (!reader.accept(`${mark}]`)) {
    reader.at = start;
    return undefined;
  }
  if (mark !== ':') throw reader.fault('POSIX collating elements are not supported', start);
  const test = posixClass(name, ucp);
  if (test === undefined) throw reader.fault('unknown POSIX class name', start + 2);
  return negated ? not(test) : test;
}

function escapeElement(reader: PatternReader, ucp: boolean): Element {
  if (reader.atEnd) throw reader.fault('\\ at end of pattern');
  if (/^[0-7]$/.test(reader.peek())) return reader.octal();
  const letter = reader.next();
  if (letter === 'b') return 0x08;
  if (letter === 'N') throw reader.fault('\\N is not supported in a class');
  if (/^[BRX]$/.test(letter)) throw reader.fault('invalid escape sequence in character class');
  const point = reader.characterEscape(letter) ?? setEscape(reader, letter, ucp);
  return point ?? (letter.codePointAt(0) as number);
}

function element(reader: PatternReader, ucp: boolean): Element {
  const posix = posixElement(reader, ucp);
  if (posix !== undefined) return posix;
  if (reader.accept('\\')) return escapeElement(reader, ucp);
  return reader.point();
}

/** \Q…\E in a class: what it quotes are single characters. */
function quoted(reader: PatternReader): number[] | undefined {
  if (reader.accept('\\E')) return [];
  if (!reader.accept('\\Q')) return undefined;
  const points: number[] = [];
  while (!reader.atEnd && !reader.accept('\\E')) points.push(reader.point());
  return points;
}

/** Reads a class up to its closing bracket; the opening one has been read. */
export function parseClass(reader: PatternReader, { caseless, ucp }: ClassOptions): CharTest {
  const negated = reader.accept('^');
  const ranges: (readonly [number, number])[] = [];
  const sets: CharTest[] = [];
  const add = (low: number, high: number): void => {
    ranges.push([low, high]);
    if (!caseless) return;
    const limit = Math.min(high, low + 0x10000);
    for (let point = low; point <= limit; point++) {
      for (const variant of caseVariants(point, reader.unicode)) ranges.push([variant, variant]);
    }
  };
  let isFirst = true;
  while (isFirst || reader.peek() !== ']') {
    if (reader.atEnd) throw reader.fault('missing terminating ] for character class');
    isFirst = false;
    const points = quoted(reader);
    if (points !== undefined) {
      for (const point of points) add(point, point);
      continue;
    }
    const low = element(reader, ucp);
    const high = rangeEnd(reader, low, ucp);
    if (typeof low !== 'number') sets.push(low);
    else add(low, high ?? low);
  }
  reader.next();
  const inSome: CharTest = (point) => sets.some((test) => test(point));
  const inRange = inRanges(...ranges);
  const test: CharTest = (point) => inRange(point) || inSome(point);
  return tabled(negated ? not(test) : test);
}

/** The last character of a range; undefined: none follows. A hyphen before a set or the end of the class is a hyphen. */
function rangeEnd(reader: PatternReader, low: Element, ucp: boolean): number | undefined {
  if (reader.peek() !== '-' || reader.peek(1) === ']' || reader.peek(1) === '' || reader.peek(1) === '[') {
    if (!(reader.peek() === '-' && reader.peek(1) === '[' && typeof low === 'number')) return undefined;
  }
  if (typeof low !== 'number') throw reader.fault('invalid range in character class', reader.at);
  const start = reader.at;
  reader.next();
  const high = element(reader, ucp);
  if (typeof high !== 'number') throw reader.fault('invalid range in character class', start);
  if (high < low) throw reader.fault('range out of order in character class', reader.at - 1);
  return high;
}
