/**
 * BIFs as generated code calls them: numbers in, a term or 0 out. Where a BIF throws an ErlangError, the exception is recorded
 * (`bif`) or only 0 given (`guard`); where it throws CallAgain, the process calls it again after the others' turns. Anything else that is
 * thrown is a fault of the virtual machine and goes on up.
 */
import type { BifRow } from '../bifs/registry.ts';
import type { Machine } from '../process/machine.ts';
import { ErlangError } from '../term/erlang-error.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';

export type BoundBif = (...args: Term[]) => Term;
type Implementation = (...args: unknown[]) => Term;

/** Thrown by a BIF that cannot do anything yet, and has done nothing. */
export class CallAgain {}

/** Records the exception of a BIF on the running process, or that it is to be called again; gives 0. */
export type RecordError = (args: readonly Term[], error: ErlangError | CallAgain) => Term;

function caught(error: unknown, args: readonly Term[], record: RecordError): Term {
  if (error instanceof ErlangError || error instanceof CallAgain) return record(args, error);
  throw error;
}

const silent: RecordError = () => NON_VALUE;

/** One closure for each small arity: V8 inlines the BIF into it, and no array of arguments is made unless something is thrown. */
function bind(row: BifRow, first: readonly Machine[], record: RecordError): BoundBif {
  const implementation = row.fn as unknown as Implementation;
  const [vm] = first;
  if (vm === undefined) return bindPure(row, implementation, record);
  switch (row.arity) {
    case 1:
      return (a) => {
        try {
          return implementation(vm, a);
        } catch (error) {
          return caught(error, [a as Term], record);
        }
      };
    case 2:
      return (a, b) => {
        try {
          return implementation(vm, a, b);
        } catch (error) {
          return caught(error, [a as Term, b as Term], record);
        }
      };
    case 3:
      return (a, b, c) => {
        try {
          return implementation(vm, a, b, c);
        } catch (error) {
          return caught(error, [a as Term, b as Term, c as Term], record);
        }
      };
    case 4:
      return (a, b, c, d) => {
        try {
          return implementation(vm, a, b, c, d);
        } catch (error) {
          return caught(error, [a as Term, b as Term, c as Term, d as Term], record);
        }
      };
    default:
      return bindAny((args) => implementation(vm, ...args), record);
  }
}

function bindPure(row: BifRow, implementation: Implementation, record: RecordError): BoundBif {
  switch (row.arity) {
    case 1:
      return (a) => {
        try {
          return implementation(a);
        } catch (error) {
          return caught(error, [a as Term], record);
        }
      };
    case 2:
      return (a, b) => {
        try {
          return implementation(a, b);
        } catch (error) {
          return caught(error, [a as Term, b as Term], record);
        }
      };
    case 3:
      return (a, b, c) => {
        try {
          return implementation(a, b, c);
        } catch (error) {
          return caught(error, [a as Term, b as Term, c as Term], record);
        }
      };
    default:
      return bindAny((args) => implementation(...args), record);
  }
}

function bindAny(call: (args: readonly Term[]) => Term, record: RecordError): BoundBif {
  return (...args) => {
    try {
      return call(args);
    } catch (error) {
      return caught(error, args, record);
    }
  };
}

/** Whether somebody is to be told of calls of a BIF: for a breakpoint or for another reason. */
export interface BifCell {
  isTraced: boolean;
  hasBreakpoint: boolean;
}

/** The BIF, or `traced` while its calls are traced. */
export function traceable(
  bif: BoundBif,
  arity: number,
  cell: BifCell,
  traced: (args: readonly Term[]) => Term,
): BoundBif {
  switch (arity) {
    case 0:
      return () => (cell.isTraced ? traced([]) : bif());
    case 1:
      return (a) => (cell.isTraced ? traced([a as Term]) : bif(a as Term));
    case 2:
      return (a, b) => (cell.isTraced ? traced([a as Term, b as Term]) : bif(a as Term, b as Term));
    case 3:
      return (a, b, c) =>
        cell.isTraced ? traced([a as Term, b as Term, c as Term]) : bif(a as Term, b as Term, c as Term);
    case 4:
      return (a, b, c, d) =>
        cell.isTraced
          ? traced([a as Term, b as Term, c as Term, d as Term])
          : bif(a as Term, b as Term, c as Term, d as Term);
    default:
      return (...args) => (cell.isTraced ? traced(args) : bif(...args));
  }
}

/** For calls in a body: an exception is recorded by `record`. */
export function bindBif(vm: Machine, row: BifRow, pure: boolean, record: RecordError): BoundBif {
  return bind(row, pure ? [] : [vm], record);
}

/** For guards: failure is silent. */
export function bindGuard(vm: Machine, row: BifRow, pure: boolean): BoundBif {
  return bind(row, pure ? [] : [vm], silent);
}
