/** ets: compiled match specifications; erlang:match_spec_test/3. */
import { CompiledMatchSpec, faultsOf, MatchProgram } from '../../ets/match-program.ts';
import { magicHandle } from '../../memory/binary.ts';
import { freeFragment } from '../../memory/fragment.ts';
import { REDUCTIONS } from '../../memory/map.ts';
import { load } from '../../memory/memory.ts';
import type { Machine } from '../../process/machine.ts';
import { bumpReductions } from '../../runtime/bump-reductions.ts';
import { callLater } from '../../runtime/trap.ts';
import { am, atom } from '../../term/atoms.ts';
import { cons, listOf, tuple } from '../../term/build.ts';
import { copyIn, copyOut } from '../../term/copy.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, NON_VALUE, type Term } from '../../term/layout.ts';
import { head, isCons, isList, isNil, makeSmall, tail } from '../../term/term.ts';
import { MatchSet, traceFaultsOf } from '../../trace/match-set.ts';
import { atomOf } from '../erlang/arguments.ts';
import type { BifTable } from '../registry.ts';
import { freshMagicRef } from './access.ts';
import { compiledOf } from './chunks.ts';
import { guardFunctions } from './guard-functions.ts';

/** Objects of a list that are looked at in one go even if there are not so many reductions left. */
const LEAST_OBJECTS = 100;

function compile(vm: Machine, specification: Term): Term {
  if (!isCons(specification)) throw badarg();
  return freshMagicRef(vm, new CompiledMatchSpec(vm, copyOut(specification, true), guardFunctions));
}

function isCompiled(_vm: Machine, t: Term): Term {
  return atomOf(magicHandle(t) instanceof CompiledMatchSpec);
}

/** What the specification gives for the objects of a list, in reverse order and in front of `results`. An object is a reduction. */
function run(vm: Machine, list: Term, reference: Term, results: Term): Term {
  if (!isList(list)) throw badarg();
  const { program } = compiledOf(reference);
  let all = results;
  let rest = list;
  const most = Math.max(load(REDUCTIONS), LEAST_OBJECTS);
  let count = 0;
  for (; isCons(rest) && count < most; rest = tail(rest), count++) {
    const result = program.runTerm(head(rest));
    if (result !== NON_VALUE) all = cons(result, all);
  }
  if (isCons(rest)) return callLater(vm, am.ets, atom('match_spec_run_r'), [rest, reference, all]);
  bumpReductions(count);
  if (!isNil(rest)) throw badarg();
  return all;
}

function text(string: string): Term {
  return listOf(Array.from(string, (character) => makeSmall(character.codePointAt(0) ?? 0)));
}

function faultsTerm(faults: readonly string[]): Term {
  return tuple(am.error, listOf(faults.map((fault) => tuple(am.error, text(fault)))));
}

/** match_spec_test(Object, Specification, table | trace): {ok, Result, Flags, []} or {error, Faults}. Raises badarg, system_limit. */
function test(vm: Machine, object: Term, specification: Term, kind: Term): Term {
  if (kind === am.trace) return testTrace(vm, object, specification);
  if (kind !== am.table) throw badarg();
  const faults = faultsOf(specification, guardFunctions);
  if (faults !== undefined) return faultsTerm(faults);
  const result = new MatchProgram(vm, specification, guardFunctions).runTerm(object);
  return tuple(am.ok, result === NON_VALUE ? am.false : result, NIL, NIL);
}

/** Nothing is changed, and there is no caller. */
function testTrace(vm: Machine, object: Term, specification: Term): Term {
  if (!isList(object)) throw badarg();
  const faults = traceFaultsOf(vm, specification, guardFunctions);
  if (faults !== undefined) return faultsTerm(faults);
  const args: Term[] = [];
  for (let rest = object; isCons(rest); rest = tail(rest)) args.push(head(rest));
  const set = new MatchSet(vm, copyOut(specification, true), guardFunctions, 'test');
  const { result, returnTrace, exceptionTrace } = set.run({ process: vm.current, args, stack: undefined });
  const flags = [...(returnTrace ? [am.return_trace] : []), ...(exceptionTrace ? [am.exception_trace] : [])];
  const answer = tuple(am.ok, copyIn(result), listOf(flags), NIL);
  freeFragment(set.source);
  return answer;
}

export const etsMatchSpecBifs: BifTable = {
  module: 'ets',
  rows: [
    { name: 'match_spec_compile', arity: 1, fn: compile },
    { name: 'is_compiled_ms', arity: 1, fn: isCompiled },
    { name: 'match_spec_run_r', arity: 3, fn: run },
  ],
};

export const erlangMatchSpecBifs: BifTable = {
  module: 'erlang',
  rows: [{ name: 'match_spec_test', arity: 3, fn: test }],
};
