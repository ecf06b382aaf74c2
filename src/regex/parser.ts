/** Takes a pattern apart (pcre_compile.c). */
import { charTest, escapeClass, tabled } from './char-tests.ts';
import { parseClass, setEscape } from './class-parser.ts';
import { readHead } from './pattern-head.ts';
import { PatternReader } from './pattern-reader.ts';
import type { AssertionKind, CharTest, Node, ParsedRegex, RegexOptions, RepeatMode } from './syntax.ts';

/** What (?imsxJU) changes: within a group, until its end. */
interface Flags {
  caseless: boolean;
  multiline: boolean;
  dotall: boolean;
  extended: boolean;
  ungreedy: boolean;
  dupnames: boolean;
}

const FLAG_LETTERS: Readonly<Record<string, keyof Flags>> = {
  i: 'caseless',
  m: 'multiline',
  s: 'dotall',
  x: 'extended',
  U: 'ungreedy',
  J: 'dupnames',
};

const MAX_REPEAT = 65535;
const MAX_DEPTH = 250;
const NAME = /^[A-Za-z0-9_]$/;
/** Parts of PCRE's language that are not built in. */
const UNSUPPORTED = 'not supported by this implementation';

interface Reference {
  readonly groups: number[];
  readonly key: number | string;
  readonly at: number;
}

class Parser {
  private readonly reader: PatternReader;
  private readonly options: RegexOptions;
  private flags: Flags;
  private groupCount = 0;
  private depth = 0;
  private readonly groupsByName = new Map<string, number[]>();
  private readonly references: Reference[] = [];

  constructor(reader: PatternReader, options: RegexOptions) {
    this.reader = reader;
    this.options = options;
    const { caseless, multiline, dotall, extended, ungreedy, dupnames } = options;
    this.flags = { caseless, multiline, dotall, extended, ungreedy, dupnames };
  }

  run(): ParsedRegex {
    const node = this.choice();
    if (!this.reader.atEnd) throw this.reader.fault('unmatched parentheses');
    for (const { key, groups, at } of this.references) this.resolve(key, groups, at);
    const names = [...this.groupsByName]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, groups]) => ({ name, groups }));
    return { node, options: this.options, groupCount: this.groupCount, names };
  }

  private resolve(key: number | string, groups: number[], at: number): void {
    const found = typeof key === 'string' ? this.groupsByName.get(key) : key <= this.groupCount ? [key] : undefined;
    // Numbers are only looked up when the whole pattern has been read.
    const where = typeof key === 'string' ? at : this.reader.at;
    if (found === undefined) throw this.reader.fault('reference to non-existent subpattern', where);
    groups.push(...found);
  }

  // ---- structure -----------------------------------------------------------------------------------------------------

  private choice(): Node {
    if (++this.depth > MAX_DEPTH) throw this.reader.fault('parentheses are too deeply nested');
    const items = [this.sequence()];
    while (this.reader.accept('|')) items.push(this.sequence());
    this.depth--;
    return items.length === 1 ? (items[0] as Node) : { kind: 'choice', items };
  }

  private sequence(): Node {
    const items: Node[] = [];
    const { reader } = this;
    while (!reader.atEnd && reader.peek() !== '|' && reader.peek() !== ')') {
      if (this.skipped()) continue;
      const isQuoted = reader.accept('\\Q');
      if (isQuoted) {
        this.quoted(items);
        continue;
      }
      const atom = this.atom();
      if (atom !== undefined) items.push(this.repeated(atom));
    }
    return items.length === 1 ? (items[0] as Node) : { kind: 'sequence', items };
  }

  /** Comments, stray \E and, with the flag extended, white space. */
  private skipped(): boolean {
    const { reader } = this;
    if (reader.accept('\\E')) return true;
    if (reader.accept('(?#')) {
      while (!reader.accept(')')) {
        if (reader.atEnd) throw reader.fault('missing ) after comment');
        reader.at++;
      }
      return true;
    }
    if (!this.flags.extended) return false;
    if (/^[\t-\r ]$/.test(reader.peek())) {
      reader.at++;
      return true;
    }
    if (!reader.accept('#')) return false;
    while (!reader.atEnd && reader.next() !== '\n');
    return true;
  }

  private quoted(items: Node[]): void {
    const { reader } = this;
    while (!reader.atEnd && !reader.accept('\\E')) {
      const node = this.character(reader.point());
      const isLast = reader.peek() === '\\' && reader.peek(1) === 'E';
      if (isLast) reader.accept('\\E');
      items.push(isLast ? this.repeated(node) : node);
      if (isLast) return;
    }
  }

  private character(point: number): Node {
    return { kind: 'char', test: charTest(point, this.flags.caseless, this.options.unicode) };
  }

  private atom(): Node | undefined {
    const { reader } = this;
    const start = reader.at;
    const point = reader.point();
    switch (String.fromCodePoint(point)) {
      case '(':
        return this.group();
      case '[':
        return this.characterClass(start);
      case '.':
        return { kind: 'char', test: this.dot() };
      case '^':
        return this.assertion(this.flags.multiline ? 'lineStart' : 'subjectStart');
      case '$':
        if (this.flags.multiline) return this.assertion('lineEnd');
        return this.assertion(this.options.dollar_endonly ? 'subjectEnd' : 'endOrNewline');
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        throw reader.fault('nothing to repeat', start);
      default:
        return this.character(point);
    }
  }

  private characterClass(start: number): Node {
    const { reader } = this;
    const posix = /^\[([:.=])[^\]]*\1\]/.exec(reader.slice(start, start + 40));
    if (posix !== null) throw reader.fault('POSIX named classes are supported only within a class', start);
    return { kind: 'char', test: parseClass(reader, { caseless: this.flags.caseless, ucp: this.options.ucp }) };
  }

  /** Any character; without dotall none that begins a line end. A CR that no LF follows is left to the matcher of `crlf`. */
  private dot(): CharTest {
    if (this.flags.dotall) return () => true;
    switch (this.options.newline) {
      case 'lf':
        return (point) => point !== 0x0a;
      case 'cr':
        return (point) => point !== 0x0d;
      case 'any':
        return (point) => !((point >= 0x0a && point <= 0x0d) || point === 0x85 || point === 0x2028 || point === 0x2029);
      default:
        return (point) => point !== 0x0a && point !== 0x0d;
    }
  }

  private assertion(what: AssertionKind): Node {
    return { kind: 'assert', what, word: tabled(escapeClass('w', this.options.ucp)) };
  }

  // ---- repetition ----------------------------------------------------------------------------------------------------

  /** One quantifier at most: what it makes cannot be repeated. */
  private repeated(body: Node): Node {
    while (this.flags.extended && this.skipped());
    const bounds = this.bounds();
    if (bounds === undefined) return body;
    const node: Node = { kind: 'repeat', body, ...bounds, mode: this.mode() };
    if (this.bounds() !== undefined) throw this.reader.fault('nothing to repeat', this.reader.at - 1);
    return node;
  }

  private mode(): RepeatMode {
    if (this.reader.accept('+')) return 'possessive';
    const isLazy = this.reader.accept('?') !== this.flags.ungreedy;
    return isLazy ? 'lazy' : 'greedy';
  }

  private bounds(): { readonly min: number; readonly max: number } | undefined {
    const { reader } = this;
    if (reader.accept('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (reader.accept('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (reader.accept('?')) return { min: 0, max: 1 };
    const text = /^\{(\d+)(,?)(\d*)\}/.exec(reader.slice(reader.at, reader.at + 16));
    if (text === null || (text[2] === '' && text[3] !== '')) return undefined;
    reader.at += text[0].length;
    const min = Number(text[1]);
    const max = text[2] === '' ? min : text[3] === '' ? Number.POSITIVE_INFINITY : Number(text[3]);
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Number.POSITIVE_INFINITY)) {
      throw reader.fault('number too big in {} quantifier', reader.at - 1);
    }
    if (max < min) throw reader.fault('numbers out of order in {} quantifier', reader.at - 1);
    return { min, max };
  }

  // ---- groups --------------------------------------------------------------------------------------------------------

  private group(): Node | undefined {
    const { reader } = this;
    if (reader.peek() === '*' && /^[A-Z:]$/.test(reader.peek(1))) return this.verb();
    if (!reader.accept('?')) {
      return this.options.no_auto_capture ? this.body() : this.capture(undefined);
    }
    if (reader.accept(':')) return this.body();
    if (reader.accept('|')) return this.branchReset();
    if (reader.accept('>')) return { kind: 'atomic', body: this.body() };
    if (reader.accept('=')) return { kind: 'look', behind: false, negative: false, body: this.body() };
    if (reader.accept('!')) return { kind: 'look', behind: false, negative: true, body: this.body() };
    if (reader.accept('<=')) return this.lookbehind(false);
    if (reader.accept('<!')) return this.lookbehind(true);
    if (reader.accept('P=')) return this.namedReference(')');
    if (reader.accept('P<') || reader.accept('<')) return this.capture(this.name('>'));
    if (reader.accept("'")) return this.capture(this.name("'"));
    return this.optionGroup();
  }

  private verb(): Node {
    const { reader } = this;
    reader.accept('*');
    const name = reader.take(/^[A-Z]$/);
    if (!reader.accept(')')) throw reader.fault('(*VERB) not recognized or malformed');
    if (name === 'FAIL' || name === 'F') return { kind: 'fail' };
    throw reader.fault(UNSUPPORTED);
  }

  private body(): Node {
    const { flags } = this;
    this.flags = { ...flags };
    const node = this.choice();
    this.flags = flags;
    if (!this.reader.accept(')')) throw this.reader.fault('missing )');
    return node;
  }

  private capture(name: string | undefined): Node {
    const index = ++this.groupCount;
    if (name !== undefined) this.addName(name, index);
    return { kind: 'group', index, body: this.body() };
  }

  private addName(name: string, index: number): void {
    const known = this.groupsByName.get(name);
    if (known === undefined) {
      this.groupsByName.set(name, [index]);
      return;
    }
    if (known.includes(index)) return;
    if (!this.flags.dupnames) throw this.reader.fault('two named subpatterns have the same name', this.reader.at - 1);
    known.push(index);
  }

  private name(end: string): string {
    const { reader } = this;
    if (/^\d$/.test(reader.peek())) throw reader.fault('group name must start with a non-digit');
    const name = reader.take(NAME);
    if (name === '') throw reader.fault('subpattern name expected');
    if (!reader.accept(end)) throw reader.fault('syntax error in subpattern name (missing terminator)');
    return name;
  }

  /** (?|…): every alternative numbers its groups alike. */
  private branchReset(): Node {
    const { reader, flags } = this;
    const first = this.groupCount;
    let most = first;
    const items: Node[] = [];
    this.flags = { ...flags };
    do {
      this.groupCount = first;
      items.push(this.sequence());
      most = Math.max(most, this.groupCount);
    } while (reader.accept('|'));
    this.flags = flags;
    this.groupCount = most;
    if (!reader.accept(')')) throw reader.fault('missing )');
    return { kind: 'choice', items };
  }

  private lookbehind(negative: boolean): Node {
    const body = this.body();
    const branches = body.kind === 'choice' ? body.items : [body];
    if (branches.some((branch) => fixedLength(branch) === undefined)) {
      throw this.reader.fault('lookbehind assertion is not fixed length', this.reader.at - 1);
    }
    return { kind: 'look', behind: true, negative, body };
  }

  /** (?i-s) and (?i-s:…). */
  private optionGroup(): Node | undefined {
    const { reader } = this;
    const changed = { ...this.flags };
    let on = true;
    for (;;) {
      const letter = reader.next();
      const flag = FLAG_LETTERS[letter];
      if (letter === '-') {
        on = false;
      } else if (flag !== undefined) {
        changed[flag] = on;
      } else if (letter === ')') {
        this.flags = changed;
        return undefined;
      } else if (letter === ':') {
        const { flags } = this;
        this.flags = changed;
        const node = this.body();
        this.flags = flags;
        return node;
      } else {
        throw this.unknownGroup(letter);
      }
    }
  }

  private unknownGroup(letter: string) {
    const { reader } = this;
    if (letter === '') return reader.fault('missing )', reader.at - 1);
    if (/^[R&(C\d+P]$/.test(letter)) return reader.fault(UNSUPPORTED);
    return reader.fault('unrecognized character after (? or (?-', reader.at - 1);
  }

  // ---- escapes -------------------------------------------------------------------------------------------------------

  private escape(): Node {
    const { reader } = this;
    if (reader.atEnd) throw reader.fault('\\ at end of pattern');
    const letter = reader.peek();
    if (/^\d$/.test(letter)) return this.numberEscape();
    reader.next();
    const special = this.specialEscape(letter);
    if (special !== undefined) return special;
    const point = reader.characterEscape(letter);
    if (point !== undefined) return this.character(point);
    const set = setEscape(reader, letter, this.options.ucp);
    if (set !== undefined) return { kind: 'char', test: tabled(set) };
    if (/^[LlUu]$/.test(letter)) throw reader.fault('PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u');
    if (/^[XC]$/.test(letter)) throw reader.fault(UNSUPPORTED);
    if (/^[A-Za-z]$/.test(letter)) return this.character(letter.codePointAt(0) as number);
    return this.character(letter.codePointAt(0) as number);
  }

  private specialEscape(letter: string): Node | undefined {
    const assertions: Readonly<Record<string, AssertionKind>> = {
      A: 'start',
      G: 'matching',
      z: 'end',
      Z: 'endOrNewline',
      b: 'boundary',
      B: 'notBoundary',
    };
    const what = assertions[letter];
    if (what !== undefined) return this.assertion(what);
    switch (letter) {
      case 'K':
        return { kind: 'keep' };
      case 'R':
        return { kind: 'newline', unicode: this.options.bsr === 'unicode' };
      case 'N':
        return { kind: 'char', test: this.dot() };
      case 'k':
        return this.namedReferenceIn();
      case 'g':
        return this.groupReference();
      default:
        return undefined;
    }
  }

  /** \1 … : a reference if there are so many groups (or the number is below 10), else a character in octal. */
  private numberEscape(): Node {
    const { reader } = this;
    const start = reader.at;
    if (reader.peek() === '0') return this.character(reader.octal());
    const value = reader.number() as number;
    if (value < 10 || value <= this.groupCount) return this.reference(value, reader.at);
    reader.at = start;
    if (/^[89]$/.test(reader.peek())) return this.character(reader.point());
    return this.character(reader.octal());
  }

  private reference(key: number | string, at: number): Node {
    const groups: number[] = [];
    this.references.push({ groups, key, at });
    return { kind: 'reference', groups, caseless: this.flags.caseless };
  }

  private namedReference(end: string): Node {
    const name = this.name(end);
    return this.reference(name, this.reader.at - 1);
  }

  private namedReferenceIn(): Node {
    const { reader } = this;
    const ends: Readonly<Record<string, string>> = { '{': '}', '<': '>', "'": "'" };
    const end = ends[reader.next()];
    if (end === undefined) throw reader.fault('\\k is not followed by a braced, angle-bracketed, or quoted name');
    return this.namedReference(end);
  }

  private groupReference(): Node {
    const { reader } = this;
    if (/^[<']$/.test(reader.peek())) throw reader.fault(UNSUPPORTED);
    const isBraced = reader.accept('{');
    const isRelative = reader.accept('-');
    const value = reader.number();
    if (value === undefined) {
      if (isBraced && !isRelative) return this.namedReference('}');
      throw reader.fault(
        '\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number',
      );
    }
    if (isBraced && !reader.accept('}'))
      throw reader.fault(
        '\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number',
      );
    if (value === 0) throw reader.fault('a numbered reference must not be zero');
    const group = isRelative ? this.groupCount + 1 - value : value;
    if (group <= 0) throw reader.fault('reference to non-existent subpattern');
    return this.reference(group, reader.at);
  }
}

/** Characters that a node always takes; undefined: it varies. */
export function fixedLength(node: Node): number | undefined {
  switch (node.kind) {
    case 'char':
      return 1;
    case 'empty':
    case 'assert':
    case 'look':
    case 'keep':
    case 'fail':
      return 0;
    case 'group':
    case 'atomic':
      return fixedLength(node.body);
    case 'sequence':
      return node.items.reduce<number | undefined>((sum, item) => plus(sum, fixedLength(item)), 0);
    case 'choice': {
      const [first, ...rest] = node.items.map(fixedLength);
      return rest.every((length) => length === first) ? first : undefined;
    }
    case 'repeat': {
      const length = fixedLength(node.body);
      return length === undefined || node.min !== node.max ? undefined : length * node.min;
    }
    default:
      return undefined;
  }
}

function plus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

/** Takes a pattern apart; its characters are bytes, or with the option unicode those of UTF-8. Throws RegexFault. */
export function parseRegex(pattern: Uint8Array, given: RegexOptions): ParsedRegex {
  const { points, offsets, options, start } = readHead(pattern, given);
  const reader = new PatternReader(points, offsets, options.unicode);
  reader.at = start;
  return new Parser(reader, options).run();
}
