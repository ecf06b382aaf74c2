/** Module re, the part that is C in OTP (erl_bif_re.c). */

import { REDUCTIONS } from '../../memory/map.ts';
import { load } from '../../memory/memory.ts';
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import type { MatchRequest } from '../../regex/matcher.ts';
import { Search } from '../../regex/search.ts';
import { RegexFault } from '../../regex/syntax.ts';
import { applyFunction } from '../../runtime/apply.ts';
import { bumpReductions } from '../../runtime/bump-reductions.ts';
import { iodataArgument } from '../../runtime/iodata.ts';
import { characterList } from '../../runtime/native-names.ts';
import { inParts } from '../../runtime/trap.ts';
import { am, atom } from '../../term/atoms.ts';
import { binaryBytes, isBinary, makeBinary } from '../../term/bits.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg, ErlangError } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isBitstring, isList, makeSmall } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { type CaptureSpec, capturedTerm, captureSpec, nameEntries } from './captures.ts';
import { type ReOptions, reOptions } from './options.ts';
import { isPatternTuple, isUnicodePattern, patternTerm, type Regex, regexOf, regexOfTerm } from './patterns.ts';

/** What OTP 27 says of its PCRE. */
const VERSION = '8.45 2021-06-15';
/** MATCH_LIMIT and MATCH_LIMIT_RECURSION in pcre/local_config.h. */
const MATCH_LIMIT = 10_000_000;
const STEPS_PER_REDUCTION = 50;
/** CONTEXT_REDS * LOOP_FACTOR: the limit of native OTP, whose steps are others, when none has been set. */
const NATIVE_LOOP_LIMIT = 40_000;

function optionsOf(list: Term): ReOptions {
  const options = reOptions(list);
  if (options === undefined) throw badarg(am.badopt);
  return options;
}

/** Goes on in a function of the module re itself, which turns characters into UTF-8 first. */
function callRe(vm: Machine, name: string, args: readonly Term[]): Term {
  return applyFunction(vm, atom('re'), atom(name), listOf(args));
}

function faultTerm({ text, position }: RegexFault, tag?: Term): Term {
  const reason = tuple(characterList(text), makeSmall(position));
  return tuple(am.error, tag === undefined ? reason : tuple(tag, reason));
}

const INCONSISTENT = new RegexFault('inconsistent NEWLINE options', 0);

// ---- compile ---------------------------------------------------------------------------------------------------------

function compileWith(vm: Machine, pattern: Term, list: Term): Term {
  const options = optionsOf(list);
  if (options.runOnly) throw badarg(am.badopt);
  if (options.compile.unicode && !isBitstring(pattern)) return callRe(vm, 'ucompile', [pattern, list]);
  const bytes = iodataArgument(pattern);
  if (options.inconsistent) return faultTerm(INCONSISTENT);
  try {
    return tuple(am.ok, patternTerm(regexOf(bytes, options.compile), options.compile.unicode));
  } catch (error) {
    if (error instanceof RegexFault) return faultTerm(error);
    throw error;
  }
}

function inspect(_vm: Machine, pattern: Term, item: Term): Term {
  const regex = regexOfTerm(pattern);
  if (regex === undefined || item !== am.namelist) throw badarg();
  const names = nameEntries(regex.parsed).map(({ name }) =>
    makeBinary(Uint8Array.from(name, (character) => character.charCodeAt(0))),
  );
  return tuple(am.namelist, listOf(names));
}

// ---- run -------------------------------------------------------------------------------------------------------------

/** The pattern of a run; a term: what the run returns instead. */
function regexToRun(vm: Machine, subject: Term, pattern: Term, list: Term, options: ReOptions): Regex | Term {
  const wantsCharacters = options.capture?.type === am.list && !options.global;
  if (isPatternTuple(pattern)) {
    const regex = regexOfTerm(pattern);
    if (options.compileOnly || regex === undefined) throw badarg();
    if (isUnicodePattern(pattern) && (!isBitstring(subject) || wantsCharacters)) {
      return callRe(vm, 'urun', [subject, pattern, list]);
    }
    return options.global ? callRe(vm, 'grun', [subject, pattern, tuple(list, am.false)]) : regex;
  }
  if (!isBitstring(pattern) && !isList(pattern)) throw badarg();
  if (options.compile.unicode && (!isBitstring(pattern) || !isBitstring(subject) || wantsCharacters)) {
    return callRe(vm, 'urun', [subject, pattern, list]);
  }
  const bytes = iodataArgument(pattern);
  if (options.inconsistent) throw INCONSISTENT;
  const regex = regexOf(bytes, options.compile);
  if (!options.global) return regex;
  const needsClean = options.compileOnly ? am.true : am.false;
  const compiled = patternTerm(regex, options.compile.unicode);
  return callRe(vm, 'grun', [subject, compiled, tuple(list, needsClean, pattern)]);
}

/** `isFirst`: false if the subject has been seen before, and so found to be UTF-8. */
function runWith(vm: Machine, subject: Term, pattern: Term, list: Term, isFirst: boolean): LongWork | Term {
  const options = optionsOf(list);
  let regex: Regex | Term;
  try {
    regex = regexToRun(vm, subject, pattern, list, options);
  } catch (error) {
    if (!(error instanceof RegexFault)) throw error;
    if (!options.report_errors) throw badarg();
    return faultTerm(error, am.compile);
  }
  if (typeof regex === 'number') return regex;
  if (options.inconsistent) throw new ErlangError('error', am.internal_error);
  return match(vm, subject, regex, options, isFirst);
}

function requestOf(subject: Uint8Array, { parsed }: Regex, options: ReOptions, checkUtf8: boolean): MatchRequest {
  const own = parsed.options;
  return {
    subject,
    offset: options.offset,
    unicode: own.unicode,
    checkUtf8,
    newline: options.newline ?? own.newline ?? 'lf',
    bsr: options.compile.bsr ?? own.bsr ?? 'unicode',
    anchored: own.anchored || options.compile.anchored,
    firstline: own.firstline,
    optimize: !own.no_start_optimize,
    notBol: options.notbol,
    notEol: options.noteol,
    notEmpty: options.notempty,
    notEmptyAtStart: options.notempty_atstart,
    mentionsNewline: parsed.mentionsNewline,
    matchLimit: Math.min(options.matchLimit ?? MATCH_LIMIT, parsed.matchLimit ?? MATCH_LIMIT),
    recursionLimit: Math.min(options.recursionLimit ?? MATCH_LIMIT, parsed.recursionLimit ?? MATCH_LIMIT),
  };
}

function match(vm: Machine, subject: Term, regex: Regex, options: ReOptions, isFirst: boolean): LongWork | Term {
  const spec = captureSpec(options.capture, regex.parsed);
  if (spec === undefined) throw badarg();
  const bytes = isBinary(subject) ? binaryBytes(subject) : iodataArgument(subject);
  if (options.offset > bytes.length) throw new ErlangError('error', am.internal_error);
  const search = new Search(regex.program, requestOf(bytes, regex, options, isFirst));
  const run: Run = { search, spec, reportsErrors: options.report_errors };
  return look(vm, subject, run) ?? lookOn(vm, subject, run);
}

/** A match that is being looked for. */
interface Run {
  readonly search: Search;
  readonly spec: CaptureSpec;
  readonly reportsErrors: boolean;
}

/** Steps in one go as erts_debug:set_internal_state/2 has limited them for test suites. */
function loopLimit(vm: Machine): number {
  const limit = vm.loopLimits.get('re_loop_limit') ?? NATIVE_LOOP_LIMIT;
  return limit < NATIVE_LOOP_LIMIT ? limit : Number.POSITIVE_INFINITY;
}

/** Looks for a match for a turn: what the run returns, or undefined when it has to be gone on with. */
function look(vm: Machine, subject: Term, { search, spec, reportsErrors }: Run): Term | undefined {
  const fuel = Math.min(Math.max(1, load(REDUCTIONS)) * STEPS_PER_REDUCTION, loopLimit(vm));
  const result = search.run(fuel);
  if (result === 'yield') return undefined;
  bumpReductions((fuel - search.fuel) / STEPS_PER_REDUCTION);
  if (result === 'badUtf8') throw badarg();
  if (result === 'match') return matchTerm(subject, search, spec);
  if (result === 'nomatch' || !reportsErrors) return am.nomatch;
  return tuple(am.error, result === 'matchLimit' ? am.match_limit : am.match_limit_recursion);
}

/** The turns after the first one. */
function* lookOn(vm: Machine, subject: Term, run: Run): LongWork {
  for (;;) {
    run.search.keepSubject();
    yield Number.POSITIVE_INFINITY;
    const found = look(vm, subject, run);
    if (found !== undefined) return found;
  }
}

function matchTerm(subject: Term, search: Search, spec: CaptureSpec): Term {
  const binary = isBinary(subject) ? subject : undefined;
  const group = (index: number) => search.group(index);
  return capturedTerm({ subject: search.subject, binary, group, highestGroup: search.highestGroup }, spec);
}

/** re:run/2,3 and internal_run/4: arguments that are missing are NIL and true. */
function run(vm: Machine, name: string, args: readonly Term[]): Term {
  const [subject, pattern, list = NIL, isFirst = am.true] = args as [Term, Term, Term?, Term?];
  return inParts(vm, { module: 're', name }, args, () => {
    if (isFirst !== am.true && isFirst !== am.false) throw badarg();
    return runWith(vm, subject, pattern, list, isFirst === am.true);
  });
}

export const reBifs: BifTable = {
  module: 're',
  rows: [
    { name: 'version', arity: 0, fn: () => makeBinary(new TextEncoder().encode(VERSION)) },
    { name: 'compile', arity: 1, fn: (vm: Machine, pattern: Term) => compileWith(vm, pattern, NIL) },
    { name: 'compile', arity: 2, fn: compileWith },
    { name: 'inspect', arity: 2, fn: inspect },
    { name: 'run', arity: 2, fn: (vm: Machine, ...args: Term[]) => run(vm, 'run', args) },
    { name: 'run', arity: 3, fn: (vm: Machine, ...args: Term[]) => run(vm, 'run', args) },
    { name: 'internal_run', arity: 4, fn: (vm: Machine, ...args: Term[]) => run(vm, 'internal_run', args) },
  ],
};
