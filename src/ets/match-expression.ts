/** Guards and bodies of match specifications, compiled to closures (dmc_expr and what it calls in OTP's erl_db_util.c). */
import type { Machine } from '../process/machine.ts';
import { am, atomName } from '../term/atoms.ts';
import { cons, listOf, tupleOf } from '../term/build.ts';
import { copyIn } from '../term/copy.ts';
import { badarg, ErlangError } from '../term/erlang-error.ts';
import { NIL, type Term } from '../term/layout.ts';
import { forEachPair } from '../term/map.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { display } from '../term/print.ts';
import { head, isAtom, isCons, isImmediate, isMap, isTuple, tail, tupleArity, tupleElement } from '../term/term.ts';
import { type Complain, excessiveNesting, MAX_DEPTH, type Slots } from './match-pattern.ts';
import { isVariable, variableNumber } from './match-variables.ts';
import { copyRow, NO_ROW, type Row } from './row.ts';

/** What a match specification looks at while it runs. */
export interface Subject {
  vm: Machine;
  object: Term;
  /** The row that the object lies in; NO_ROW for objects elsewhere. */
  row: Row;
  readonly bindings: Term[];
}

export type Expression = (subject: Subject) => Term;

/** A function that guards and bodies may call; raises by throwing an ErlangError. */
export type GuardFunction = (vm: Machine, ...args: Term[]) => Term;
/** By `name/arity`. */
export type GuardFunctions = ReadonlyMap<string, GuardFunction>;

/**
 * Forms beyond those of all match specifications. Gives undefined for a name that is none of them; complains like the compiler where one is
 * used wrongly. `compile` is for arguments, `whole` for one whose value is to lie on the running process's heap.
 */
export type FormCompiler = (
  name: string,
  form: Term,
  inBody: boolean,
  compile: (t: Term) => Expression,
  whole: (t: Term) => Expression,
) => Expression | undefined;

/** An expression; with `value` where it is known already and lies as it is in the match specification. */
interface Part {
  readonly run: Expression;
  readonly value?: Term;
}

/** Forms that only match specifications for tracing have. */
const TRACE_FORMS = new Set([
  'caller',
  'caller_line',
  'current_stacktrace',
  'disable_trace',
  'display',
  'enable_trace',
  'exception_trace',
  'get_seq_token',
  'is_seq_trace',
  'message',
  'process_dump',
  'return_trace',
  'set_seq_token',
  'silent',
  'trace',
]);
const TRACE_FUNCTIONS = new Set(['get_tcw/0', 'set_tcw/1']);

export class ExpressionCompiler {
  private readonly slots: Slots;
  private readonly functions: GuardFunctions;
  private readonly complain: Complain;
  /** In guards a call that fails ends the clause; in bodies its value is the atom EXIT. */
  private readonly inBody: boolean;
  private readonly forms: FormCompiler | undefined;

  constructor(slots: Slots, functions: GuardFunctions, complain: Complain, inBody: boolean, forms?: FormCompiler) {
    this.slots = slots;
    this.functions = functions;
    this.complain = complain;
    this.inBody = inBody;
    this.forms = forms;
  }

  /** An expression whose value may point into the row and into the match specification. Raises system_limit. */
  compile(t: Term): Expression {
    return this.part(t, false, 0).run;
  }

  /** An expression whose value lies on the running process's heap. Raises system_limit. */
  compileResult(t: Term): Expression {
    return this.part(t, true, 0).run;
  }

  private constant(value: Term, copies: boolean): Part {
    return copies && !isImmediate(value) ? { run: () => copyIn(value), value } : { run: () => value, value };
  }

  private wrong(message: string): Part {
    this.complain(message);
    return { run: () => NIL };
  }

  private part(t: Term, copies: boolean, depth: number): Part {
    if (depth > MAX_DEPTH) {
      this.complain(excessiveNesting(t), 'system_limit');
      return { run: () => NIL };
    }
    if (isCons(t)) return this.list(t, copies, depth);
    if (isMap(t)) return this.map(t, copies, depth);
    if (isTuple(t)) return this.tupleOrCall(t, copies, depth);
    if (isVariable(t)) return this.variable(t, copies);
    if (t === am.$_) return copies ? { run: copyWhole } : { run: (subject) => subject.object };
    if (t === am.$$) return this.allBindings(copies);
    return this.constant(t, copies);
  }

  private variable(t: Term, copies: boolean): Part {
    const number = variableNumber(t);
    const slot = this.slots.get(number);
    if (slot === undefined) return this.wrong(`Variable $${number} is unbound.`);
    return copies
      ? { run: ({ bindings }) => copyIn(bindings[slot] as Term) }
      : { run: ({ bindings }) => bindings[slot] as Term };
  }

  private allBindings(copies: boolean): Part {
    const slots = [...this.slots].sort(([a], [b]) => a - b).map(([, slot]) => slot);
    return {
      run: ({ bindings }) => {
        let list = NIL;
        for (let i = slots.length - 1; i >= 0; i--) {
          const value = bindings[slots[i] as number] as Term;
          list = cons(copies ? copyIn(value) : value, list);
        }
        return list;
      },
    };
  }

  /** Parts of a tuple or of a call are compiled from the last to the first: so OTP orders its complaints. */
  private partsFromLast(sources: readonly Term[], copies: boolean, depth: number): Part[] {
    return sources
      .toReversed()
      .map((source) => this.part(source, copies, depth + 1))
      .reverse();
  }

  // ---- what is built -------------------------------------------------------------------------------------------------

  private list(t: Term, copies: boolean, depth: number): Part {
    const elements: Part[] = [];
    const sources: Term[] = [];
    let rest = t;
    for (; isCons(rest); rest = tail(rest)) {
      sources.push(head(rest));
      elements.push(this.part(head(rest), copies, depth + 1));
    }
    const last = this.part(rest, copies, depth + 1);
    if (allAsTheyAre([...elements, last], [...sources, rest])) return this.constant(t, copies);
    return { run: (subject) => listOf(runAll(elements, subject), last.run(subject)) };
  }

  private tuple(t: Term, copies: boolean, depth: number): Part {
    const sources = elementsOf(t);
    const elements = this.partsFromLast(sources, copies, depth);
    if (allAsTheyAre(elements, sources)) return this.constant(t, copies);
    return { run: (subject) => tupleOf(runAll(elements, subject)) };
  }

  private map(t: Term, copies: boolean, depth: number): Part {
    const keySources: Term[] = [];
    const valueSources: Term[] = [];
    forEachPair(t, (key, value) => {
      keySources.push(key);
      valueSources.push(value);
    });
    const values = this.partsFromLast(valueSources, copies, depth);
    const keys = this.partsFromLast(keySources, copies, depth);
    if (allAsTheyAre(keys, keySources) && allAsTheyAre(values, valueSources)) return this.constant(t, copies);
    return { run: (subject) => mapFromArrays(runAll(keys, subject), runAll(values, subject)) };
  }

  // ---- what is called ------------------------------------------------------------------------------------------------

  private tupleOrCall(t: Term, copies: boolean, depth: number): Part {
    const arity = tupleArity(t);
    const first = arity === 0 ? NIL : tupleElement(t, 1);
    if (arity === 1 && isTuple(first)) return this.tuple(first, copies, depth);
    if (!isAtom(first) || isVariable(first)) {
      return this.wrong(`${display(t)} is neither a function call, nor a tuple (tuples are written {{ ... }}).`);
    }
    if (first === am.const) {
      if (arity !== 2) {
        return this.wrong(`Special form 'const' called with more than one argument in ${display(t)}.`);
      }
      return this.constant(tupleElement(t, 2), copies);
    }
    const part = this.call(t, first, depth);
    const { run } = part;
    return copies ? { run: (subject) => copyIn(run(subject)) } : part;
  }

  private call(t: Term, name: Term, depth: number): Part {
    const text = atomName(name);
    const sources = elementsOf(t).slice(1);
    const args = (): Part[] => this.partsFromLast(sources, false, depth);
    const argsInOrder = (): Part[] => sources.map((source) => this.part(source, false, depth + 1));
    switch (text) {
      case 'and':
      case 'or':
      case 'andalso':
      case 'andthen':
      case 'orelse':
        if (tupleArity(t) < 2) {
          const form = text === 'andthen' ? 'andalso' : text;
          return this.wrong(`Special form '${form}' called without arguments in ${display(t)}.`);
        }
        return { run: this.caught(logic(text, text === 'and' || text === 'or' ? args() : argsInOrder())) };
      case 'self':
        if (tupleArity(t) > 1) return this.wrong(`Special form 'self' called with arguments in ${display(t)}.`);
        return { run: ({ vm }) => vm.current.pid };
      default:
        return this.otherCall(t, text, depth) ?? this.functionCall(`${text}/${tupleArity(t) - 1}`, name, args);
    }
  }

  /** A form that only some match specifications have. */
  private otherCall(t: Term, text: string, depth: number): Part | undefined {
    if (!TRACE_FORMS.has(text)) return undefined;
    const compile = (argument: Term): Expression => this.part(argument, false, depth + 1).run;
    const whole = (argument: Term): Expression => this.part(argument, true, depth + 1).run;
    const run = this.forms?.(text, t, this.inBody, compile, whole);
    return run === undefined ? this.wrong(`Special form '${text}' used in wrong dialect.`) : { run };
  }

  private functionCall(key: string, name: Term, args: () => Part[]): Part {
    const func = this.functions.get(key);
    if (func === undefined) {
      const trouble = TRACE_FUNCTIONS.has(key) ? 'cannot be called in this context' : 'does_not_exist';
      return this.wrong(`Function ${display(name)}/${key.slice(key.lastIndexOf('/') + 1)} ${trouble}.`);
    }
    return { run: this.caught(callOf(func, args())) };
  }

  private caught(run: Expression): Expression {
    if (!this.inBody) return run;
    return (subject) => {
      try {
        return run(subject);
      } catch (error) {
        if (error instanceof ErlangError) return am.EXIT;
        throw error;
      }
    };
  }
}

function copyWhole({ row, object }: Subject): Term {
  return row === NO_ROW ? copyIn(object) : copyRow(row);
}

function elementsOf(t: Term): Term[] {
  return Array.from({ length: tupleArity(t) }, (_, i) => tupleElement(t, i + 1));
}

/** Whether all parts are constants that are the same as in the source. */
function allAsTheyAre(parts: readonly Part[], sources: readonly Term[]): boolean {
  return parts.every(({ value }, i) => value === sources[i]);
}

function runAll(parts: readonly Part[], subject: Subject): Term[] {
  return parts.map(({ run }) => run(subject));
}

function callOf(func: GuardFunction, args: readonly Part[]): Expression {
  const [a, b, c] = args.map(({ run }) => run);
  if (a === undefined) return ({ vm }) => func(vm);
  if (b === undefined) return (subject) => func(subject.vm, a(subject));
  if (c === undefined) return (subject) => func(subject.vm, a(subject), b(subject));
  return (subject) => func(subject.vm, a(subject), b(subject), c(subject));
}

/** The logical operators, of one argument or more; all but the last of the short ones must be booleans. */
function logic(name: 'and' | 'or' | 'andalso' | 'andthen' | 'orelse', args: readonly Part[]): Expression {
  if (name === 'and' || name === 'or') {
    const decides = name === 'and' ? am.false : am.true;
    return (subject) => {
      const values = runAll(args, subject);
      if (!values.every((value) => value === am.true || value === am.false)) throw badarg();
      return values.includes(decides) === (name === 'or') ? am.true : am.false;
    };
  }
  const goesOn = name === 'orelse' ? am.false : am.true;
  const ends = name === 'orelse' ? am.true : am.false;
  const last = args.length - 1;
  return (subject) => {
    for (let i = 0; i < last; i++) {
      const value = (args[i] as Part).run(subject);
      if (value === ends) return ends;
      if (value !== goesOn) throw badarg();
    }
    return (args[last] as Part).run(subject);
  };
}
