/** The sets that have names: \d \s \w \h \v, [:alpha:] and so on, \p{..} of Unicode; and the case of Latin-1. */
import { type CharSet, type CharTest, complement, SetBuilder } from './char-set.ts';
import { LATIN_CLASSES, LATIN_PAIRS } from './latin-tables.ts';
import { CATEGORY_NAMES, caseVariants, categoryOf, SCRIPT_NAMES, scriptOf } from './unicode-data.ts';

const HEXADECIMAL = 16;

type LatinClass = keyof typeof LATIN_CLASSES;

function latinSet(name: LatinClass, without: readonly LatinClass[] = [], alsoWithout: readonly number[] = []): CharSet {
  const builder = new SetBuilder();
  for (const range of LATIN_CLASSES[name].split(' ')) {
    const [from, to] = range.split('-').map((text) => Number.parseInt(text, HEXADECIMAL)) as [number, number];
    builder.addRange(from, to);
  }
  const set = builder.build();
  for (const other of without) {
    latinSet(other).low.forEach((flag, point) => {
      if (flag === 1) set.low[point] = 0;
    });
  }
  for (const point of alsoWithout) set.low[point] = 0;
  return set;
}

const LATIN_CASE = new Map<number, number>();
for (const pair of LATIN_PAIRS.split(',')) {
  const [upper, lower] = pair.split(' ').map((text) => Number.parseInt(text, HEXADECIMAL)) as [number, number];
  LATIN_CASE.set(upper, lower).set(lower, upper);
}

/** A character and what differs from it only by case: by Unicode's rules, or those of Latin-1. */
export function variantsOf(point: number, unicode: boolean): readonly number[] {
  if (unicode) return caseVariants(point);
  const other = LATIN_CASE.get(point);
  return other === undefined ? [point] : [point, other];
}

// ---- properties ------------------------------------------------------------------------------------------------------

const generalCategories = CATEGORY_NAMES.map((name) => name.charAt(0));
const inCategories =
  (...names: readonly string[]): CharTest =>
  (point) =>
    names.includes(generalCategories[categoryOf(point)] as string);
const isLetterOrNumber = inCategories('L', 'N');
const isSeparator = inCategories('Z');
const isOther = inCategories('C');
const isPunctuation = inCategories('P');
const isSymbol = inCategories('S');
const isNamed = (point: number, ...names: readonly string[]): boolean =>
  names.includes(CATEGORY_NAMES[categoryOf(point)] as string);

const UNDERSCORE = 0x5f;
const HORIZONTAL_SPACES = [
  0x09, 0x20, 0xa0, 0x1680, 0x180e, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009,
  0x200a, 0x202f, 0x205f, 0x3000,
];
const VERTICAL_SPACES = [0x0a, 0x0b, 0x0c, 0x0d, 0x85, 0x2028, 0x2029];
export const HORIZONTAL_SPACE = new SetBuilder().addPoints(HORIZONTAL_SPACES).build();
export const VERTICAL_SPACE = new SetBuilder().addPoints(VERTICAL_SPACES).build();

const isAnySpace: CharTest = (point) =>
  HORIZONTAL_SPACES.includes(point) || VERTICAL_SPACES.includes(point) || isSeparator(point);
const isHiddenFormat = (point: number): boolean => point === 0x061c || (point >= 0x2066 && point <= 0x2069);
const isGraph: CharTest = (point) =>
  !isSeparator(point) && (!isOther(point) || (isNamed(point, 'Cf') && !isHiddenFormat(point) && point !== 0x180e));
const isPrint: CharTest = (point) =>
  !isNamed(point, 'Zl', 'Zp') && (!isOther(point) || (isNamed(point, 'Cf') && !isHiddenFormat(point)));
const isPunct: CharTest = (point) => isPunctuation(point) || (point < 0x80 && isSymbol(point));

const SPECIAL_PROPERTIES: Readonly<Record<string, CharTest>> = {
  Any: () => true,
  'L&': (point) => isNamed(point, 'Lu', 'Ll', 'Lt'),
  Xan: isLetterOrNumber,
  Xps: isAnySpace,
  Xsp: isAnySpace,
  Xuc: (point) =>
    point === 0x24 || point === 0x40 || point === 0x60 || (point >= 0xa0 && point <= 0xd7ff) || point >= 0xe000,
  Xwd: (point) => isLetterOrNumber(point) || point === UNDERSCORE,
};

function propertyTest(name: string): CharTest | undefined {
  if (Object.hasOwn(SPECIAL_PROPERTIES, name)) return SPECIAL_PROPERTIES[name];
  if (generalCategories.includes(name)) return inCategories(name);
  const category = CATEGORY_NAMES.indexOf(name);
  if (category >= 0) return (point) => categoryOf(point) === category;
  const script = SCRIPT_NAMES.indexOf(name);
  return script < 0 ? undefined : (point) => scriptOf(point) === script;
}

const properties = new Map<string, CharSet>();

/** The characters with a property of Unicode; undefined: there is none of this name. */
export function propertySet(name: string): CharSet | undefined {
  const known = properties.get(name);
  if (known !== undefined) return known;
  const test = propertyTest(name);
  if (test === undefined) return undefined;
  const set = new SetBuilder().addTest(test).build();
  properties.set(name, set);
  return set;
}

const property = (name: string): CharSet => propertySet(name) as CharSet;

// ---- escapes and POSIX classes ---------------------------------------------------------------------------------------

const LATIN_ESCAPES = { d: latinSet('digit'), s: latinSet('space'), w: latinSet('word') } as const;
const UNICODE_ESCAPES = { d: 'Nd', s: 'Xsp', w: 'Xwd' } as const;

/** What \d, \s, \w, \h, \v and their capitals mean: with `ucp` by Unicode's properties. undefined: it is none of them. */
export function escapeSet(letter: string, ucp: boolean): CharSet | undefined {
  const lower = letter.toLowerCase();
  let set: CharSet;
  if (lower === 'd' || lower === 's' || lower === 'w') {
    set = ucp ? property(UNICODE_ESCAPES[lower]) : LATIN_ESCAPES[lower];
  } else if (lower === 'h') set = HORIZONTAL_SPACE;
  else if (lower === 'v') set = VERTICAL_SPACE;
  else return undefined;
  return lower === letter ? set : complement(set);
}

/** What \b takes for characters of words. */
export function wordSet(ucp: boolean): CharSet {
  return ucp ? property('Xwd') : LATIN_ESCAPES.w;
}

const POSIX_CLASSES: Readonly<Record<string, CharSet>> = {
  alpha: latinSet('word', ['digit'], [UNDERSCORE]),
  lower: latinSet('lower'),
  upper: latinSet('upper'),
  alnum: latinSet('word', [], [UNDERSCORE]),
  // What PCRE makes of its tables of print and cntrl: all of Latin-1.
  ascii: new SetBuilder().addRange(0, 0xff).build(),
  blank: latinSet('space', [], [0x0a, 0x0b, 0x0c, 0x0d]),
  cntrl: latinSet('cntrl'),
  digit: latinSet('digit'),
  graph: latinSet('graph'),
  print: latinSet('print'),
  punct: latinSet('punct'),
  space: latinSet('space'),
  word: latinSet('word'),
  xdigit: latinSet('xdigit'),
};

const UNICODE_CLASSES: Readonly<Record<string, () => CharSet>> = {
  alpha: () => property('L'),
  lower: () => property('Ll'),
  upper: () => property('Lu'),
  alnum: () => property('Xan'),
  blank: () => HORIZONTAL_SPACE,
  digit: () => property('Nd'),
  graph: () => new SetBuilder().addTest(isGraph).build(),
  print: () => new SetBuilder().addTest(isPrint).build(),
  punct: () => new SetBuilder().addTest(isPunct).build(),
  space: () => property('Xps'),
  word: () => property('Xwd'),
};

/** The set of [:name:]; undefined: there is no such class. */
export function posixClass(name: string, ucp: boolean, caseless: boolean): CharSet | undefined {
  const key = caseless && (name === 'lower' || name === 'upper') ? 'alpha' : name;
  if (ucp && Object.hasOwn(UNICODE_CLASSES, key)) return UNICODE_CLASSES[key]?.();
  return Object.hasOwn(POSIX_CLASSES, key) ? POSIX_CLASSES[key] : undefined;
}
