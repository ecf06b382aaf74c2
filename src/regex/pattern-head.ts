/** The options at the head of a pattern such as (*UCP). */
import { type Newline, RegexFault, type RegexOptions } from './syntax.ts';
import { utf8Fault } from './utf8-points.ts';

export interface PatternHead {
  readonly options: RegexOptions;
  /** Offset of the first byte behind the head. */
  readonly start: number;
  readonly matchLimit: number | undefined;
  readonly recursionLimit: number | undefined;
}

const NEWLINES: Readonly<Record<string, Newline>> = {
  CR: 'cr',
  LF: 'lf',
  CRLF: 'crlf',
  ANYCRLF: 'anycrlf',
  ANY: 'any',
};
const LONGEST = 40;
const MAX_LIMIT = 0xffffffff;

function change(options: RegexOptions, name: string): boolean {
  const newline = NEWLINES[name];
  if (newline !== undefined) options.newline = newline;
  else if (name === 'UTF8' || name === 'UTF') options.unicode = true;
  else if (name === 'UCP') options.ucp = true;
  else if (name === 'BSR_ANYCRLF') options.bsr = 'anycrlf';
  else if (name === 'BSR_UNICODE') options.bsr = 'unicode';
  else if (name === 'NO_START_OPT') options.no_start_optimize = true;
  else return name === 'NO_AUTO_POSSESS';
  return true;
}

/** Smaller limits win; a number that does not fit is no option. */
function smaller(digits: string, known: number | undefined): number | undefined {
  const limit = Number(digits);
  return Math.min(limit, known ?? MAX_LIMIT);
}

/** Throws RegexFault. */
export function readHead(pattern: Uint8Array, given: RegexOptions): PatternHead {
  const options = { ...given };
  const limits: { match?: number | undefined; recursion?: number | undefined } = {};
  let start = 0;
  for (;;) {
    const text = String.fromCharCode(...pattern.subarray(start, start + LONGEST));
    const [whole, name, digits] = /^\(\*([A-Z_0-9]+)(?:=(\d*))?\)/.exec(text) ?? [];
    if (whole === undefined || name === undefined) break;
    if (digits === undefined && !change(options, name)) break;
    if (digits !== undefined) {
      if (Number(digits) > MAX_LIMIT) break;
      if (name === 'LIMIT_MATCH') limits.match = smaller(digits, limits.match);
      else if (name === 'LIMIT_RECURSION') limits.recursion = smaller(digits, limits.recursion);
      else break;
    }
    start += whole.length;
  }
  if (options.unicode && options.never_utf) throw new RegexFault('setting UTF is disabled by the application', 0);
  const fault = options.unicode ? utf8Fault(pattern) : undefined;
  if (fault !== undefined) throw new RegexFault('invalid UTF-8 string', fault);
  return { options, start, matchLimit: limits.match, recursionLimit: limits.recursion };
}
