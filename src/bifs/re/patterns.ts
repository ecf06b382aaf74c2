/**
 * Compiled patterns as terms: {re_pattern, Groups, Unicode, Crlf, Code}. The code is the pattern itself with its options, so that it may
 * be sent and stored like any binary; what was made of it is kept for a while.
 */

import { parseRegex } from '../../regex/parser.ts';
import { compileRegex, type Program, RegexTooLarge } from '../../regex/program.ts';
import { type Newline, NO_OPTIONS, type ParsedRegex, RegexFault, type RegexOptions } from '../../regex/syntax.ts';
import { am } from '../../term/atoms.ts';
import { binaryBytes, isBinary, makeBinary } from '../../term/bits.ts';
import { tuple } from '../../term/build.ts';
import type { Term } from '../../term/layout.ts';
import { isSmall, isTuple, makeSmall, tupleArity, tupleElement } from '../../term/term.ts';

export interface Regex {
  readonly program: Program;
  readonly parsed: ParsedRegex;
  /** Of the term. */
  readonly code: Uint8Array;
}

const MAGIC = 'enigma re 2 ';
const KEPT = 256;
const CHUNK = 4096;
const kept = new Map<string, Regex>();

/** What re:run was called with last, newest first: found without making a text of the code. */
const recent: Regex[] = [];
const MOST_RECENT = 4;

/** The same for patterns that are no terms yet. */
interface RecentPattern {
  readonly pattern: Uint8Array;
  readonly options: RegexOptions;
  readonly regex: Regex;
}
const recentPatterns: RecentPattern[] = [];

const FLAGS = [
  'unicode',
  'anchored',
  'caseless',
  'dollar_endonly',
  'dotall',
  'extended',
  'firstline',
  'multiline',
  'no_auto_capture',
  'no_start_optimize',
  'dupnames',
  'ungreedy',
  'ucp',
  'never_utf',
] as const;
const NEWLINES: readonly (Newline | undefined)[] = [undefined, 'cr', 'lf', 'crlf', 'anycrlf', 'any'];
const BSRS: readonly RegexOptions['bsr'][] = [undefined, 'anycrlf', 'unicode'];

/** Options as digits: the flags, newline, bsr. */
function optionsText(options: RegexOptions): string {
  const flags = FLAGS.map((flag) => (options[flag] ? '1' : '0')).join('');
  return `${flags}${NEWLINES.indexOf(options.newline)}${BSRS.indexOf(options.bsr)}`;
}

const OPTIONS_LENGTH = FLAGS.length + 2;

function optionsOfText(text: string): RegexOptions | undefined {
  if (!/^[01]{14}[0-5][0-2]$/.test(text)) return undefined;
  const options: RegexOptions = { ...NO_OPTIONS };
  FLAGS.forEach((flag, i) => {
    options[flag] = text[i] === '1';
  });
  options.newline = NEWLINES[Number(text[FLAGS.length])];
  options.bsr = BSRS[Number(text[FLAGS.length + 1])];
  return options;
}

function keyOf(options: RegexOptions, pattern: Uint8Array): string {
  return `${MAGIC}${optionsText(options)}${latinText(pattern)}`;
}

function latinText(content: Uint8Array): string {
  let text = '';
  for (let i = 0; i < content.length; i += CHUNK) text += String.fromCharCode(...content.subarray(i, i + CHUNK));
  return text;
}

/** Throws RegexFault. */
export function regexOf(pattern: Uint8Array, options: RegexOptions): Regex {
  for (const known of recentPatterns) {
    if (isSame(known.pattern, pattern) && areSame(known.options, options)) return known.regex;
  }
  const regex = made(keyOf(options, pattern), pattern, options);
  recentPatterns.unshift({ pattern: pattern.slice(), options: { ...options }, regex });
  if (recentPatterns.length > MOST_RECENT) recentPatterns.pop();
  return regex;
}

function areSame(a: RegexOptions, b: RegexOptions): boolean {
  for (const flag of FLAGS) if (a[flag] !== b[flag]) return false;
  return a.newline === b.newline && a.bsr === b.bsr;
}

function made(key: string, pattern: Uint8Array, options: RegexOptions): Regex {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const parsed = parseRegex(pattern, options);
  const code = Uint8Array.from(key, (character) => character.charCodeAt(0));
  const regex = { parsed, program: compile(parsed, pattern.length), code };
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value as string);
  kept.set(key, regex);
  return regex;
}

function compile(parsed: ParsedRegex, position: number): Program {
  try {
    return compileRegex(parsed);
  } catch (error) {
    throw error instanceof RegexTooLarge ? new RegexFault('regular expression is too large', position) : error;
  }
}

export function patternTerm({ parsed, code }: Regex, isUnicode: boolean): Term {
  const { newline } = parsed.options;
  const hasPairs = newline === 'any' || newline === 'crlf' || newline === 'anycrlf';
  return tuple(
    am.re_pattern,
    makeSmall(parsed.groupCount),
    makeSmall(isUnicode ? 1 : 0),
    makeSmall(hasPairs ? 1 : 0),
    makeBinary(code),
  );
}

/** Whether a term is a 5-tuple, which cannot be the text of a pattern. */
export function isPatternTuple(t: Term): boolean {
  return isTuple(t) && tupleArity(t) === 5;
}

/** Whether a compiled pattern says that it was compiled for characters. */
export function isUnicodePattern(t: Term): boolean {
  return isSmall(tupleElement(t, 3)) && tupleElement(t, 3) !== makeSmall(0);
}

/** The pattern that a term stands for; undefined: it was not made here. */
export function regexOfTerm(t: Term): Regex | undefined {
  if (!isPatternTuple(t) || tupleElement(t, 1) !== am.re_pattern || !isBinary(tupleElement(t, 5))) return undefined;
  for (let i = 2; i <= 4; i++) if (!isSmall(tupleElement(t, i))) return undefined;
  const code = binaryBytes(tupleElement(t, 5));
  for (const known of recent) if (isSame(known.code, code)) return known;
  const regex = regexOfCode(code);
  if (regex === undefined) return undefined;
  recent.unshift(regex);
  if (recent.length > MOST_RECENT) recent.pop();
  return regex;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function regexOfCode(code: Uint8Array): Regex | undefined {
  const key = latinText(code);
  const start = MAGIC.length + OPTIONS_LENGTH;
  const options = key.startsWith(MAGIC) ? optionsOfText(key.slice(MAGIC.length, start)) : undefined;
  if (options === undefined) return undefined;
  try {
    return made(key, code.slice(start), options);
  } catch (error) {
    if (error instanceof RegexFault) return undefined;
    throw error;
  }
}
