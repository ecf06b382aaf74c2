/** Options of re:compile and re:run (parse_options in erl_bif_re.c). */
import { type Newline, NO_OPTIONS, type RegexOptions } from '../../regex/syntax.ts';
import { listElements } from '../../runtime/apply.ts';
import { am, atomName } from '../../term/atoms.ts';
import type { Term } from '../../term/layout.ts';
import { isTuple, tupleArity, tupleElement } from '../../term/term.ts';
import { natural, pairOf } from '../erlang/arguments.ts';

export interface ReOptions {
  readonly compile: RegexOptions;
  /** There is an option that only compiling has, or only running. */
  compileOnly: boolean;
  runOnly: boolean;
  global: boolean;
  offset: number;
  notbol: boolean;
  noteol: boolean;
  notempty: boolean;
  notempty_atstart: boolean;
  report_errors: boolean;
  /** Choices that may be made, and be open at once; undefined: as many as PCRE allows. */
  matchLimit: number | undefined;
  recursionLimit: number | undefined;
  newline: Newline | undefined;
  /** Newline options that contradict each other were given, or both for \\R. */
  inconsistent: boolean;
  capture: { readonly values: Term; readonly type: Term } | undefined;
}

const COMPILE_NAMES = [
  'unicode',
  'caseless',
  'dollar_endonly',
  'dotall',
  'extended',
  'firstline',
  'multiline',
  'no_auto_capture',
  'dupnames',
  'ungreedy',
  'ucp',
  'never_utf',
  'no_start_optimize',
] as const;
const COMPILE_FLAGS = new Map<Term, (typeof COMPILE_NAMES)[number]>(COMPILE_NAMES.map((name) => [am[name], name]));
const RUN_FLAGS = ['global', 'notbol', 'noteol', 'notempty', 'notempty_atstart', 'report_errors'] as const;
const NEWLINES: readonly Term[] = [am.cr, am.lf, am.crlf, am.anycrlf, am.any];

function setFlag(options: ReOptions, flag: Term): boolean {
  const name = COMPILE_FLAGS.get(flag);
  if (name !== undefined) {
    options.compile[name] = true;
    options.compileOnly = true;
    return true;
  }
  const run = RUN_FLAGS.find((candidate) => am[candidate] === flag);
  if (run !== undefined) {
    options[run] = true;
    options.runOnly = true;
    return true;
  }
  if (flag === am.anchored) options.compile.anchored = true;
  else if (flag === am.bsr_anycrlf) setBsr(options, 'anycrlf');
  else if (flag === am.bsr_unicode) setBsr(options, 'unicode');
  else return false;
  return true;
}

function setBsr(options: ReOptions, bsr: 'anycrlf' | 'unicode'): void {
  if (options.compile.bsr !== undefined && options.compile.bsr !== bsr) options.inconsistent = true;
  options.compile.bsr = bsr;
}

/** PCRE's bits for line ends: options that are given together are or-ed. */
const NEWLINE_BITS: Readonly<Record<Newline, readonly number[]>> = {
  cr: [1],
  lf: [2],
  crlf: [1, 2],
  any: [4],
  anycrlf: [1, 4],
};

function setNewline(options: ReOptions, newline: Newline): void {
  const bits = new Set([
    ...NEWLINE_BITS[newline],
    ...(options.newline === undefined ? [] : NEWLINE_BITS[options.newline]),
  ]);
  const both = Object.entries(NEWLINE_BITS).find(
    ([, own]) => own.length === bits.size && own.every((bit) => bits.has(bit)),
  );
  if (both === undefined) options.inconsistent = true;
  options.newline = both === undefined ? newline : (both[0] as Newline);
  options.compile.newline = options.newline;
}

/** What C's int holds. */
const MAX_INT = 0x7fffffff;

function setPair(options: ReOptions, key: Term, value: Term): boolean {
  const count = natural(value);
  if (key === am.newline) {
    if (!NEWLINES.includes(value)) return false;
    setNewline(options, atomName(value) as Newline);
    return true;
  }
  options.runOnly = true;
  if (key === am.capture) options.capture = { values: value, type: am.index };
  else if (count === undefined) return false;
  else if (key === am.offset && count <= MAX_INT) options.offset = count;
  else if (count > MAX_INT) return false;
  else if (key === am.match_limit) options.matchLimit = count;
  else if (key === am.match_limit_recursion) options.recursionLimit = count;
  else return false;
  return true;
}

/** undefined: something in the list is no option. */
export function reOptions(list: Term): ReOptions | undefined {
  const elements = listElements(list);
  if (elements === undefined) return undefined;
  const options: ReOptions = {
    compile: { ...NO_OPTIONS },
    compileOnly: false,
    runOnly: false,
    global: false,
    offset: 0,
    notbol: false,
    noteol: false,
    notempty: false,
    notempty_atstart: false,
    report_errors: false,
    matchLimit: undefined,
    recursionLimit: undefined,
    newline: undefined,
    inconsistent: false,
    capture: undefined,
  };
  for (const element of elements) {
    const pair = pairOf(element);
    if (isTuple(element) && tupleArity(element) === 3 && tupleElement(element, 1) === am.capture) {
      options.capture = { values: tupleElement(element, 2), type: tupleElement(element, 3) };
      options.runOnly = true;
    } else if (pair === undefined ? !setFlag(options, element) : !setPair(options, pair.key, pair.value)) {
      return undefined;
    }
  }
  return options;
}
