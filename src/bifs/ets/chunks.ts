/**
 * ets: match, match_object and select in chunks, with continuations (db_select_chunk_hash and _tree, db_select_continue_hash and _tree).
 * A continuation is what it is in OTP, for ets:repair_continuation/2 to know it:
 *
 *   {Table, Bucket (-1: none left), Limit, Compiled, Found, length(Found)}      sets and bags
 *   {Table, LastKey, EndCondition, Limit, Compiled, [], 0 or 1 (reverse), 0}    ordered sets
 */
import { boundKeys, walkDown, walkUp } from '../../ets/candidates.ts';
import { HashTable } from '../../ets/hash-table.ts';
import { type KeyRange, keyRange } from '../../ets/key-order.ts';
import { CompiledMatchSpec } from '../../ets/match-program.ts';
import type { OrderedSet } from '../../ets/ordered-set.ts';
import { copyElement, NO_ROW, type Row } from '../../ets/row.ts';
import type { Table } from '../../ets/table.ts';
import { magicHandle } from '../../memory/binary.ts';
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { listOf, tuple } from '../../term/build.ts';
import { copyIn, copyOut } from '../../term/copy.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, NON_VALUE, type Term } from '../../term/layout.ts';
import {
  head,
  isAtom,
  isCons,
  isNil,
  isSmall,
  isTuple,
  makeSmall,
  smallValue,
  tail,
  tupleArity,
  tupleElement,
} from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { freshMagicRef, readableTable } from './access.ts';
import { guardFunctions } from './guard-functions.ts';
import { specificationOf } from './select.ts';

const NO_BUCKET = -1;
const HASH_ARITY = 6;
const TREE_ARITY = 8;

/** A search as it stands at the start of a chunk. */
interface Search {
  readonly vm: Machine;
  readonly table: Table;
  /** The table as the continuation names it. */
  readonly id: Term;
  readonly limit: number;
  readonly compiled: CompiledMatchSpec;
  /** The reference to `compiled`, once there is one. */
  readonly reference: Term | undefined;
}

function start(vm: Machine, id: Term, limit: Term, specification: () => Term, isReverse: boolean): Term {
  const table = readableTable(vm, id);
  if (!isSmall(limit) || smallValue(limit) <= 0) throw badarg();
  const compiled = new CompiledMatchSpec(vm, copyOut(specification(), true), guardFunctions);
  const search = { vm, table, id, limit: smallValue(limit), compiled, reference: undefined };
  const { continuation, found } =
    table.rows instanceof HashTable ? startHash(search, table.rows) : startTree(search, table.rows, isReverse);
  if (continuation === am.$end_of_table) {
    compiled.onDrop();
    if (found.length === 0) return am.$end_of_table;
  }
  return tuple(listOf(found), continuation);
}

function continueSearch(vm: Machine, continuation: Term): Term {
  if (continuation === am.$end_of_table) return continuation;
  if (!isTuple(continuation) || tupleArity(continuation) < 1) throw badarg();
  const table = readableTable(vm, tupleElement(continuation, 1));
  const chunk =
    table.rows instanceof HashTable
      ? continueHash(vm, table, table.rows, continuation)
      : continueTree(vm, table, table.rows, continuation);
  if (chunk.continuation === am.$end_of_table && chunk.found.length === 0) return am.$end_of_table;
  return tuple(listOf(chunk.found), chunk.continuation);
}

interface Chunk {
  readonly found: readonly Term[];
  readonly continuation: Term;
}

/** The handle of a reference to a compiled match specification. Raises badarg for other terms. */
export function compiledOf(t: Term): CompiledMatchSpec {
  const handle = magicHandle(t);
  if (!(handle instanceof CompiledMatchSpec)) throw badarg();
  return handle;
}

function referenceOf({ vm, compiled, reference }: Search): Term {
  return reference ?? freshMagicRef(vm, compiled);
}

// ---- sets and bags ---------------------------------------------------------------------------------------------------

function startHash(search: Search, rows: HashTable): Chunk {
  const { program } = search.compiled;
  const keys = boundKeys(program.sources, rows.keyPosition);
  const results: Term[] = [];
  if (keys === undefined) return hashChunk(search, rows, results, 0);
  for (const key of keys) for (const row of rows.rowsOf(key)) push(results, program.runRow(row));
  return hashChunk(search, rows, results, NO_BUCKET);
}

function push(results: Term[], result: Term): void {
  if (result !== NON_VALUE) results.push(result);
}

/** Goes on in `bucket` until there are enough results, whole buckets at a time; what is too much goes into the continuation. */
function hashChunk(search: Search, rows: HashTable, results: Term[], bucket: number): Chunk {
  const { compiled, limit, table, vm } = search;
  let at = bucket;
  while (at !== NO_BUCKET && results.length < limit) {
    rows.visitBucket(at, (row) => push(results, compiled.program.runRow(row)));
    at = at + 1 < rows.bucketCount ? at + 1 : NO_BUCKET;
  }
  const found = results.slice(0, limit).reverse();
  const rest = results.slice(limit).reverse();
  if (at === NO_BUCKET && rest.length === 0) return { found, continuation: am.$end_of_table };
  const id = isAtom(search.id) ? vm.ets.reference(vm, table) : search.id;
  const continuation = tuple(
    id,
    makeSmall(at),
    makeSmall(limit),
    referenceOf(search),
    listOf(rest),
    makeSmall(rest.length),
  );
  return { found, continuation };
}

function continueHash(vm: Machine, table: Table, rows: HashTable, continuation: Term): Chunk {
  if (tupleArity(continuation) !== HASH_ARITY) throw badarg();
  const [id, bucket, limit, reference, list, count] = elements(continuation) as [Term, Term, Term, Term, Term, Term];
  if (!isSmall(bucket) || !isSmall(limit) || !isSmall(count)) throw badarg();
  if (smallValue(limit) <= 0 || smallValue(count) < 0) throw badarg();
  const compiled = compiledOf(reference);
  const results: Term[] = [];
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) results.push(head(rest));
  if (!isNil(rest)) throw badarg();
  results.reverse();
  const at = Math.max(smallValue(bucket), NO_BUCKET);
  const search = { vm, table, id, limit: smallValue(limit), compiled, reference };
  if (results.length < search.limit && at >= rows.bucketCount) throw badarg();
  return hashChunk(search, rows, results, at);
}

function elements(t: Term): Term[] {
  return Array.from({ length: tupleArity(t) }, (_, i) => tupleElement(t, i + 1));
}

// ---- ordered sets ----------------------------------------------------------------------------------------------------

function startTree(search: Search, rows: OrderedSet, isReverse: boolean): Chunk {
  const range = keyRange(search.compiled.program.sources, rows.keyPosition);
  const end = range.kind === 'between' ? copyIn(isReverse ? range.least : range.most) : NIL;
  return treeChunk(search, rows, range, undefined, end, isReverse);
}

function treeChunk(
  search: Search,
  rows: OrderedSet,
  range: KeyRange,
  after: Term | undefined,
  end: Term,
  isReverse: boolean,
): Chunk {
  const { compiled, limit } = search;
  const found: Term[] = [];
  let last = NO_ROW;
  const visit = (row: Row): boolean => {
    last = row;
    push(found, compiled.program.runRow(row));
    return found.length < limit;
  };
  if (isReverse) walkDown(rows, range, after, visit);
  else walkUp(rows, range, after, visit);
  if (found.length < limit || range.kind === 'one') return { found, continuation: am.$end_of_table };
  const continuation = tuple(
    search.id,
    copyElement(last, rows.keyPosition),
    end,
    makeSmall(limit),
    referenceOf(search),
    NIL,
    makeSmall(isReverse ? 1 : 0),
    makeSmall(0),
  );
  return { found, continuation };
}

function continueTree(vm: Machine, table: Table, rows: OrderedSet, continuation: Term): Chunk {
  if (tupleArity(continuation) !== TREE_ARITY) throw badarg();
  const [id, after, end, limit, reference, list, reverse, got] = elements(continuation) as [
    Term,
    Term,
    Term,
    Term,
    Term,
    Term,
    Term,
    Term,
  ];
  if (!isSmall(limit) || smallValue(limit) <= 0 || !isNil(list) || !isSmall(reverse) || !isSmall(got)) throw badarg();
  const compiled = compiledOf(reference);
  const range: KeyRange = isNil(end) ? { kind: 'all' } : { kind: 'between', least: end, most: end };
  const search = { vm, table, id, limit: smallValue(limit), compiled, reference };
  return treeChunk(search, rows, range, after, end, smallValue(reverse) !== 0);
}

// ---- the functions ---------------------------------------------------------------------------------------------------

function select(vm: Machine, id: Term, specification: Term, limit: Term): Term {
  return start(vm, id, limit, () => specification, false);
}

function selectReverse(vm: Machine, id: Term, specification: Term, limit: Term): Term {
  return start(vm, id, limit, () => specification, true);
}

function match(vm: Machine, id: Term, pattern: Term, limit: Term): Term {
  return start(vm, id, limit, () => specificationOf(pattern, am.$$), false);
}

function matchObject(vm: Machine, id: Term, pattern: Term, limit: Term): Term {
  return start(vm, id, limit, () => specificationOf(pattern, am.$_), false);
}

export const etsChunkBifs: BifTable = {
  module: 'ets',
  rows: [
    { name: 'match', arity: 1, fn: continueSearch },
    { name: 'match', arity: 3, fn: match },
    { name: 'match_object', arity: 1, fn: continueSearch },
    { name: 'match_object', arity: 3, fn: matchObject },
    { name: 'select', arity: 1, fn: continueSearch },
    { name: 'select', arity: 3, fn: select },
    { name: 'select_reverse', arity: 1, fn: continueSearch },
    { name: 'select_reverse', arity: 3, fn: selectReverse },
  ],
};
