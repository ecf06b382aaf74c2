/** What guards and bodies of match specifications may call (guard_tab in OTP's erl_db_util.c): guard BIFs. */
import type { GuardFunction, GuardFunctions } from '../../ets/match-expression.ts';
import type { Machine } from '../../process/machine.ts';
import type { Term } from '../../term/layout.ts';
import { erlangArithBifs } from '../erlang/arith.ts';
import { erlangBinaryBifs } from '../erlang/binaries.ts';
import { erlangListTupleBifs } from '../erlang/lists-tuples.ts';
import { erlangProcessBifs } from '../erlang/processes.ts';
import { erlangTypeTestBifs } from '../erlang/type-tests.ts';
import type { BifTable } from '../registry.ts';

/** Guard BIFs that match specifications do not have, or have in another way. */
const LEFT_OUT = new Set(['and/2', 'or/2', 'self/0', 'is_record/2', 'is_integer/3']);

function withMachine(table: BifTable, fn: (...args: never[]) => Term): GuardFunction {
  if (table.pure !== true) return fn as unknown as GuardFunction;
  const pure = fn as unknown as (a?: Term, b?: Term, c?: Term) => Term;
  return (_vm: Machine, a?: Term, b?: Term, c?: Term) => pure(a, b, c);
}

function collect(tables: readonly BifTable[]): GuardFunctions {
  const functions = new Map<string, GuardFunction>();
  for (const table of tables) {
    for (const { name, arity, fn, guard } of table.rows) {
      const key = `${name}/${arity}`;
      if (guard === true && !LEFT_OUT.has(key)) functions.set(key, withMachine(table, fn));
    }
  }
  return functions;
}

export const guardFunctions: GuardFunctions = collect([
  erlangArithBifs,
  erlangBinaryBifs,
  erlangListTupleBifs,
  erlangTypeTestBifs,
  erlangProcessBifs,
]);
