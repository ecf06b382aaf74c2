/** Patterns to trees: the first of the two passes of compile_branch in pcre_compile.c, whose faults come before those of references.ts. */
import { escapeSet, wordSet } from './char-classes.ts';
import { parseClass, posixEnd, readProperty } from './class-parser.ts';
import { isCountedRepeat, readEscape } from './escapes.ts';
import { parseGroup } from './group-parser.ts';
import { type NameTable, namedReference, numberedCall } from './group-references.ts';
import { readHead } from './pattern-head.ts';
import { PatternReader } from './pattern-reader.ts';
import { resolveReferences } from './references.ts';
import type { AssertionKind, Branch, Node, ParsedRegex, RegexOptions, RepeatMode } from './syntax.ts';
import { isNewlineIn, widthOf } from './utf8-points.ts';

/** Options that may change within a pattern. */
export interface LocalOptions {
  readonly caseless: boolean;
  readonly multiline: boolean;
  readonly dotall: boolean;
  readonly extended: boolean;
  readonly ungreedy: boolean;
  readonly dupnames: boolean;
}

/** COMPILE_WORK_SIZE less its margin: PCRE refuses deeper nesting, for which it has no room. Bytes of a group, and more if it captures. */
const WORKSPACE = 3996;
const GROUP_BYTES = 3;
const CAPTURE_BYTES = 2;
const MAX_REPEAT = 65_535;
const SPACE = /^[\t\n\v\f\r ]$/;
const CR = 0x0d;
const LF = 0x0a;

const ASSERTIONS: Readonly<Record<string, AssertionKind>> = {
  A: 'start',
  B: 'notBoundary',
  b: 'boundary',
  G: 'matching',
  Z: 'endOrNewline',
  z: 'end',
};
const REPEATABLE = [
  'char',
  'set',
  'any',
  'all',
  'byte',
  'newline',
  'cluster',
  'reference',
  'recurse',
  'group',
  'look',
  'condition',
];

export class PatternParser {
  readonly reader: PatternReader;
  readonly options: RegexOptions;
  readonly names: NameTable = new Map();
  groupCount = 0;
  assertionDepth = 0;
  /** Groups that are open and capture, the innermost last. */
  readonly open: number[] = [];
  mentionsNewline = false;
  /** Bytes that PCRE needs for the groups that are open. */
  workspace = 0;

  constructor(reader: PatternReader, options: RegexOptions) {
    this.reader = reader;
    this.options = options;
  }

  /** Alternatives up to a closing parenthesis or the end, which is not read. `reset`: groups have the same numbers in each. */
  alternatives(given: LocalOptions, reset = false, captures = false): Branch[] {
    const branches: Branch[] = [];
    const { workspace } = this;
    this.workspace += GROUP_BYTES + (captures ? CAPTURE_BYTES : 0);
    const first = this.groupCount;
    let highest = first;
    let options = given;
    do {
      if (reset) this.groupCount = first;
      const branch = new BranchParser(this, options);
      branches.push(branch.parse());
      options = branch.options;
      highest = Math.max(highest, this.groupCount);
    } while (this.reader.accept('|'));
    this.groupCount = highest;
    this.workspace = workspace;
    return branches;
  }
}

/** One alternative. Options that change in it hold for the following ones too. */
export class BranchParser {
  options: LocalOptions;
  readonly parser: PatternParser;
  private readonly reader: PatternReader;
  private readonly items: Node[] = [];
  /** A quantifier may follow. */
  private isRepeatable = false;
  private inQuotes = false;

  constructor(parser: PatternParser, options: LocalOptions) {
    this.parser = parser;
    this.reader = parser.reader;
    this.options = options;
  }

  parse(): Branch {
    const { reader } = this;
    while (!reader.atEnd) {
      if (this.quotes()) continue;
      if (this.inQuotes) {
        this.literal();
        continue;
      }
      this.checkNesting();
      if (this.options.extended && this.skipSpace()) continue;
      if (reader.startsWith('(?#')) {
        this.comment();
        continue;
      }
      const next = reader.peek();
      if (next === '|' || next === ')') break;
      this.item(next);
    }
    this.checkNesting();
    return { items: this.items, end: reader.at };
  }

  private checkNesting(): void {
    if (this.parser.workspace > WORKSPACE) throw this.reader.fault('regular expression is too complicated');
  }

  add(node: Node): void {
    this.items.push(node);
    this.isRepeatable = REPEATABLE.includes(node.kind);
  }

  private quotes(): boolean {
    if (this.reader.accept('\\E')) {
      this.inQuotes = false;
      return true;
    }
    if (this.inQuotes || !this.reader.accept('\\Q')) return false;
    this.inQuotes = true;
    return true;
  }

  private skipSpace(): boolean {
    const { reader, parser } = this;
    const start = reader.at;
    while (SPACE.test(reader.peek())) reader.at++;
    if (reader.accept('#')) {
      while (!reader.atEnd) {
        const length = isNewlineIn(reader.bytes, reader.at, parser.options.newline ?? 'lf', reader.unicode);
        reader.at += length > 0 ? length : reader.unicode ? widthOf(reader.bytes[reader.at] as number) : 1;
        if (length > 0) break;
      }
    }
    return reader.at > start;
  }

  private comment(): void {
    const { reader } = this;
    while (!reader.atEnd && reader.peek() !== ')') reader.at++;
    if (reader.atEnd) throw reader.fault('missing ) after comment');
    reader.at++;
  }

  private item(next: string): void {
    const { reader, options } = this;
    if (next === '*' || next === '+' || next === '?' || (next === '{' && isCountedRepeat(reader, 1))) this.quantifier();
    else if (next === '^') this.symbol({ kind: 'assert', what: options.multiline ? 'lineStart' : 'subjectStart' });
    else if (next === '$') this.symbol({ kind: 'assert', what: this.dollar() });
    else if (next === '.') this.symbol({ kind: options.dotall ? 'all' : 'any' });
    else if (next === '[') this.bracket();
    else if (next === '\\') this.escape();
    else if (next !== '(') this.literal();
    else {
      const node = parseGroup(this);
      if (node === undefined) this.isRepeatable = false;
      else this.add(node);
    }
  }

  private symbol(node: Node): void {
    this.reader.at++;
    this.add(node);
  }

  private dollar(): AssertionKind {
    if (this.options.multiline) return 'lineEnd';
    return this.parser.options.dollar_endonly ? 'dollarEndOnly' : 'dollar';
  }

  private literal(): void {
    this.char(this.reader.point());
  }

  private char(point: number): void {
    if (point === CR || point === LF) this.parser.mentionsNewline = true;
    this.add({ kind: 'char', point, caseless: this.options.caseless });
  }

  private bracket(): void {
    const { reader, parser, options } = this;
    for (const [text, behind] of [
      ['[[:<:]]', false],
      ['[[:>:]]', true],
    ] as const) {
      if (reader.accept(text)) return this.wordEdge(behind);
    }
    if (posixEnd(reader) !== undefined) {
      const isClass = reader.peek(1) === ':';
      const text = isClass
        ? 'POSIX named classes are supported only within a class'
        : 'POSIX collating elements are not supported';
      throw reader.fault(text);
    }
    reader.at++;
    const classOptions = { caseless: options.caseless, ucp: parser.options.ucp, groupsSoFar: parser.groupCount };
    const { set, single, isNegated, mentionsNewline } = parseClass(reader, classOptions);
    if (mentionsNewline) parser.mentionsNewline = true;
    if (single !== undefined && !isNegated) this.char(single);
    else this.add({ kind: 'set', set });
  }

  /** [[:<:]] and [[:>:]]: \b(?=\w) and \b(?<=\w). */
  private wordEdge(behind: boolean): void {
    const word: Node = { kind: 'set', set: wordSet(this.parser.options.ucp) };
    const branches = [{ items: [word], end: this.reader.at }];
    this.add({ kind: 'assert', what: 'boundary' });
    this.add({ kind: 'look', behind, negative: false, branches, lengths: [1] });
  }

  private escape(): void {
    const { reader, parser } = this;
    const start = reader.at;
    const escaped = readEscape(reader, parser.groupCount, false);
    if (escaped.kind === 'char') return this.char(escaped.point);
    if (escaped.kind === 'reference') {
      const { caseless } = this.options;
      this.add({ kind: 'reference', name: undefined, groups: [escaped.group], caseless, at: start });
      return;
    }
    const { letter } = escaped;
    const what = ASSERTIONS[letter];
    if (what !== undefined) this.add({ kind: 'assert', what });
    else if (letter === 'g') this.call();
    else if (letter === 'k') this.namedReference();
    else if (letter === 'p' || letter === 'P') this.add({ kind: 'set', set: readProperty(reader, letter) });
    else this.add(this.simpleEscape(letter));
  }

  private simpleEscape(letter: string): Node {
    const { unicode, ucp } = this.parser.options;
    switch (letter) {
      case 'K':
        return { kind: 'keep' };
      case 'N':
        return { kind: 'any' };
      case 'C':
        return { kind: unicode ? 'byte' : 'all' };
      case 'R':
        return { kind: 'newline' };
      case 'X':
        return { kind: 'cluster' };
      default: {
        const set = escapeSet(letter, ucp);
        return set === undefined
          ? { kind: 'char', point: letter.charCodeAt(0), caseless: this.options.caseless }
          : { kind: 'set', set };
      }
    }
  }

  /** \g<..> and \g'..': a call. */
  private call(): void {
    const { reader } = this;
    const terminator = reader.peek() === '<' ? '>' : "'";
    const next = reader.peek(1);
    reader.at++;
    if (next !== '+' && next !== '-' && !reader.isDigit()) {
      this.add(namedReference(this, terminator, true));
      return;
    }
    let ahead = 1;
    while (reader.isDigit(ahead)) ahead++;
    if (reader.peek(ahead) !== terminator) {
      const text = '\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number';
      throw reader.fault(text, reader.at - 1);
    }
    this.add(numberedCall(this, terminator));
  }

  /** \k<..>, \k'..' and \k{..}, also \g{name}. */
  private namedReference(): void {
    const { reader } = this;
    const terminator = { '<': '>', "'": "'", '{': '}' }[reader.peek()];
    if (terminator === undefined) {
      throw reader.fault('\\k is not followed by a braced, angle-bracketed, or quoted name', reader.at - 1);
    }
    reader.at++;
    this.add(namedReference(this, terminator, false));
  }

  // ---- quantifiers ---------------------------------------------------------------------------------------------------

  private quantifier(): void {
    const { reader } = this;
    const [min, max] = this.counts();
    if (!this.isRepeatable) throw reader.fault('nothing to repeat');
    reader.at++;
    while (this.options.extended && this.skipSpace());
    if (reader.startsWith('(?#')) this.comment();
    let mode: RepeatMode = this.options.ungreedy ? 'lazy' : 'greedy';
    if (reader.accept('+')) mode = 'possessive';
    else if (reader.accept('?')) mode = this.options.ungreedy ? 'greedy' : 'lazy';
    const body = this.items.pop() as Node;
    const isDefine = body.kind === 'condition' && body.always === 'define';
    if (isDefine || (body.kind === 'look' && min > 0)) this.items.push(body);
    else if (body.kind === 'look') this.items.push({ kind: 'repeat', body, min, max: max === 0 ? 0 : 1, mode });
    else this.items.push({ kind: 'repeat', body, min, max, mode });
    this.isRepeatable = false;
  }

  /** How often, -1: without limit. The reader comes to the quantifier's last character. */
  private counts(): readonly [number, number] {
    const { reader } = this;
    const simple = ({ '*': [0, -1], '+': [1, -1], '?': [0, 1] } as const)[reader.peek()];
    if (simple !== undefined) return simple;
    reader.at++;
    const min = this.count();
    if (reader.peek() === '}') return [min, min];
    reader.at++;
    if (reader.peek() === '}') return [min, -1];
    const max = this.count();
    if (max < min) throw reader.fault('numbers out of order in {} quantifier');
    return [min, max];
  }

  private count(): number {
    const { reader } = this;
    let value = 0;
    while (reader.isDigit()) {
      value = value * 10 + Number(reader.peek());
      reader.at++;
      if (value > MAX_REPEAT) throw reader.fault('number too big in {} quantifier');
    }
    return value;
  }
}

/** Takes a pattern apart. Throws RegexFault. */
export function parseRegex(pattern: Uint8Array, given: RegexOptions): ParsedRegex {
  const { options, start, matchLimit, recursionLimit } = readHead(pattern, given);
  const reader = new PatternReader(pattern, start, options.unicode);
  const parser = new PatternParser(reader, options);
  const { caseless, multiline, dotall, extended, ungreedy, dupnames } = options;
  const branches = parser.alternatives({ caseless, multiline, dotall, extended, ungreedy, dupnames });
  const { groupCount, mentionsNewline } = parser;
  const names = [...parser.names]
    .map(([name, groups]) => ({ name, groups }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const finish = resolveReferences({ branches, groupCount, names });
  if (!reader.atEnd) throw reader.fault('unmatched parentheses');
  finish(reader.at);
  return { branches, options, groupCount, names, matchLimit, recursionLimit, mentionsNewline };
}
