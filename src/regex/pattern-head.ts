/** The characters of a pattern, and the options at its head such as (*UCP). */

import { type Newline, RegexFault, type RegexOptions } from './syntax.ts';
import { decodePoints } from './utf8-points.ts';

export interface PatternHead {
  readonly points: readonly number[];
  /** Offset in bytes of each character, and of the end. */
  readonly offsets: readonly number[];
  readonly options: RegexOptions;
  /** The first character behind the head. */
  readonly start: number;
}

const NEWLINES: Readonly<Record<string, Newline>> = {
  CR: 'cr',
  LF: 'lf',
  CRLF: 'crlf',
  ANYCRLF: 'anycrlf',
  ANY: 'any',
};

function change(options: RegexOptions, name: string): boolean {
  const newline = NEWLINES[name];
  if (newline !== undefined) options.newline = newline;
  else if (name === 'UTF8' || name === 'UTF') options.unicode = true;
  else if (name === 'UCP') options.ucp = true;
  else if (name === 'BSR_ANYCRLF') options.bsr = 'anycrlf';
  else if (name === 'BSR_UNICODE') options.bsr = 'unicode';
  else return name === 'NO_START_OPT' || name === 'NO_AUTO_POSSESS';
  return true;
}

export function readHead(pattern: Uint8Array, given: RegexOptions): PatternHead {
  const options = { ...given };
  let length = 0;
  for (;;) {
    const text = String.fromCharCode(...pattern.subarray(length, length + 20));
    const name = /^\(\*([A-Z_0-9]+)\)/.exec(text)?.[1];
    if (name === undefined || !change(options, name)) break;
    length += name.length + 3;
  }
  if (options.unicode && options.never_utf) throw new RegexFault('setting UTF is disabled by the application', 0);
  const { points, offsets } = options.unicode ? utf8(pattern) : bytes(pattern);
  return { points, offsets, options, start: length };
}

function bytes(pattern: Uint8Array) {
  return { points: Array.from(pattern), offsets: Array.from({ length: pattern.length + 1 }, (_, i) => i) };
}

function utf8(pattern: Uint8Array) {
  const decoded = decodePoints(pattern);
  if ('fault' in decoded) throw new RegexFault('invalid UTF-8 string', decoded.fault);
  return decoded;
}
