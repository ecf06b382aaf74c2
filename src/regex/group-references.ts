/** References to groups in a pattern: calls by number or name, back references by name. */
import { INT_LIMIT } from './escapes.ts';
import type { BranchParser } from './parser.ts';
import type { PatternReader } from './pattern-reader.ts';
import type { Node } from './syntax.ts';

/** Names with the numbers of their groups, in the order of the pattern. */
export type NameTable = Map<string, number[]>;

export const LONGEST_NAME = 32;

/** A name where one is wanted; the reader comes behind it. */
export function readName(reader: PatternReader): string {
  if (reader.isDigit()) throw reader.fault('group name must start with a non-digit');
  return reader.word();
}

/** A call or back reference by name, up to its terminator. */
export function namedReference({ parser, options }: BranchParser, terminator: string, isCall: boolean): Node {
  const { reader } = parser;
  const name = readName(reader);
  if (name === '') throw reader.fault('subpattern name expected');
  if (reader.peek() !== terminator) throw reader.fault('syntax error in subpattern name (missing terminator)');
  if (name.length > LONGEST_NAME) {
    throw reader.fault(`subpattern name is too long (maximum ${LONGEST_NAME} characters)`);
  }
  const { at } = reader;
  reader.at++;
  if (isCall) return { kind: 'recurse', name, group: 0, at };
  return { kind: 'reference', name, groups: [], caseless: options.caseless, at };
}

/** A call by number, which may have a sign, up to its terminator; the reader is at the sign or number. */
export function numberedCall({ parser }: BranchParser, terminator: string): Node {
  const { reader } = parser;
  const sign = reader.peek();
  if (sign === '+' || sign === '-') reader.at++;
  if (sign === '+' && !reader.isDigit()) throw reader.fault('digit expected after (?+');
  const number = reader.decimal(INT_LIMIT);
  if (number === undefined) throw reader.fault('number is too big');
  if (reader.peek() !== terminator) throw reader.fault('(?R or (?[+-]digits must be followed by )');
  let group = number;
  if (sign === '+' || sign === '-') {
    if (number === 0) throw reader.fault('a numbered reference must not be zero');
    group = sign === '+' ? number + parser.groupCount : parser.groupCount - number + 1;
    if (group <= 0) throw reader.fault('reference to non-existent subpattern');
  }
  const { at } = reader;
  reader.at++;
  return { kind: 'recurse', name: undefined, group, at };
}
