/** Sets of characters: classes of PCRE with its Latin-1 tables (pcre_latin_1_table.c), properties of Unicode, case. */
import type { CharTest } from './syntax.ts';

const within =
  (...ranges: readonly (readonly [number, number])[]): CharTest =>
  (point) =>
    ranges.some(([low, high]) => point >= low && point <= high);

export const inRanges = within;

const isDigit = within([0x30, 0x39]);
const isLatinUpper = within([0x41, 0x5a], [0xc0, 0xd6], [0xd8, 0xde]);
const isLatinLower = within([0x61, 0x7a], [0xb5, 0xb5], [0xdf, 0xf6], [0xf8, 0xff]);
const isLatinAlpha: CharTest = (point) =>
  isLatinUpper(point) || isLatinLower(point) || point === 0xaa || point === 0xba;
const isLatinSpace = within([0x09, 0x0d], [0x20, 0x20], [0xa0, 0xa0]);
const isLatinControl = within([0, 0x1f], [0x7f, 0x9f]);
const isLatinGraph = within([0x21, 0x7e], [0xa1, 0xff]);
const isHex = within([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]);

const byProperty = (text: string): CharTest => {
  const expression = new RegExp(`^[${text}]$`, 'u');
  return (point) => expression.test(String.fromCodePoint(point));
};

/** Whether a set of Unicode's properties exists under this name; undefined: no. `Any` and `L&` are PCRE's own. */
export function unicodeProperty(name: string): CharTest | undefined {
  if (name === 'Any') return () => true;
  if (name === 'L&') return byProperty('\\p{Lu}\\p{Ll}\\p{Lt}');
  if (name === 'Xan') return byProperty('\\p{L}\\p{N}');
  if (name === 'Xwd') return byProperty('\\p{L}\\p{N}_');
  if (name === 'Xsp' || name === 'Xps') return byProperty('\\p{Z}\\t\\n\\v\\f\\r');
  const spellings = /^[A-Z][a-z]?$/.test(name) ? [name] : [`Script=${name}`];
  for (const spelling of spellings) {
    try {
      return byProperty(`\\p{${spelling}}`);
    } catch {
      // Not a property that the engine knows.
    }
  }
  return undefined;
}

/** What \d, \s and \w mean: with `ucp` by Unicode's properties. */
export function escapeClass(letter: 'd' | 's' | 'w', ucp: boolean): CharTest {
  if (ucp) return byProperty({ d: '\\p{Nd}', s: '\\p{Z}\\t\\n\\v\\f\\r', w: '\\p{L}\\p{N}_' }[letter]);
  if (letter === 'd') return isDigit;
  if (letter === 's') return isLatinSpace;
  return (point) => isLatinAlpha(point) || isDigit(point) || point === 0x5f;
}

export const isHorizontalSpace = within(
  [0x09, 0x09],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
);
export const isVerticalSpace = within([0x0a, 0x0d], [0x85, 0x85], [0x2028, 0x2029]);

const LATIN_CLASSES: Readonly<Record<string, CharTest>> = {
  alpha: isLatinAlpha,
  lower: isLatinLower,
  upper: isLatinUpper,
  alnum: (point) => isLatinAlpha(point) || isDigit(point),
  ascii: within([0, 0x7f]),
  blank: within([0x09, 0x09], [0x20, 0x20], [0xa0, 0xa0]),
  cntrl: isLatinControl,
  digit: isDigit,
  graph: isLatinGraph,
  print: (point) => isLatinGraph(point) || point === 0x20 || point === 0xa0,
  punct: (point) => isLatinGraph(point) && !isLatinAlpha(point) && !isDigit(point),
  space: isLatinSpace,
  word: escapeClass('w', false),
  xdigit: isHex,
};

const UNICODE_CLASSES: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  lower: '\\p{Ll}',
  upper: '\\p{Lu}',
  alnum: '\\p{L}\\p{N}',
  digit: '\\p{Nd}',
  space: '\\p{Z}\\t\\n\\v\\f\\r',
  word: '\\p{L}\\p{N}_',
};

/** The set of [:name:]; undefined: there is no such class. */
export function posixClass(name: string, ucp: boolean): CharTest | undefined {
  const property = ucp ? UNICODE_CLASSES[name] : undefined;
  if (property !== undefined) return byProperty(property);
  return ucp && name === 'blank' ? isHorizontalSpace : LATIN_CLASSES[name];
}

function caseVariant(point: number, change: (text: string) => string): number {
  const changed = change(String.fromCodePoint(point));
  const variant = changed.codePointAt(0) ?? point;
  return changed.length === String.fromCodePoint(variant).length ? variant : point;
}

/** A character and what differs from it only by case. Without `unicode`, only Latin-1 has case. */
export function caseVariants(point: number, unicode: boolean): readonly number[] {
  const lower = caseVariant(point, (text) => text.toLowerCase());
  const upper = caseVariant(point, (text) => text.toUpperCase());
  const variants = [...new Set([point, lower, upper])];
  return unicode ? variants : variants.filter((variant) => variant <= 0xff);
}

export function charTest(point: number, caseless: boolean, unicode: boolean): CharTest {
  const variants = caseless ? caseVariants(point, unicode) : [point];
  if (variants.length === 1) return (other) => other === point;
  return (other) => variants.includes(other);
}

const TABLE_SIZE = 256;

/** The same set with the first 256 characters in a table. */
export function tabled(test: CharTest): CharTest {
  const table = new Uint8Array(TABLE_SIZE);
  for (let point = 0; point < TABLE_SIZE; point++) if (test(point)) table[point] = 1;
  return (point) => (point < TABLE_SIZE ? table[point] === 1 : test(point));
}
