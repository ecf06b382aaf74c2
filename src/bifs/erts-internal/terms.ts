/** Module erts_internal: what it says of single terms (erl_map.c, bif.c). */
import { am } from '../../term/atoms.ts';
import { listOf, tuple } from '../../term/build.ts';
import { compareExact } from '../../term/compare.ts';
import { badarg, ErlangError } from '../../term/erlang-error.ts';
import { childAt, childCount, collectLeaves } from '../../term/hash-nodes.ts';
import {
  EXTERNAL_KIND,
  EXTERNAL_PID,
  EXTERNAL_PORT,
  FLATMAP_KEYS,
  HEADER_EXPORT,
  HEADER_EXTERNAL,
  HEADER_FLATMAP,
  HEADER_FLOAT,
  HEADER_FUN,
  HEADER_HASHMAP,
  HEADER_HEAP_BITS,
  HEADER_NEG_BIG,
  HEADER_POS_BIG,
  HEADER_RECORD,
  HEADER_REF,
  HEADER_SUB_BITS,
  HEADER_TUPLE,
  type Term,
} from '../../term/layout.ts';
import { mapFromArrays } from '../../term/map-build.ts';
import { mapNext } from '../../term/map-iterate.ts';
import {
  field,
  fieldTerm,
  head,
  headerType,
  isAtom,
  isBoxed,
  isCons,
  isFlatmap,
  isHashmap,
  isLocalPid,
  isMap,
  isNil,
  isSmall,
  makeSmall,
  smallValue,
  tail,
} from '../../term/term.ts';
import { textList } from '../erlang/identifiers.ts';
import type { BifTable } from '../registry.ts';

/** Pairs in a portion of a large map. */
const PORTION = 4000;
const MAX_LIMIT = 2 ** 31 - 1;

const BOXED_TYPES: Readonly<Record<number, Term>> = {
  [HEADER_RECORD]: am.record,
  [HEADER_TUPLE]: am.tuple,
  [HEADER_POS_BIG]: am.bignum,
  [HEADER_NEG_BIG]: am.bignum,
  [HEADER_FLOAT]: am.hfloat,
  [HEADER_REF]: am.reference,
  [HEADER_FUN]: am.fun,
  [HEADER_EXPORT]: am.export,
  [HEADER_HEAP_BITS]: am.heap_binary,
  [HEADER_SUB_BITS]: am.sub_binary,
  [HEADER_FLATMAP]: am.flatmap,
  [HEADER_HASHMAP]: am.hashmap,
};

function externalType(t: Term): Term {
  const kind = field(t, EXTERNAL_KIND);
  if (kind === EXTERNAL_PID) return am.external_pid;
  return kind === EXTERNAL_PORT ? am.external_port : am.external_reference;
}

/** term_type/1: how a term is represented. */
function termType(t: Term): Term {
  if (isCons(t)) return am.list;
  if (isSmall(t)) return am.fixnum;
  if (isBoxed(t)) {
    return headerType(t) === HEADER_EXTERNAL ? externalType(t) : (BOXED_TYPES[headerType(t)] as Term);
  }
  if (isAtom(t)) return am.atom;
  if (isNil(t)) return am.nil;
  return isLocalPid(t) ? am.pid : am.port;
}

/** The tuple of a small map's keys. Raises badarg for a large map, badmap. */
function mapToTupleKeys(map: Term): Term {
  checkMap(map);
  if (!isFlatmap(map)) throw badarg();
  return fieldTerm(map, FLATMAP_KEYS);
}

function checkMap(t: Term): void {
  if (!isMap(t)) throw new ErlangError('error', tuple(am.badmap, t));
}

/** The children of a large map's root: a pair of key and value as `[Key | Value]`, a node as map of what is below it. Raises badarg for a small map, badmap. */
function hashmapChildren(map: Term): Term {
  checkMap(map);
  if (!isHashmap(map)) throw badarg();
  const children = Array.from({ length: childCount(map) }, (_, i) => childAt(map, i));
  return listOf(
    children.map((child) => {
      if (isCons(child)) return child;
      const leaves = collectLeaves(child, []);
      return mapFromArrays(leaves.map(head), leaves.map(tail));
    }),
  );
}

/** term_to_string(Term, Limit | undefined): what erlang:display/1 prints, as list of bytes. Raises badarg. */
function termToString(t: Term, limit: Term): Term {
  if (limit === am.undefined) return textList(t);
  if (!isSmall(limit) || smallValue(limit) <= 1 || smallValue(limit) >= MAX_LIMIT) throw badarg();
  return textList(t, smallValue(limit));
}

export const ertsInternalTermBifs: BifTable = {
  module: 'erts_internal',
  pure: true,
  rows: [
    { name: 'cmp_term', arity: 2, fn: (a: Term, b: Term) => makeSmall(Math.sign(compareExact(a, b))) },
    { name: 'term_type', arity: 1, fn: termType },
    { name: 'map_to_tuple_keys', arity: 1, fn: mapToTupleKeys },
    { name: 'map_hashmap_children', arity: 1, fn: hashmapChildren },
    { name: 'map_next', arity: 3, fn: (path: Term, map: Term, into: Term) => mapNext(path, map, into, PORTION) },
    { name: 'term_to_string', arity: 2, fn: termToString },
  ],
};
