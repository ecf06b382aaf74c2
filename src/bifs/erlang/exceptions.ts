/** BIFs of module erlang that raise, and apply. */
import type { Machine } from '../../process/machine.ts';
import { applyFun, applyFunction } from '../../runtime/apply.ts';
import { raiseClass, raiseErrorWith, raiseWithStack } from '../../runtime/exceptions.ts';
import { am } from '../../term/atoms.ts';
import { ErlangError } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import type { BifTable } from '../registry.ts';

function error(vm: Machine, reason: Term): Term {
  return raiseClass(vm, am.error, reason);
}

function nifError(_vm: Machine, reason: Term): Term {
  throw new ErlangError('error', reason);
}

function errorWithArgs(vm: Machine, reason: Term, args: Term): Term {
  return raiseErrorWith(vm, reason, args, NIL);
}

function exit(vm: Machine, reason: Term): Term {
  return raiseClass(vm, am.exit, reason);
}

function throwTerm(vm: Machine, value: Term): Term {
  return raiseClass(vm, am.throw, value);
}

export const erlangExceptionBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'error', arity: 1, fn: error },
    { name: 'error', arity: 2, fn: errorWithArgs },
    { name: 'error', arity: 3, fn: raiseErrorWith },
    { name: 'exit', arity: 1, fn: exit },
    { name: 'throw', arity: 1, fn: throwTerm },
    { name: 'raise', arity: 3, fn: raiseWithStack },
    { name: 'nif_error', arity: 1, fn: nifError },
    { name: 'nif_error', arity: 2, fn: nifError },
    { name: 'apply', arity: 2, fn: applyFun },
    { name: 'apply', arity: 3, fn: applyFunction },
  ],
};
