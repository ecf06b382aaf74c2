/** ets:info/1 and /2 (table_info in OTP's erl_db.c). Memory is counted in words of 4 bytes. */
import { HashTable } from '../../ets/hash-table.ts';
import { type Row, rowBinaries } from '../../ets/row.ts';
import type { Table } from '../../ets/table.ts';
import type { Machine } from '../../process/machine.ts';
import { callNext } from '../../runtime/apply.ts';
import { am } from '../../term/atoms.ts';
import { makeBigInt, makeInteger } from '../../term/bignum.ts';
import { listOf, makeFloat, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { makeSmall } from '../../term/term.ts';
import { atomOf } from '../erlang/arguments.ts';
import type { BifTable } from '../registry.ts';
import { existingTable, readableTable } from './access.ts';

type Item = (vm: Machine, table: Table) => Term;

/** The items of ets:info/1, in its order. */
const items: ReadonlyMap<Term, Item> = new Map<Term, Item>([
  [am.id, (vm, table) => vm.ets.reference(vm, table)],
  [am.decentralized_counters, () => am.false],
  [am.read_concurrency, (_, { options }) => atomOf(options.readConcurrency)],
  [am.write_concurrency, () => am.false],
  [am.compressed, (_, { options }) => atomOf(options.isCompressed)],
  [am.memory, (_, { wordCount }) => makeInteger(wordCount)],
  [am.owner, (vm, { owner }) => vm.processes.pidOf(owner)],
  [am.heir, (_, { heir }) => heir?.process.pid ?? am.none],
  [am.name, (_, { name }) => name],
  [am.size, (_, { rows }) => makeInteger(rows.count)],
  [am.node, (vm) => vm.nodes.self.name],
  [am.named_table, (_, { options }) => atomOf(options.isNamed)],
  [am.type, (_, { options }) => am[options.type]],
  [am.keypos, (_, { options }) => makeInteger(options.keyPosition)],
  [am.protection, (_, { protection }) => am[protection]],
]);

/** What only ets:info/2 tells. */
const moreItems: ReadonlyMap<Term, Item> = new Map<Term, Item>([
  [am.fixed, (_, { fixations }) => atomOf(fixations.size > 0)],
  [am.safe_fixed, (_, table) => fixedBy(table, timestamp(table.fixedAt.system))],
  [am.safe_fixed_monotonic_time, (_, table) => fixedBy(table, makeBigInt(table.fixedAt.monotonic))],
  [am.stats, (_, table) => statistics(table)],
]);

function fixedBy({ fixations }: Table, time: Term): Term {
  if (fixations.size === 0) return am.false;
  return tuple(time, listOf([...fixations].map(([{ pid }, count]) => tuple(pid, makeInteger(count)))));
}

/** `{MegaSeconds, Seconds, MicroSeconds}` of nanoseconds since 1970. */
function timestamp(nanoseconds: bigint): Term {
  const microseconds = nanoseconds / 1000n;
  const seconds = microseconds / 1000000n;
  const parts = [seconds / 1000000n, seconds % 1000000n, microseconds % 1000000n];
  return tuple(...parts.map((part) => makeInteger(Number(part))));
}

/** `{Buckets, Average, Deviation, ExpectedDeviation, Shortest, Longest, Kept, Locks}` of a hash table's buckets. */
function statistics({ rows }: Table): Term {
  if (!(rows instanceof HashTable)) return am.false;
  const { bucketCount } = rows;
  const lengths = Array.from({ length: bucketCount }, (_, index) => {
    let length = 0;
    rows.visitBucket(index, () => length++);
    return length;
  });
  const average = rows.count / bucketCount;
  const squares = lengths.reduce((sum, length) => sum + length * length, 0);
  const deviation = Math.sqrt(Math.max(0, squares / bucketCount - average * average));
  const expected = Math.sqrt(average * (1 - 1 / bucketCount));
  const shortest = lengths.reduce((a, b) => Math.min(a, b));
  const longest = lengths.reduce((a, b) => Math.max(a, b));
  return tuple(
    makeInteger(bucketCount),
    ...[average, deviation, expected].map(makeFloat),
    ...[shortest, longest, rows.keptCount].map(makeInteger),
    makeSmall(-1),
  );
}

function info(vm: Machine, id: Term): Term {
  const table = existingTable(vm, id);
  if (table === undefined) return am.undefined;
  return listOf([...items].map(([name, item]) => tuple(name, item(vm, table))));
}

function infoItem(vm: Machine, id: Term, name: Term): Term {
  if (name === am.binary) return callBinaryInfo(vm, id);
  const table = existingTable(vm, id);
  if (table === undefined) return am.undefined;
  const item = items.get(name) ?? moreItems.get(name);
  if (item === undefined) throw badarg();
  return item(vm, table);
}

/** OTP's Erlang code goes through the table. */
function callBinaryInfo(vm: Machine, id: Term): Term {
  const slot = vm.code.exportSlot(am.erts_internal, am.ets_info_binary, 1);
  if (slot === undefined) throw badarg();
  return callNext(slot, [id]);
}

/** erts_internal:ets_lookup_binary_info/2: `{Address, Size, References}` of each off-heap binary of the objects with a key, also of those that are deleted and keep their place. */
function lookupBinaryInfo(vm: Machine, id: Term, key: Term): Term {
  const describe = (row: Row): Term[] =>
    rowBinaries(row).map(({ address, size, references }) =>
      tuple(makeInteger(address), makeInteger(size), makeInteger(references)),
    );
  return listOf(readableTable(vm, id).rows.rowsOf(key, true).flatMap(describe));
}

export const etsInfoBifs: BifTable = {
  module: 'ets',
  rows: [
    { name: 'info', arity: 1, fn: info },
    { name: 'info', arity: 2, fn: infoItem },
  ],
};

export const ertsInternalEtsInfoBifs: BifTable = {
  module: 'erts_internal',
  rows: [{ name: 'ets_lookup_binary_info', arity: 2, fn: lookupBinaryInfo }],
};
