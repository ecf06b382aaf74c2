/**
 * Terms as text. `display` writes what erlang:display/1 and the emulator's own messages (`%T`) write, `formatTerm` what
 * io_lib:format("~w") gives. Both run over an explicit stack, so terms may be nested to any depth.
 */
import { loadTerm, plus } from '../memory/memory.ts';
import { toBigInt } from './bignum.ts';
import { scientificText, shortText } from './float-text.ts';
import { collectLeaves } from './hash-nodes.ts';
import {
  type Addr,
  FLATMAP_KEYS,
  FLATMAP_VALUES,
  HEADER_EXPORT,
  HEADER_FLATMAP,
  HEADER_FLOAT,
  HEADER_FUN,
  HEADER_HASHMAP,
  HEADER_HEAP_BITS,
  HEADER_NEG_BIG,
  HEADER_POS_BIG,
  HEADER_RECORD,
  HEADER_SUB_BITS,
  HEADER_TUPLE,
  NIL,
  type Term,
  TUPLE_ELEMENTS,
} from './layout.ts';
import {
  fieldCount,
  fieldName,
  fieldsByIndex,
  recordDefinition,
  recordModule,
  recordName,
  recordValue,
} from './native-record.ts';
import { displayAtom, exportText, funText, identifierText, quotedAtomText, textBytes } from './print-atoms.ts';
import { displayBits, formatBits } from './print-bits.ts';
import {
  addressOf,
  fieldTerm,
  floatValue,
  head,
  headerSize,
  headerType,
  isAtom,
  isBoxed,
  isCons,
  isExportFun,
  isSmall,
  smallValue,
  tail,
  tupleArity,
} from './term.ts';
import { decodeUtf8 } from './utf8.ts';

/** What is left to write, in units that only count as OTP counts them (`dcount` in erl_printf_term.c). */
export interface Budget {
  left: number;
}

interface Style {
  readonly arrow: string;
  readonly equals: string;
  /** The positions of a native record's fields as they are written. */
  readonly fields: (definition: Term) => number[];
  readonly atom: (t: Term, budget: Budget) => string;
  readonly float: (value: number) => string;
  readonly bits: (t: Term, budget: Budget) => string;
  /** The text of a list that is shown as a string; undefined for others. */
  readonly string: (list: Term, budget: Budget) => string | undefined;
  readonly fun: (t: Term, budget: Budget) => string;
}

/** The text of a byte string that is UTF-8. */
function textOf(byteText: string): string {
  const bytes = Uint8Array.from(byteText, (character) => character.charCodeAt(0));
  return decodeUtf8(bytes, 0, bytes.length) ?? byteText;
}

const displayStyle: Style = {
  arrow: '=>',
  equals: '=',
  fields: fieldsByIndex,
  atom: (t, budget) => {
    budget.left -= textBytes(t);
    return displayAtom(t);
  },
  float: (value) => scientificText(value, 6) as string,
  bits: displayBits,
  string: displayString,
  fun: (t, budget) => (isExportFun(t) ? exportText(t, budget) : funText(t)),
};

const formatStyle: Style = {
  arrow: ' => ',
  equals: ' = ',
  fields: (definition) => Array.from({ length: fieldCount(definition) }, (_, position) => position),
  atom: quotedAtomText,
  float: shortText,
  bits: formatBits,
  string: () => undefined,
  fun: (t, budget) => textOf(isExportFun(t) ? exportText(t, budget) : funText(t)),
};

/**
 * The bytes that erlang:display/1 prints (without its newline); after about `limit` parts they end in "... ". Names are in UTF-8, but
 * strings of Latin-1 characters are not: the whole need not be UTF-8.
 */
export function displayBytes(t: Term, limit = 2 ** 31 - 1): Uint8Array {
  const text = displayByteString(t, limit);
  const result = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) result[i] = text.charCodeAt(i);
  return result;
}

/** The same as text, for people: a character of Latin-1 strings stands for itself. */
export function display(t: Term, limit = 2 ** 31 - 1): string {
  const bytes = displayBytes(t, limit);
  return decodeUtf8(bytes, 0, bytes.length) ?? displayByteString(t, limit);
}

/** Each character is one byte. */
function displayByteString(t: Term, limit: number): string {
  const budget = { left: limit };
  const text = new Printer(displayStyle, budget).print(t);
  return budget.left <= 0 ? `${text}... ` : text;
}

/** io_lib:format("~w", [t]). */
export function formatTerm(t: Term): string {
  return new Printer(formatStyle, { left: Number.POSITIVE_INFINITY }).print(t);
}

/*
 * Entries of the stack: a string is written as it is; else a kind with its operands below it:
 *   OP_TERM   the term
 *   OP_CONS   a cons cell: its head, and what follows
 *   OP_ARRAY  address of the next term, how many there are
 */
const OP_TERM = 0;
const OP_CONS = 1;
const OP_ARRAY = 2;

class Printer {
  readonly #style: Style;
  readonly #budget: Budget;
  readonly #stack: (number | string)[] = [];
  #text = '';

  constructor(style: Style, budget: Budget) {
    this.#style = style;
    this.#budget = budget;
  }

  print(t: Term): string {
    this.#stack.push(t, OP_TERM);
    for (let top = this.#stack.pop(); top !== undefined; top = this.#stack.pop()) {
      if (typeof top === 'string') this.#text += top;
      else if (!this.#term(this.#next(top))) break;
    }
    return this.#text;
  }

  #pop(): number {
    return this.#stack.pop() as number;
  }

  /** The term that an entry wants written now; pushes what comes behind it. */
  #next(kind: number): Term {
    if (kind === OP_TERM) return this.#pop() as Term;
    if (kind === OP_CONS) return this.#cons(this.#pop() as Term);
    const count = this.#pop();
    const a = this.#pop() as Addr;
    if (count > 1) this.#stack.push(plus(a, 4), count - 1, OP_ARRAY, ',');
    return loadTerm(a);
  }

  #cons(cell: Term): Term {
    const rest = tail(cell);
    if (isCons(rest)) this.#stack.push(rest, OP_CONS, ',');
    else if (rest !== NIL) this.#stack.push(rest, OP_TERM, '|');
    return head(cell);
  }

  /** Writes a term or begins to; false when the budget is used up. */
  #term(t: Term): boolean {
    if (this.#budget.left-- <= 0) return false;
    if (isSmall(t)) this.#text += smallValue(t);
    else if (t === NIL) this.#text += '[]';
    else if (isAtom(t)) return this.#atom(t);
    else if (isCons(t)) return this.#list(t);
    else if (isBoxed(t)) return this.#boxed(t);
    else this.#text += identifierText(t);
    return true;
  }

  #atom(t: Term): boolean {
    this.#text += this.#style.atom(t, this.#budget);
    return this.#budget.left > 0;
  }

  #list(list: Term): boolean {
    const string = this.#style.string(list, this.#budget);
    if (string !== undefined) {
      this.#text += string;
      return this.#budget.left >= 0;
    }
    this.#text += '[';
    this.#stack.push(']');
    this.#stack.push(this.#cons(list), OP_TERM);
    return true;
  }

  #boxed(t: Term): boolean {
    switch (headerType(t)) {
      case HEADER_TUPLE:
        this.#text += '{';
        this.#stack.push('}');
        if (tupleArity(t) > 0) this.#stack.push(plus(addressOf(t), TUPLE_ELEMENTS), tupleArity(t), OP_ARRAY);
        return true;
      case HEADER_RECORD:
        return this.#record(t);
      case HEADER_FLOAT:
        this.#text += this.#style.float(floatValue(t));
        return true;
      case HEADER_POS_BIG:
      case HEADER_NEG_BIG:
        this.#text += toBigInt(t).toString();
        return true;
      case HEADER_HEAP_BITS:
      case HEADER_SUB_BITS:
        this.#text += this.#style.bits(t, this.#budget);
        return this.#budget.left >= 0;
      case HEADER_FLATMAP:
        this.#flatmap(t);
        return true;
      case HEADER_HASHMAP:
        this.#hashmap(t);
        return true;
      case HEADER_FUN:
      case HEADER_EXPORT:
        this.#text += this.#style.fun(t, this.#budget);
        return true;
      default:
        this.#text += identifierText(t);
        return true;
    }
  }

  #record(t: Term): boolean {
    const definition = recordDefinition(t);
    this.#text += '#';
    if (!this.#atom(recordModule(t))) return false;
    this.#text += ':';
    if (!this.#atom(recordName(t))) return false;
    this.#text += '{';
    this.#stack.push('}');
    this.#style
      .fields(definition)
      .reverse()
      .forEach((position, i) => {
        if (i > 0) this.#stack.push(',');
        this.#stack.push(recordValue(t, position), OP_TERM, this.#style.equals);
        this.#stack.push(fieldName(definition, position), OP_TERM);
      });
    return true;
  }

  #flatmap(map: Term): void {
    const keys = plus(addressOf(fieldTerm(map, FLATMAP_KEYS)), TUPLE_ELEMENTS);
    const values = plus(addressOf(map), FLATMAP_VALUES);
    this.#text += '#{';
    this.#stack.push('}');
    for (let i = headerSize(map) - 2; i >= 0; i--) {
      this.#pair(loadTerm(plus(keys, i * 4)), loadTerm(plus(values, i * 4)));
      if (i > 0) this.#stack.push(',');
    }
  }

  #pair(key: Term, value: Term): void {
    this.#stack.push(value, OP_TERM, this.#style.arrow, key, OP_TERM);
  }

  #hashmap(map: Term): void {
    const leaves = collectLeaves(map, []);
    this.#text += '#{';
    this.#stack.push('}');
    for (let i = leaves.length - 1; i >= 0; i--) {
      const leaf = leaves[i] as Term;
      this.#pair(head(leaf), tail(leaf));
      if (i > 0) this.#stack.push(',');
    }
  }
}

/** A non-empty proper list of printable Latin-1, tab, newline and return. */
function displayString(list: Term, budget: Budget): string | undefined {
  for (let rest = list; rest !== NIL; rest = tail(rest)) {
    if (!isCons(rest) || !isSmall(head(rest)) || !isPrintable(smallValue(head(rest)))) return undefined;
  }
  let text = '"';
  for (let rest = list; rest !== NIL; rest = tail(rest)) {
    if (budget.left-- <= 0) return text;
    const c = smallValue(head(rest));
    if (c === 0x0a) text += '\\n';
    else text += c === 0x22 ? '\\"' : String.fromCharCode(c);
  }
  return `${text}"`;
}

function isPrintable(c: number): boolean {
  if (c < 0x20) return c === 0x09 || c === 0x0a || c === 0x0d;
  return c < 0x7f || (c >= 0xa0 && c <= 0xff);
}
