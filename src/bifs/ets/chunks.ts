/**
 * ets: match, match_object and select in chunks, with continuations (db_select_chunk_hash and _tree, db_select_continue_hash and _tree).
 * A continuation is what it is in OTP, for ets:repair_continuation/2 to know it:
 *
 *   {Table, Bucket (-1: none left), Limit, Compiled, Found, length(Found)}      sets and bags
 *   {Table, LastKey, EndCondition, Limit, Compiled, [], 0 or 1 (reverse), 0}    ordered sets
 */
import { BUCKETS_PER_ROW, boundKeys, walkDown, walkUp } from '../../ets/candidates.ts';
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
import type { BifRow, BifTable } from '../registry.ts';
import { freshMagicRef, readableTable } from './access.ts';
import { guardFunctions } from './guard-functions.ts';
import { specificationOf } from './select.ts';
import { type TableWalk, walkInParts } from './table-walk.ts';

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

/** A walk to the end of a chunk. */
class ChunkWalk implements TableWalk {
  readonly table: Table;
  readonly use = 'read';
  private readonly search: Search;
  private readonly filling: Filling;
  /** Nobody else knows of the compiled match specification. */
  private isOwn: boolean;

  constructor(search: Search, filling: Filling) {
    this.table = search.table;
    this.search = search;
    this.filling = filling;
    this.isOwn = search.reference === undefined;
  }

  get isDone(): boolean {
    return this.filling.isDone;
  }

  part(most: number): number {
    return this.filling.part(most);
  }

  result(): Term {
    const { found, continuation } = this.filling.chunk();
    if (continuation !== am.$end_of_table) this.isOwn = false;
    else if (found.length === 0) return am.$end_of_table;
    return tuple(listOf(found), continuation);
  }

  end(): void {
    if (this.isOwn) this.search.compiled.onDrop();
  }
}

function start(vm: Machine, id: Term, limit: Term, specification: Term, isReverse: boolean): TableWalk {
  const table = readableTable(vm, id);
  if (!isSmall(limit) || smallValue(limit) <= 0) throw badarg();
  const compiled = new CompiledMatchSpec(vm, copyOut(specification, true), guardFunctions);
  const search = { vm, table, id, limit: smallValue(limit), compiled, reference: undefined };
  const { rows } = table;
  const filling = rows instanceof HashTable ? startHash(search, rows) : startTree(search, rows, isReverse);
  return new ChunkWalk(search, filling);
}

function continueSearch(vm: Machine, name: string, continuation: Term): Term {
  if (continuation === am.$end_of_table) return continuation;
  return walkInParts(vm, name, [continuation], () => {
    if (!isTuple(continuation) || tupleArity(continuation) < 1) throw badarg();
    const table = readableTable(vm, tupleElement(continuation, 1));
    const { rows } = table;
    return rows instanceof HashTable
      ? continueHash(vm, table, rows, continuation)
      : continueTree(vm, table, rows, continuation);
  });
}

interface Chunk {
  readonly found: readonly Term[];
  readonly continuation: Term;
}

/** A chunk that is being filled. */
interface Filling {
  readonly isDone: boolean;
  /** Looks at about so many rows; gives what it costs, in reductions. */
  part(most: number): number;
  chunk(): Chunk;
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

function startHash(search: Search, rows: HashTable): Filling {
  const { program } = search.compiled;
  const keys = boundKeys(program.sources, rows.keyPosition);
  if (keys === undefined) return new HashFilling(search, rows, [], 0);
  const results: Term[] = [];
  for (const key of keys) for (const row of rows.rowsOf(key)) push(results, program.runRow(row));
  return new HashFilling(search, rows, results, NO_BUCKET);
}

function push(results: Term[], result: Term): void {
  if (result !== NON_VALUE) results.push(result);
}

/** Goes on in a bucket until there are enough results, whole buckets at a time; what is too much goes into the continuation. */
class HashFilling implements Filling {
  private readonly search: Search;
  private readonly rows: HashTable;
  private readonly results: Term[];
  private bucket: number;

  constructor(search: Search, rows: HashTable, results: Term[], bucket: number) {
    this.search = search;
    this.rows = rows;
    this.results = results;
    this.bucket = bucket;
  }

  get isDone(): boolean {
    return this.bucket === NO_BUCKET || this.results.length >= this.search.limit;
  }

  part(most: number): number {
    const { results, rows } = this;
    const { program } = this.search.compiled;
    const visit = (row: Row) => push(results, program.runRow(row));
    let count = 0;
    for (let left = BUCKETS_PER_ROW * most; left > 0 && count < most && !this.isDone; left--) {
      count += rows.visitBucket(this.bucket, visit);
      this.bucket = this.bucket + 1 < rows.bucketCount ? this.bucket + 1 : NO_BUCKET;
    }
    return count;
  }

  chunk(): Chunk {
    const { results, search, bucket } = this;
    const { id, limit, table, vm } = search;
    const found = results.slice(0, limit).reverse();
    const rest = results.slice(limit).reverse();
    if (bucket === NO_BUCKET && rest.length === 0) return { found, continuation: am.$end_of_table };
    const continuation = tuple(
      isAtom(id) ? vm.ets.reference(vm, table) : id,
      makeSmall(bucket),
      makeSmall(limit),
      referenceOf(search),
      listOf(rest),
      makeSmall(rest.length),
    );
    return { found, continuation };
  }
}

function continueHash(vm: Machine, table: Table, rows: HashTable, continuation: Term): TableWalk {
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
  return new ChunkWalk(search, new HashFilling(search, rows, results, at));
}

function elements(t: Term): Term[] {
  return Array.from({ length: tupleArity(t) }, (_, i) => tupleElement(t, i + 1));
}

// ---- ordered sets ----------------------------------------------------------------------------------------------------

function startTree(search: Search, rows: OrderedSet, isReverse: boolean): Filling {
  const range = keyRange(search.compiled.program.sources, rows.keyPosition);
  const end = range.kind === 'between' ? copyIn(isReverse ? range.least : range.most) : NIL;
  return new TreeFilling(search, rows, range, undefined, end, isReverse);
}

class TreeFilling implements Filling {
  isDone = false;
  private readonly search: Search;
  private readonly rows: OrderedSet;
  private readonly range: KeyRange;
  /** The key of the last row that was looked at, on the process's heap. */
  private last: Term | undefined;
  private readonly end: Term;
  private readonly isReverse: boolean;
  private readonly found: Term[] = [];

  constructor(
    search: Search,
    rows: OrderedSet,
    range: KeyRange,
    after: Term | undefined,
    end: Term,
    isReverse: boolean,
  ) {
    this.search = search;
    this.rows = rows;
    this.range = range;
    this.last = after;
    this.end = end;
    this.isReverse = isReverse;
  }

  part(most: number): number {
    const { rows, range, found, last } = this;
    const { compiled, limit } = this.search;
    let count = 0;
    let row = NO_ROW;
    const visit = (next: Row): boolean => {
      row = next;
      count++;
      push(found, compiled.program.runRow(row));
      return found.length < limit && count < most;
    };
    if (this.isReverse) walkDown(rows, range, last, visit);
    else walkUp(rows, range, last, visit);
    this.isDone = found.length >= limit || count < most || range.kind === 'one';
    if (found.length >= limit || !this.isDone) this.last = copyElement(row, rows.keyPosition);
    return count;
  }

  chunk(): Chunk {
    const { search, found, range } = this;
    if (found.length < search.limit || range.kind === 'one') return { found, continuation: am.$end_of_table };
    const continuation = tuple(
      search.id,
      this.last as Term,
      this.end,
      makeSmall(search.limit),
      referenceOf(search),
      NIL,
      makeSmall(this.isReverse ? 1 : 0),
      makeSmall(0),
    );
    return { found, continuation };
  }
}

function continueTree(vm: Machine, table: Table, rows: OrderedSet, continuation: Term): TableWalk {
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
  const filling = new TreeFilling(search, rows, range, after, end, smallValue(reverse) !== 0);
  return new ChunkWalk(search, filling);
}

// ---- the functions ---------------------------------------------------------------------------------------------------

type Specification = (pattern: Term) => Term;

const itself: Specification = (specification) => specification;

function chunkRows(name: string, specification: Specification, isReverse: boolean): BifRow[] {
  const first = (vm: Machine, id: Term, pattern: Term, limit: Term) =>
    walkInParts(vm, name, [id, pattern, limit], () => start(vm, id, limit, specification(pattern), isReverse));
  return [
    { name, arity: 1, fn: (vm: Machine, continuation: Term) => continueSearch(vm, name, continuation) },
    { name, arity: 3, fn: first },
  ];
}

export const etsChunkBifs: BifTable = {
  module: 'ets',
  rows: [
    ...chunkRows('match', (pattern) => specificationOf(pattern, am.$$), false),
    ...chunkRows('match_object', (pattern) => specificationOf(pattern, am.$_), false),
    ...chunkRows('select', itself, false),
    ...chunkRows('select_reverse', itself, true),
  ],
};
