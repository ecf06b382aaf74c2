/** Character classes: what stands between [ and ], and the properties of \p{..} (compile_branch, get_ucp in pcre_compile.c). */
import { escapeSet, posixClass, propertySet, variantsOf } from './char-classes.ts';
import { type CharSet, complement, LAST_POINT, SetBuilder } from './char-set.ts';
import { type Escape, readEscape } from './escapes.ts';
import type { PatternReader } from './pattern-reader.ts';
import { pointsWithCase } from './unicode-data.ts';

export interface ClassOptions {
  readonly caseless: boolean;
  readonly ucp: boolean;
  readonly groupsSoFar: number;
}

const LONGEST_PROPERTY = 31;
const LAST_BYTE = 0xff;
const CR = 0x0d;
const LF = 0x0a;

/** The set of \p or \P; the letter has been read. */
export function readProperty(reader: PatternReader, letter: string): CharSet {
  const malformed = '\\P or \\p sequence';
  if (reader.atEnd) throw reader.fault(`malformed ${malformed}`);
  let name = reader.peek();
  let isNegated = letter === 'P';
  if (name === '{') {
    if (reader.peek(1) === '^') {
      isNegated = !isNegated;
      reader.at++;
    }
    name = '';
    reader.at++;
    for (; name.length < LONGEST_PROPERTY && reader.peek() !== '}'; reader.at++) {
      if (reader.atEnd) throw reader.fault(`malformed ${malformed}`);
      name += reader.peek();
    }
    if (name.length === LONGEST_PROPERTY) throw reader.fault(`malformed ${malformed}`, reader.at - 1);
  }
  const set = propertySet(name);
  if (set === undefined) throw reader.fault('unknown property name after \\P or \\p');
  reader.at++;
  return isNegated ? complement(set) : set;
}

/** How many bytes ahead the end of a POSIX construct is, from its opening bracket; undefined: it is none (check_posix_syntax). */
export function posixEnd(reader: PatternReader): number | undefined {
  const mark = reader.peek(1);
  if (reader.peek() !== '[' || (mark !== ':' && mark !== '.' && mark !== '=')) return undefined;
  for (let i = 2; reader.peek(i) !== ''; i++) {
    const here = reader.peek(i);
    const next = reader.peek(i + 1);
    if (here === '\\' && (next === ']' || next === '\\')) i++;
    else if ((here === '[' && next === mark) || here === ']') return undefined;
    else if (here === mark && next === ']') return i;
  }
  return undefined;
}

class ClassParser {
  private readonly reader: PatternReader;
  private readonly options: ClassOptions;
  private readonly builder = new SetBuilder();
  private inQuotes = false;
  /** The only character so far; undefined: there is none, or something else. */
  private single: number | undefined;
  private elements = 0;
  mentionsNewline = false;

  constructor(reader: PatternReader, options: ClassOptions) {
    this.reader = reader;
    this.options = options;
  }

  parse(): ClassResult {
    const { reader } = this;
    const isNegated = this.head();
    let isFirst = true;
    while (isFirst || this.inQuotes || reader.peek() !== ']') {
      if (reader.atEnd) throw reader.fault('missing terminating ] for character class');
      isFirst = false;
      this.element();
    }
    reader.at++;
    const single = this.elements === 1 ? this.single : undefined;
    const set = this.builder.build(isNegated);
    return { set, isNegated, single, mentionsNewline: this.mentionsNewline };
  }

  /** A circumflex, and quotes of nothing before and behind it. True: the class is negated. */
  private head(): boolean {
    const { reader } = this;
    let isNegated = false;
    for (;;) {
      if (reader.accept('\\E') || reader.accept('\\Q\\E')) continue;
      if (isNegated || !reader.accept('^')) return isNegated;
      isNegated = true;
    }
  }

  private element(): void {
    const { reader } = this;
    if (this.inQuotes) {
      if (reader.accept('\\E')) this.inQuotes = false;
      else this.character(reader.point());
      return;
    }
    const end = posixEnd(reader);
    if (end !== undefined) this.posix(end);
    else if (reader.peek() === '\\') this.escape();
    else this.character(reader.point());
  }

  private addSet(set: CharSet): void {
    this.elements++;
    this.builder.addSet(set);
  }

  private posix(end: number): void {
    const { reader } = this;
    if (reader.peek(1) !== ':') throw reader.fault('POSIX collating elements are not supported');
    const start = reader.at;
    reader.at += 2;
    const isNegated = reader.accept('^');
    const name = reader.slice(reader.at, start + end);
    const set = posixClass(name, this.options.ucp, this.options.caseless);
    if (set === undefined) throw reader.fault('unknown POSIX class name');
    reader.at = start + end + 2;
    this.addSet(isNegated ? complement(set) : set);
  }

  private escape(): void {
    const { reader, options } = this;
    const escaped = readEscape(reader, options.groupsSoFar, true);
    if (escaped.kind === 'char') return this.character(escaped.point);
    const { letter } = escaped as Escape & { kind: 'letter' };
    if (letter === 'E') return;
    if (letter === 'Q') {
      if (!reader.accept('\\E')) this.inQuotes = true;
      return;
    }
    if (letter === 'b') return this.character(0x08);
    if (letter === 'N') throw reader.fault('\\N is not supported in a class', reader.at - 1);
    if (letter === 'p' || letter === 'P') return this.addSet(readProperty(reader, letter));
    const set = escapeSet(letter, options.ucp);
    if (set === undefined) this.character(letter.charCodeAt(0));
    else this.addSet(set);
  }

  /** A character that has been read, which may begin a range. */
  private character(low: number): void {
    const { reader } = this;
    while (reader.accept('\\E')) this.inQuotes = false;
    this.note(low);
    const high = this.inQuotes || reader.peek() !== '-' ? undefined : this.rangeEnd();
    if (high === undefined || high === low) {
      this.elements++;
      this.single = low;
      this.add(low, low);
      return;
    }
    if (high < low) throw reader.fault('range out of order in character class', reader.at - 1);
    this.note(high);
    this.elements += 2;
    this.add(low, high);
  }

  private note(point: number): void {
    if (point === CR || point === LF) this.mentionsNewline = true;
  }

  /** The last character of a range; the reader is at the hyphen. undefined: it stands for itself, and is not read. */
  private rangeEnd(): number | undefined {
    const { reader } = this;
    const start = reader.at;
    reader.at++;
    while (reader.accept('\\E'));
    while (reader.accept('\\Q')) {
      if (reader.accept('\\E')) continue;
      this.inQuotes = true;
      break;
    }
    if (reader.atEnd || (!this.inQuotes && reader.peek() === ']')) {
      reader.at = start;
      return undefined;
    }
    if (this.inQuotes) return reader.point();
    if (posixEnd(reader) !== undefined) throw reader.fault('invalid range in character class');
    if (reader.peek() !== '\\') return reader.point();
    const escaped = readEscape(reader, this.options.groupsSoFar, true);
    if (escaped.kind === 'char') return escaped.point;
    if (escaped.kind === 'letter' && escaped.letter === 'b') return 0x08;
    throw reader.fault('invalid range in character class', reader.at - 1);
  }

  private add(low: number, high: number): void {
    this.builder.addRange(low, high);
    if (!this.options.caseless) return;
    const { unicode } = this.reader;
    const isIn = (point: number): boolean => point >= low && point <= high;
    if (high - low > LAST_BYTE && unicode) {
      for (const point of pointsWithCase()) if (isIn(point)) this.builder.addPoints(variantsOf(point, true));
      return;
    }
    for (let point = low; point <= Math.min(high, LAST_POINT); point++)
      this.builder.addPoints(variantsOf(point, unicode));
  }
}

export interface ClassResult {
  readonly set: CharSet;
  readonly isNegated: boolean;
  /** The character that the class consists of; undefined: it is more. */
  readonly single: number | undefined;
  readonly mentionsNewline: boolean;
}

/** Reads a class up to its closing bracket; the opening one has been read. Throws RegexFault. */
export function parseClass(reader: PatternReader, options: ClassOptions): ClassResult {
  return new ClassParser(reader, options).parse();
}
