/**
 * Compiled patterns as terms: {re_pattern, Groups, Unicode, Crlf, Code}. The code is the pattern itself with its options, so that it may
 * be sent and stored like any binary; what was made of it is kept for a while.
 */

import { parseRegex } from '../../regex/parser.ts';
import { compileRegex, type Program, RegexTooLarge } from '../../regex/program.ts';
import { type ParsedRegex, RegexFault, type RegexOptions } from '../../regex/syntax.ts';
import { am } from '../../term/atoms.ts';
import { binaryBytes, isBinary, makeBinary } from '../../term/bits.ts';
import { tuple } from '../../term/build.ts';
import type { Term } from '../../term/layout.ts';
import { isSmall, isTuple, makeSmall, tupleArity, tupleElement } from '../../term/term.ts';

export interface Regex {
  readonly program: Program;
  readonly parsed: ParsedRegex;
}

const MAGIC = 'enigma re 1\n';
const KEPT = 256;
const CHUNK = 4096;
const kept = new Map<string, Regex>();

function keyOf(options: RegexOptions, pattern: Uint8Array): string {
  return `${MAGIC}${JSON.stringify(options)}\n${latinText(pattern)}`;
}

function latinText(content: Uint8Array): string {
  let text = '';
  for (let i = 0; i < content.length; i += CHUNK) text += String.fromCharCode(...content.subarray(i, i + CHUNK));
  return text;
}

/** Throws RegexFault. */
export function regexOf(pattern: Uint8Array, options: RegexOptions): Regex {
  return made(keyOf(options, pattern), pattern, options);
}

function made(key: string, pattern: Uint8Array, options: RegexOptions): Regex {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const parsed = parseRegex(pattern, options);
  const regex = { parsed, program: compile(parsed, pattern.length) };
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

export function patternTerm({ parsed }: Regex, pattern: Uint8Array, options: RegexOptions): Term {
  const { newline } = parsed.options;
  const hasPairs = newline === 'any' || newline === 'crlf' || newline === 'anycrlf';
  const code = Uint8Array.from(keyOf(options, pattern), (character) => character.charCodeAt(0));
  return tuple(
    am.re_pattern,
    makeSmall(parsed.groupCount),
    makeSmall(options.unicode ? 1 : 0),
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
  if (![2, 3, 4].every((i) => isSmall(tupleElement(t, i)))) return undefined;
  const key = latinText(binaryBytes(tupleElement(t, 5)));
  const end = key.indexOf('\n', MAGIC.length);
  if (!key.startsWith(MAGIC) || end < 0) return undefined;
  const known = kept.get(key);
  if (known !== undefined) return known;
  try {
    const options = JSON.parse(key.slice(MAGIC.length, end)) as RegexOptions;
    return made(
      key,
      Uint8Array.from(key.slice(end + 1), (character) => character.charCodeAt(0)),
      options,
    );
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RegexFault) return undefined;
    throw error;
  }
}
