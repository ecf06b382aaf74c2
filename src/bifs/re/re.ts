/** Module re, the part that is C in OTP (erl_bif_re.c). */

import type { Machine } from '../../process/machine.ts';
import { Matcher, MatchLimit, type MatchRequest } from '../../regex/matcher.ts';
import { RegexFault } from '../../regex/syntax.ts';
import { isContinuation, isUtf8 } from '../../regex/utf8-points.ts';
import { applyFunction } from '../../runtime/apply.ts';
import { bumpReductions } from '../../runtime/bump-reductions.ts';
import { iodataArgument } from '../../runtime/iodata.ts';
import { characterList } from '../../runtime/native-names.ts';
import { am, atom } from '../../term/atoms.ts';
import { isBinary, makeBinary } from '../../term/bits.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isBitstring, isList, makeSmall } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { capturedTerm, captureSpec } from './captures.ts';
import { type ReOptions, reOptions } from './options.ts';
import { isPatternTuple, patternTerm, type Regex, regexOf, regexOfTerm } from './patterns.ts';

/** What OTP 27 says of its PCRE. */
const VERSION = '8.45 2021-06-15';
/** MATCH_LIMIT of PCRE: steps back. */
const MATCH_LIMIT = 10_000_000;
const STEPS_PER_REDUCTION = 50;

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

// ---- compile ---------------------------------------------------------------------------------------------------------

function compileWith(vm: Machine, pattern: Term, list: Term): Term {
  const options = optionsOf(list);
  if (options.runOnly) throw badarg(am.badopt);
  if (options.compile.unicode && !isBitstring(pattern)) return callRe(vm, 'ucompile', [pattern, list]);
  const bytes = iodataArgument(pattern);
  try {
    return tuple(am.ok, patternTerm(regexOf(bytes, options.compile), bytes, options.compile));
  } catch (error) {
    if (error instanceof RegexFault) return faultTerm(error);
    throw error;
  }
}

function inspect(_vm: Machine, pattern: Term, item: Term): Term {
  const regex = regexOfTerm(pattern);
  if (regex === undefined || item !== am.namelist) throw badarg();
  const names = regex.parsed.names.map(({ name }) => makeBinary(new TextEncoder().encode(name)));
  return tuple(am.namelist, listOf(names));
}

// ---- run -------------------------------------------------------------------------------------------------------------

/** The pattern of a run; a term: what the run returns instead. */
function regexToRun(vm: Machine, subject: Term, pattern: Term, list: Term, options: ReOptions): Regex | Term {
  const wantsCharacters = options.capture?.type === am.list && !options.global;
  if (isPatternTuple(pattern)) {
    const regex = regexOfTerm(pattern);
    if (options.compileOnly || regex === undefined) throw badarg();
    if (regex.parsed.options.unicode && (!isBitstring(subject) || wantsCharacters)) {
      return callRe(vm, 'urun', [subject, pattern, list]);
    }
    return options.global ? callRe(vm, 'grun', [subject, pattern, tuple(list, am.false)]) : regex;
  }
  if (!isBitstring(pattern) && !isList(pattern)) throw badarg();
  if (options.compile.unicode && (!isBitstring(pattern) || !isBitstring(subject) || wantsCharacters)) {
    return callRe(vm, 'urun', [subject, pattern, list]);
  }
  const bytes = iodataArgument(pattern);
  const regex = regexOf(bytes, options.compile);
  if (!options.global) return regex;
  const needsClean = options.compileOnly ? am.true : am.false;
  const compiled = patternTerm(regex, bytes, options.compile);
  return callRe(vm, 'grun', [subject, compiled, tuple(list, needsClean, pattern)]);
}

function runWith(vm: Machine, subject: Term, pattern: Term, list: Term): Term {
  const options = optionsOf(list);
  let regex: Regex | Term;
  try {
    regex = regexToRun(vm, subject, pattern, list, options);
  } catch (error) {
    if (!(error instanceof RegexFault)) throw error;
    if (!options.report_errors) throw badarg();
    return faultTerm(error, am.compile);
  }
  return typeof regex === 'number' ? regex : match(subject, regex, options);
}

function requestOf(subject: Uint8Array, { parsed }: Regex, options: ReOptions): MatchRequest {
  const newline = options.newline ?? parsed.options.newline;
  return {
    subject,
    offset: options.offset,
    options: { ...parsed.options, newline },
    anchored: parsed.options.anchored || options.compile.anchored,
    notBol: options.notbol,
    notEol: options.noteol,
    notEmpty: options.notempty,
    notEmptyAtStart: options.notempty_atstart,
    limit: options.matchLimit ?? MATCH_LIMIT,
  };
}

function match(subject: Term, regex: Regex, options: ReOptions): Term {
  const spec = captureSpec(options.capture, regex.parsed);
  if (spec === undefined) throw badarg();
  const bytes = iodataArgument(subject);
  const { unicode } = regex.parsed.options;
  if (unicode && !isUtf8(bytes)) throw badarg();
  const { offset } = options;
  if (offset > bytes.length) return am.nomatch;
  if (unicode && isContinuation(bytes[offset] ?? 0)) throw badarg();
  const matcher = new Matcher(regex.program, requestOf(bytes, regex, options));
  try {
    if (!matcher.search()) return am.nomatch;
  } catch (error) {
    if (!(error instanceof MatchLimit)) throw error;
    return options.report_errors ? tuple(am.error, am.match_limit) : am.nomatch;
  } finally {
    bumpReductions(matcher.steps / STEPS_PER_REDUCTION);
  }
  const { registers } = matcher;
  const { groupCount } = regex.program;
  const binary = isBinary(subject) ? subject : undefined;
  return capturedTerm({ subject: bytes, binary, registers, groupCount }, spec);
}

export const reBifs: BifTable = {
  module: 're',
  rows: [
    { name: 'version', arity: 0, fn: () => makeBinary(new TextEncoder().encode(VERSION)) },
    { name: 'compile', arity: 1, fn: (vm: Machine, pattern: Term) => compileWith(vm, pattern, NIL) },
    { name: 'compile', arity: 2, fn: compileWith },
    { name: 'inspect', arity: 2, fn: inspect },
    { name: 'run', arity: 2, fn: (vm: Machine, subject: Term, pattern: Term) => runWith(vm, subject, pattern, NIL) },
    { name: 'run', arity: 3, fn: runWith },
    {
      name: 'internal_run',
      arity: 4,
      fn: (vm: Machine, subject: Term, pattern: Term, list: Term, _isFirst: Term) =>
        runWith(vm, subject, pattern, list),
    },
  ],
};
