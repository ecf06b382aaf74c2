/** Match specifications, compiled: `[{Pattern, Guards, Body}]` (db_match_compile and db_prog_match in OTP's erl_db_util.c). */
import { type Fragment, freeFragment } from '../memory/fragment.ts';
import { HEND, HTOP, OFF_HEAP } from '../memory/map.ts';
import { load, store } from '../memory/memory.ts';
import type { MagicHandle } from '../memory/off-heap.ts';
import type { Machine } from '../process/machine.ts';
import { am } from '../term/atoms.ts';
import { badarg, ErlangError, systemLimit } from '../term/erlang-error.ts';
import { NIL, NON_VALUE, type Term } from '../term/layout.ts';
import { head, isCons, isTuple, tail, tupleArity, tupleElement } from '../term/term.ts';
import { type Expression, ExpressionCompiler, type GuardFunctions, type Subject } from './match-expression.ts';
import { type Complain, compilePattern, type Matcher, type Slots } from './match-pattern.ts';
import { NO_ROW, type Row, rowObject } from './row.ts';

/** One clause as it is written. */
export interface ClauseSource {
  readonly pattern: Term;
  readonly guards: Term;
  readonly body: Term;
}

interface Clause {
  readonly matches: Matcher;
  readonly guards: readonly Expression[];
  readonly result: Expression;
}

/** For what is compiled to be run: the first fault is raised. */
export const fail: Complain = (_message, reason) => {
  throw reason === 'system_limit' ? systemLimit() : badarg();
};

/** The clauses of a match specification, none for []. Complains where it has no such shape. */
export function clauseSources(specification: Term, complain: Complain): ClauseSource[] {
  const sources: ClauseSource[] = [];
  let rest = specification;
  for (; isCons(rest); rest = tail(rest)) {
    const clause = head(rest);
    if (!isTuple(clause) || tupleArity(clause) !== 3) {
      complain('Match program part is not a tuple of arity 3.');
      return [];
    }
    const [pattern, guards, body] = [1, 2, 3].map((i) => tupleElement(clause, i)) as [Term, Term, Term];
    sources.push({ pattern, guards, body });
  }
  if (rest !== NIL) complain('Match programs are not in a proper list.');
  return sources;
}

export function compileAll(list: Term, compile: (t: Term) => Expression, complain: Complain): Expression[] {
  if (list !== NIL && !isCons(list)) complain('Match expression is not a list.');
  const expressions: Expression[] = [];
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) expressions.push(compile(head(rest)));
  if (expressions.length > 0 && rest !== NIL) complain('Match expression is not a proper list.');
  return expressions;
}

function compileClause({ pattern, guards, body }: ClauseSource, functions: GuardFunctions, complain: Complain): Clause {
  const slots: Slots = new Map();
  const matches = compilePattern(pattern, slots, complain);
  const inGuard = new ExpressionCompiler(slots, functions, complain, false);
  const inBody = new ExpressionCompiler(slots, functions, complain, true);
  const tests = compileAll(guards, (t) => inGuard.compile(t), complain);
  if (!isCons(body)) complain('Body clause does not return anything.');
  // No expression has effects, so only the last one of the body needs to be run.
  const results = compileAll(isCons(body) ? body : NIL, (t) => inBody.compileResult(t), complain);
  return { matches, guards: tests, result: results.at(-1) ?? (() => NIL) };
}

export class MatchProgram {
  readonly sources: readonly ClauseSource[];
  private readonly clauses: readonly Clause[];
  private readonly subject: Subject;

  /**
   * Compiles a match specification, which must stay where it is as long as the program is used. Raises badarg if it is none, system_limit
   * if it is nested too deep.
   */
  constructor(vm: Machine, specification: Term, functions: GuardFunctions) {
    this.sources = clauseSources(specification, fail);
    this.clauses = this.sources.map((source) => compileClause(source, functions, fail));
    this.subject = { vm, object: NIL, row: NO_ROW, bindings: [] };
  }

  /** What the first clause that matches a row gives, on the running process's heap; NON_VALUE if none does. */
  runRow(row: Row): Term {
    this.subject.row = row;
    return this.run(rowObject(row));
  }

  /** The same for an object on a heap. */
  runTerm(object: Term): Term {
    this.subject.row = NO_ROW;
    return this.run(object);
  }

  private run(object: Term): Term {
    const { subject, clauses } = this;
    subject.object = object;
    for (let i = 0; i < clauses.length; i++) {
      const { matches, guards, result } = clauses[i] as Clause;
      if (matches(object, subject.bindings) && (guards.length === 0 || holdAll(guards, subject)))
        return result(subject);
    }
    return NON_VALUE;
  }
}

export function holdAll(guards: readonly Expression[], subject: Subject): boolean {
  return withoutGarbage(() => {
    try {
      return guards.every((guard) => guard(subject) === am.true);
    } catch (error) {
      if (error instanceof ErlangError) return false;
      throw error;
    }
  });
}

/** Runs what leaves nothing on the heap that is used afterwards, and gives back what it has allocated, where that is easy. */
export function withoutGarbage<T>(work: () => T): T {
  const [top, end, offHeap] = [load(HTOP), load(HEND), load(OFF_HEAP)];
  const result = work();
  if (load(HEND) === end && load(OFF_HEAP) === offHeap) store(HTOP, top);
  return result;
}

/** Characters of a fault that are told (DMC_ERR_STR_LEN in OTP). */
export const FAULT_LENGTH = 99;

/** What is wrong with a match specification; undefined if nothing is. Only the first clause with faults is looked at. */
export function faultsOf(specification: Term, functions: GuardFunctions): string[] | undefined {
  if (!isCons(specification)) return ['Match programs are not in a list.'];
  const faults: string[] = [];
  const complain: Complain = (message) => faults.push(message.slice(0, FAULT_LENGTH));
  for (const source of clauseSources(specification, complain)) {
    if (faults.length === 0) compileClause(source, functions, complain);
  }
  return faults.length === 0 ? undefined : faults;
}

/** A compiled match specification that programs hold a reference to: it owns a copy of what it was compiled from. */
export class CompiledMatchSpec implements MagicHandle {
  readonly program: MatchProgram;
  private readonly fragment: Fragment;

  /** Takes over the fragment, also when it raises. */
  constructor(vm: Machine, fragment: Fragment, functions: GuardFunctions) {
    this.fragment = fragment;
    try {
      this.program = new MatchProgram(vm, fragment.term, functions);
    } catch (error) {
      freeFragment(fragment);
      throw error;
    }
  }

  onDrop(): void {
    freeFragment(this.fragment);
  }
}
