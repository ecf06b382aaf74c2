/** What parentheses begin: groups, assertions, conditions, calls, verbs, options (compile_branch in pcre_compile.c). */
import { INT_LIMIT } from './escapes.ts';
import { LONGEST_NAME, namedReference, numberedCall, readName } from './group-references.ts';
import type { BranchParser, LocalOptions } from './parser.ts';
import type { PatternReader } from './pattern-reader.ts';
import type { Branch, Condition, LookNode, Node, Verb } from './syntax.ts';

const MOST_NAMES = 10_000;
const LONGEST_MARK = 255;
const LAST_CALLOUT = 255;
const LETTER = /^[A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]$/;

/** Reads a group; the reader is at its parenthesis. undefined: it stands for nothing that matches. Throws RegexFault. */
export function parseGroup(branch: BranchParser): Node | undefined {
  const { parser, options } = branch;
  const { reader } = parser;
  reader.at++;
  if (reader.peek() === '*' && (reader.peek(1) === ':' || LETTER.test(reader.peek(1)))) return verb(branch);
  if (!reader.accept('?')) return parser.options.no_auto_capture ? plain(branch, options) : capturing(branch);
  const kind = reader.peek();
  switch (kind) {
    case ':':
    case '|':
      reader.at++;
      return plain(branch, options, kind === '|');
    case '>':
      reader.at++;
      return { ...plain(branch, options), atomic: true };
    case '=':
    case '!':
      return lookahead(branch, kind === '!');
    case '<':
      return angle(branch);
    case "'":
      return named(branch, "'");
    case '(':
      return condition(branch);
    case 'C':
      return callout(reader);
    case 'P':
      return python(branch);
    case '&':
      reader.at++;
      return namedReference(branch, ')', true);
    case 'R':
      return wholePattern(reader);
    default:
      if (kind === '+' || reader.isDigit() || (kind === '-' && reader.isDigit(1))) return numberedCall(branch, ')');
      return optionSetting(branch);
  }
}

function close(reader: PatternReader): void {
  if (!reader.accept(')')) throw reader.fault('missing )');
}

function plain({ parser }: BranchParser, options: LocalOptions, reset = false) {
  const branches = parser.alternatives(options, reset);
  close(parser.reader);
  return { kind: 'group', index: 0, branches, atomic: false } as const;
}

function capturing({ parser, options }: BranchParser): Node {
  const index = ++parser.groupCount;
  parser.open.push(index);
  const branches = parser.alternatives(options, false, true);
  parser.open.pop();
  close(parser.reader);
  return { kind: 'group', index, branches, atomic: false };
}

function wholePattern(reader: PatternReader): Node {
  reader.at++;
  if (reader.peek() !== ')') throw reader.fault('(?R or (?[+-]digits must be followed by )');
  const { at } = reader;
  reader.at++;
  return { kind: 'recurse', name: undefined, group: 0, at };
}

// ---- assertions ------------------------------------------------------------------------------------------------------

function look({ parser, options }: BranchParser, behind: boolean, negative: boolean): LookNode {
  parser.assertionDepth++;
  const branches: Branch[] = parser.alternatives(options);
  parser.assertionDepth--;
  close(parser.reader);
  return { kind: 'look', behind, negative, branches, lengths: branches.map(() => (behind ? undefined : 0)) };
}

function lookahead(branch: BranchParser, negative: boolean): Node {
  const { reader } = branch.parser;
  reader.at++;
  const next = reader.peek(1);
  if (negative && reader.peek() === ')' && next !== '*' && next !== '+' && next !== '?' && next !== '{') {
    reader.at++;
    return { kind: 'verb', verb: 'fail', name: undefined, inAssertion: false, open: [] };
  }
  return look(branch, false, negative);
}

function angle(branch: BranchParser): Node {
  const { reader } = branch.parser;
  const next = reader.peek(1);
  if (next === '=' || next === '!') {
    reader.at += 2;
    return look(branch, true, next === '!');
  }
  if (reader.isWord(1)) return named(branch, '>');
  throw reader.fault('unrecognized character after (?<', reader.at + 1);
}

// ---- names -----------------------------------------------------------------------------------------------------------

function python(branch: BranchParser): Node {
  const { reader } = branch.parser;
  reader.at++;
  const next = reader.peek();
  if (next === '=' || next === '>') {
    reader.at++;
    return namedReference(branch, ')', next === '>');
  }
  if (next !== '<') throw reader.fault('unrecognized character after (?P');
  return named(branch, '>');
}

/** A group with a name; the reader is before the name's opening mark. */
function named(branch: BranchParser, terminator: string): Node {
  const { parser, options } = branch;
  const { reader } = parser;
  reader.at++;
  const name = readName(reader);
  const fault = (text: string) => reader.fault(text);
  if (reader.peek() !== terminator) throw fault('syntax error in subpattern name (missing terminator)');
  if (parser.names.size >= MOST_NAMES) throw fault(`too many named subpatterns (maximum ${MOST_NAMES})`);
  if (name.length > LONGEST_NAME) throw fault(`subpattern name is too long (maximum ${LONGEST_NAME} characters)`);
  const number = parser.groupCount + 1;
  const known = parser.names.get(name);
  if (known === undefined || !known.includes(number)) {
    if (known !== undefined && !options.dupnames) throw fault('two named subpatterns have the same name');
    for (const [other, groups] of parser.names) {
      if (other !== name && groups.includes(number)) {
        throw fault('different names for subpatterns of the same number are not allowed');
      }
    }
    if (known === undefined) parser.names.set(name, [number]);
    else known.push(number);
  }
  reader.at++;
  return capturing(branch);
}

// ---- conditions ------------------------------------------------------------------------------------------------------

function condition(branch: BranchParser): Node {
  const { parser } = branch;
  const { reader } = parser;
  const test = assertionAhead(reader) ? assertionCondition(branch) : groupCondition(branch);
  const always = test.kind === 'named' && test.bare && test.name === 'DEFINE' ? 'define' : undefined;
  const branches = parser.alternatives(branch.options);
  const end = reader.at;
  close(reader);
  return { kind: 'condition', test, branches, end, always };
}

/** Whether the condition is an assertion, which a callout may precede; then the reader is moved to it. */
function assertionAhead(reader: PatternReader): boolean {
  let ahead = 0;
  if (reader.startsWith('?C', 1)) {
    let i = 3;
    while (reader.isDigit(i)) i++;
    if (reader.peek(i) === ')') ahead = i + 1;
    if (reader.peek(ahead) !== '(') throw reader.fault('assertion expected after (?( or (?(?C)');
  }
  const isAssertion = ['?=', '?!', '?<=', '?<!'].some((text) => reader.startsWith(text, ahead + 1));
  if (isAssertion) reader.at += ahead;
  return isAssertion;
}

function assertionCondition(branch: BranchParser): Condition {
  const { reader } = branch.parser;
  reader.at += 2;
  const behind = reader.accept('<');
  const negative = reader.peek() === '!';
  reader.at++;
  return { kind: 'assertion', look: look(branch, behind, negative) };
}

function groupCondition({ parser }: BranchParser): Condition {
  const { reader } = parser;
  reader.at++;
  const isRecursion = reader.accept('R&');
  const terminator = isRecursion ? '' : reader.accept('<') ? '>' : reader.accept("'") ? "'" : '';
  const isBare = !isRecursion && terminator === '';
  const sign = isBare && (reader.peek() === '-' || reader.peek() === '+') ? reader.peek() : '';
  if (isBare && (sign !== '' || reader.isDigit())) return numberCondition(parser.groupCount, reader, sign);
  if (reader.isDigit()) throw reader.fault('group name must start with a non-digit');
  if (!reader.isWord()) throw reader.fault('assertion expected after (?( or (?(?C)');
  const name = reader.word();
  endOfCondition(reader, terminator);
  if (isRecursion) return { kind: 'recursion', name, at: reader.at, groups: [] };
  return { kind: 'named', name, at: reader.at, bare: isBare, groups: [] };
}

function numberCondition(groupsSoFar: number, reader: PatternReader, sign: string): Condition {
  if (sign !== '') reader.at++;
  const number = reader.decimal(INT_LIMIT);
  if (number === undefined) throw reader.fault('number is too big');
  endOfCondition(reader, '');
  let group = number;
  if (sign === '-') group = number === 0 ? 0 : groupsSoFar - number + 1;
  else if (sign === '+') group = number === 0 ? 0 : groupsSoFar + number;
  // Zero is a fault of its own; so is what lies before the first group.
  return { kind: 'group', group: number === 0 ? 0 : group <= 0 ? -1 : group, at: reader.at };
}

function endOfCondition(reader: PatternReader, terminator: string): void {
  const isMalformed = terminator !== '' && !reader.accept(terminator);
  if (isMalformed || !reader.accept(')')) throw reader.fault('malformed number or name after (?(');
}

// ---- the rest --------------------------------------------------------------------------------------------------------

/** (?C): there is nobody to call. */
function callout(reader: PatternReader): undefined {
  reader.at++;
  let number = 0;
  while (reader.isDigit()) {
    number = number * 10 + Number(reader.peek());
    reader.at++;
    if (number > LAST_CALLOUT) throw reader.fault('number after (?C is > 255');
  }
  if (!reader.accept(')')) throw reader.fault('closing ) for (?C expected');
  return undefined;
}

const FLAGS: Readonly<Record<string, keyof LocalOptions>> = {
  J: 'dupnames',
  i: 'caseless',
  m: 'multiline',
  s: 'dotall',
  x: 'extended',
  U: 'ungreedy',
};

/** (?i-m) for what follows, (?i-m:..) for a group. X, which makes unknown escapes faults, is not kept. */
function optionSetting(branch: BranchParser): Node | undefined {
  const { reader } = branch.parser;
  const changed: Record<string, boolean> = { ...branch.options };
  const unset: (keyof LocalOptions)[] = [];
  let isSet = true;
  while (reader.peek() !== ')' && reader.peek() !== ':') {
    const letter = reader.peek();
    const flag = FLAGS[letter];
    if (letter === '-') isSet = false;
    else if (flag !== undefined && isSet) changed[flag] = true;
    else if (flag !== undefined) unset.push(flag);
    else if (letter !== 'X') throw reader.fault('unrecognized character after (? or (?-');
    reader.at++;
  }
  for (const flag of unset) changed[flag] = false;
  const options = changed as unknown as LocalOptions;
  if (!reader.accept(')')) {
    reader.at++;
    return plain(branch, options);
  }
  branch.options = options;
  return undefined;
}

const VERBS: Readonly<Record<string, Verb>> = {
  '': 'mark',
  MARK: 'mark',
  ACCEPT: 'accept',
  COMMIT: 'commit',
  F: 'fail',
  FAIL: 'fail',
  PRUNE: 'prune',
  SKIP: 'skip',
  THEN: 'then',
};
const WITHOUT_NAME: readonly Verb[] = ['accept', 'commit', 'fail'];

function verb({ parser }: BranchParser): Node {
  const { reader } = parser;
  reader.at++;
  const start = reader.at;
  while (LETTER.test(reader.peek())) reader.at++;
  const word = reader.slice(start, reader.at);
  let name: string | undefined;
  if (reader.accept(':')) {
    const from = reader.at;
    while (!reader.atEnd && reader.peek() !== ')') reader.at++;
    name = reader.slice(from, reader.at);
    if (name.length > LONGEST_MARK) {
      throw reader.fault('name is too long in (*MARK), (*PRUNE), (*SKIP), or (*THEN)');
    }
    if (name === '') name = undefined;
  }
  const kind = Object.hasOwn(VERBS, word) ? VERBS[word] : undefined;
  if (reader.peek() !== ')' || kind === undefined) throw reader.fault('(*VERB) not recognized or malformed');
  if (name !== undefined && WITHOUT_NAME.includes(kind)) {
    throw reader.fault('an argument is not allowed for (*ACCEPT), (*FAIL), or (*COMMIT)');
  }
  if (name === undefined && kind === 'mark') throw reader.fault('(*MARK) must have an argument');
  reader.at++;
  return { kind: 'verb', verb: kind, name, inAssertion: parser.assertionDepth > 0, open: [...parser.open].reverse() };
}
