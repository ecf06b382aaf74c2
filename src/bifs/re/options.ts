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
  /** Steps back that may be taken; undefined: as many as PCRE allows. */
  matchLimit: number | undefined;
  newline: Newline | undefined;
  capture: { readonly values: Term; readonly type: Term } | undefined;
}

const COMPILE_FLAGS = new Map<Term, keyof RegexOptions>(
  (
    [
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
    ] as const
  ).map((name) => [am[name], name]),
);
const RUN_FLAGS = ['global', 'notbol', 'noteol', 'notempty', 'notempty_atstart', 'report_errors'] as const;
const NEWLINES: readonly Term[] = [am.cr, am.lf, am.crlf, am.anycrlf, am.any];

function setFlag(options: ReOptions, flag: Term): boolean {
  const name = COMPILE_FLAGS.get(flag);
  if (name !== undefined) {
    Object.assign(options.compile, { [name]: true });
    options.compileOnly = true;
    return true;
  }
  const run = RUN_FLAGS.find((candidate) => am[candidate] === flag);
  if (run !== undefined) {
    options[run] = true;
    options.runOnly = true;
    return true;
  }
  if (flag === am.no_start_optimize) options.compileOnly = true;
  else if (flag === am.anchored) options.compile.anchored = true;
  else if (flag === am.bsr_anycrlf) options.compile.bsr = 'anycrlf';
  else if (flag === am.bsr_unicode) options.compile.bsr = 'unicode';
  else return false;
  return true;
}

function setPair(options: ReOptions, key: Term, value: Term): boolean {
  const count = natural(value);
  if (key === am.newline) {
    if (!NEWLINES.includes(value)) return false;
    options.newline = atomName(value) as Newline;
    options.compile.newline = options.newline;
    return true;
  }
  options.runOnly = true;
  if (key === am.capture) options.capture = { values: value, type: am.index };
  else if (count === undefined) return false;
  else if (key === am.offset) options.offset = count;
  else if (key === am.match_limit) options.matchLimit = count;
  else return key === am.match_limit_recursion;
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
    newline: undefined,
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
