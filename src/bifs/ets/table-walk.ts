/**
 * What goes through a whole table does it in parts (match_traverse in OTP's erl_db_hash.c, traverse_… in erl_db_tree.c). Others get to
 * see and change the table meanwhile; a hash table is fixed, so that nothing is missed or met twice that is there all the time.
 */
import { HashTable } from '../../ets/hash-table.ts';
import type { Table } from '../../ets/table.ts';
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { bumpReductions } from '../../runtime/bump-reductions.ts';
import { inParts } from '../../runtime/trap.ts';
import type { Term } from '../../term/layout.ts';
import { tableAgain, type Use } from './access.ts';

/** Rows in a part, a reduction each (MAX_SELECT_CHUNK_ITERATIONS). */
const ROWS_IN_A_PART = 1000;

export interface TableWalk {
  readonly table: Table;
  readonly use: Use;
  readonly isDone: boolean;
  /** Goes on for about so many rows; gives what it costs, in reductions. */
  part(most: number): number;
  /** Does to the rows of a part what has to wait until the walk has fixed the table, if it is going to. `fixations`: how often it has. */
  readonly settle?: ((fixations: number) => void) | undefined;
  /** What comes of it. */
  result(): Term;
  /** Is called once, whatever comes of it. */
  end?(): void;
}

/** The result of a walk that `begin` gives, for the ets function of this name, which was called with `args`. */
export function walkInParts(vm: Machine, name: string, args: readonly Term[], begin: () => TableWalk): Term {
  return inParts(vm, { module: 'ets', name }, args, () => {
    const walk = begin();
    const cost = walk.part(ROWS_IN_A_PART);
    if (!walk.isDone) return goOn(vm, walk, cost);
    walk.settle?.(0);
    bumpReductions(cost);
    const result = walk.result();
    walk.end?.();
    return result;
  });
}

function* goOn(vm: Machine, walk: TableWalk, first: number): LongWork {
  const { table } = walk;
  const process = vm.current;
  const isHash = table.rows instanceof HashTable;
  const fixations = isHash ? 1 : 0;
  if (isHash) vm.ets.fix(vm, process, table);
  try {
    walk.settle?.(fixations);
    yield first;
    while (!walk.isDone) {
      yield* tableAgain(vm, table, walk.use);
      const cost = walk.part(ROWS_IN_A_PART);
      walk.settle?.(fixations);
      if (walk.isDone) bumpReductions(cost);
      else yield cost;
    }
    return walk.result();
  } finally {
    if (isHash) vm.ets.unfix(process, table);
    walk.end?.();
  }
}
