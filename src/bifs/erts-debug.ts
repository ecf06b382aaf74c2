/** erts_debug: sizes, copies and insides of terms (beam_debug.c, erl_map.c). */
import type { Machine } from '../process/machine.ts';
import { badmap } from '../runtime/map-ops.ts';
import { am, atom } from '../term/atoms.ts';
import { makeInteger } from '../term/bignum.ts';
import { listOf, tuple } from '../term/build.ts';
import { flatSize } from '../term/copy.ts';
import { copyShared, sharedSize } from '../term/copy-shared.ts';
import { badarg } from '../term/erlang-error.ts';
import { BUCKET, childAt, childCount, LEVELS, nodeBitmap } from '../term/hash-nodes.ts';
import { NIL, type Term } from '../term/layout.ts';
import { isCons, isHashmap, isMap, makeSmall } from '../term/term.ts';
import { atomOf, boolean } from './erlang/arguments.ts';
import type { BifTable } from './registry.ts';

/** Children that a node of a large map can have. */
const FAN_OUT = 16;

/**
 * map_info/1 of a large map: how deep its tree is, and how many nodes of each kind it has: full roots, buckets of keys with equal hashes,
 * other nodes, leaves; for the last three as many as have so many children, or lie so deep. Raises badarg for small maps, {badmap, Term}.
 */
function mapInfo(_: Machine, map: Term): Term {
  if (!isMap(map)) throw badmap(map);
  if (!isHashmap(map)) throw badarg();
  const leaves: number[] = Array(LEVELS + 2).fill(0);
  const bitmaps: number[] = Array(FAN_OUT).fill(0);
  const buckets: number[] = Array(FAN_OUT).fill(0);
  const counts = { arrays: 0, depth: 0 };
  const visit = (node: Term, level: number) => {
    counts.depth = Math.max(counts.depth, level);
    if (isCons(node)) {
      leaves[level] = (leaves[level] as number) + 1;
      return;
    }
    const count = childCount(node);
    const usage = level > 0 && nodeBitmap(node) === BUCKET ? buckets : bitmaps;
    if (level === 0 && count === FAN_OUT) counts.arrays++;
    else usage[Math.min(count, FAN_OUT) - 1] = (usage[Math.min(count, FAN_OUT) - 1] as number) + 1;
    for (let i = 0; i < count; i++) visit(childAt(node, i), level + 1);
  };
  visit(map, 0);
  const row = (name: Term, usage: readonly number[]) => {
    const total = usage.reduce((sum, n) => sum + n, 0);
    return tuple(name, makeInteger(total), tuple(...usage.map((n) => makeInteger(n))));
  };
  return listOf([
    tuple(atom('depth'), makeSmall(counts.depth)),
    tuple(atom('arrays'), makeSmall(counts.arrays), NIL),
    row(atom('collisions'), buckets),
    row(atom('bitmaps'), bitmaps),
    row(atom('leafs'), leaves),
  ]);
}

/** copy_shared/2. Raises badarg. */
function copySharing(_: Machine, term: Term, literals: Term): Term {
  const withLiterals = boolean(literals);
  if (withLiterals === undefined) throw badarg();
  return copyShared([term], withLiterals)[0] as Term;
}

export const ertsDebugBifs: BifTable = {
  module: 'erts_debug',
  rows: [
    { name: 'same', arity: 2, fn: (_: Machine, a: Term, b: Term) => atomOf(a === b) },
    { name: 'flat_size', arity: 1, fn: (_: Machine, term: Term) => makeInteger(flatSize(term)) },
    { name: 'size_shared', arity: 1, fn: (_: Machine, term: Term) => makeInteger(sharedSize([term])) },
    { name: 'copy_shared', arity: 2, fn: copySharing },
    { name: 'map_info', arity: 1, fn: mapInfo },
    // As OTP's JIT says: code of the functions of loaded modules is not there to be shown.
    { name: 'disassemble', arity: 1, fn: () => am.false },
  ],
};
