/** A table: its rows and all that is known of it beside them. */
import { type Fragment, freeFragment } from '../memory/fragment.ts';
import type { MagicHandle } from '../memory/off-heap.ts';
import type { Process } from '../process/process.ts';
import type { RefKey } from '../process/references.ts';
import type { Addr, Term } from '../term/layout.ts';
import type { Parts } from '../term/parts.ts';
import { HashTable } from './hash-table.ts';
import { OrderedSet } from './ordered-set.ts';
import { rowOffHeap } from './row.ts';
import type { TableType } from './row-store.ts';

export type Protection = 'public' | 'protected' | 'private';

/** Who gets the table when its owner exits, and what the message about it says. */
export interface Heir {
  readonly process: Process;
  readonly data: Fragment;
}

export interface TableOptions {
  readonly type: TableType;
  readonly protection: Protection;
  readonly keyPosition: number;
  readonly isNamed: boolean;
  readonly isCompressed: boolean;
  readonly readConcurrency: boolean;
}

/** What the references of a table hold: it tells references of tables that are gone from others. */
export class TableHandle implements MagicHandle {
  onDrop(): void {}
}

/** Words of a table's own data, about what they are on the JavaScript heap. */
const TABLE_WORDS = 100;

export class Table {
  readonly key: RefKey;
  readonly handle = new TableHandle();
  readonly options: TableOptions;
  readonly isBag: boolean;
  readonly rows: HashTable | OrderedSet;
  name: Term;
  /** Process number. */
  owner: number;
  protection: Protection;
  heir: Heir | undefined;
  /** How often each process has fixed the table. */
  readonly fixations = new Map<Process, number>();
  /** When the first of them did, as Erlang monotonic time in nanoseconds and as system time. */
  fixedAt: { readonly monotonic: bigint; readonly system: bigint } = { monotonic: 0n, system: 0n };

  /** A list of objects that is being put in: before all of it is there nobody gets to see the table (DB_BUSY). */
  insertion: Parts<void> | undefined;

  constructor(key: RefKey, name: Term, owner: number, options: TableOptions) {
    this.key = key;
    this.name = name;
    this.owner = owner;
    this.options = options;
    this.protection = options.protection;
    const { type, keyPosition } = options;
    this.isBag = type === 'bag' || type === 'duplicate_bag';
    this.rows = type === 'ordered_set' ? new OrderedSet(keyPosition) : new HashTable(type, keyPosition);
  }

  get wordCount(): number {
    return TABLE_WORDS + this.rows.wordCount;
  }

  /** Puts in some more of what is being put in; gives what it costs. */
  insertPart(): number {
    const part = this.insertion?.next();
    if (part?.done === false) return part.value;
    this.insertion = undefined;
    return 0;
  }

  setHeir(heir: Heir | undefined): void {
    if (this.heir !== undefined) freeFragment(this.heir.data);
    this.heir = heir;
  }

  /** Calls `visit` with the off-heap lists of all rows and of the heir's data. */
  visitOffHeap(visit: (first: Addr) => void): void {
    const { rows } = this;
    if (this.heir !== undefined) visit(this.heir.data.offHeap);
    if (rows instanceof HashTable) {
      for (let index = 0; index < rows.bucketCount; index++) {
        rows.visitBucket(index, (row) => visit(rowOffHeap(row)), true);
      }
      return;
    }
    rows.walkUp(
      () => false,
      (row) => {
        visit(rowOffHeap(row));
        return true;
      },
    );
  }

  /** Frees all memory of a table that nobody can find any more. */
  *freeing(): Parts<void> {
    this.insertion?.return();
    this.insertion = undefined;
    this.setHeir(undefined);
    yield* this.rows.freeing();
  }
}
