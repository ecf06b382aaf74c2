/** What the two kinds of storage, hash tables and ordered sets, have in common. */
import type { Term } from '../term/layout.ts';
import { type Parts, whole } from '../term/parts.ts';
import { freeRow, type Row, rowWords } from './row.ts';

export type TableType = 'set' | 'ordered_set' | 'bag' | 'duplicate_bag';

export const ROWS_IN_A_PART = 256;
/** Rows that are given back, or only marked, for one reduction (MAX_ and DELETE_RECORD_LIMIT in erl_db.c are of this kind). */
export const ROWS_PER_REDUCTION = 8;

export abstract class RowStore {
  readonly keyPosition: number;
  /** Objects in the table. */
  count = 0;
  /** Words of all rows. */
  protected rowWords = 0;

  constructor(keyPosition: number) {
    this.keyPosition = keyPosition;
  }

  /** Words of memory that the storage takes. */
  abstract get wordCount(): number;

  /** A row with this key, NO_ROW if there is none. */
  abstract find(key: Term): Row;
  /** All rows with this key, the newest first. `withKept`: also those that are deleted and keep their place. */
  abstract rowsOf(key: Term, withKept?: boolean): Row[];
  /** Inserts a copy of an object, in the place of another one where the kind of table demands. */
  abstract put(object: Term): void;
  /** The same in two steps: a row that is not in the table yet, and putting it there, which looks at nothing but the table. */
  abstract prepared(object: Term): Row;
  abstract putPrepared(row: Row): void;
  abstract deleteKey(key: Term): void;
  /** Deletes the objects that are identical to this one. */
  abstract deleteObject(object: Term): void;
  /** Puts a copy of an object with the same key in the place of a row, which is freed. */
  abstract replace(row: Row, object: Term): void;
  /** Deletes rows that are in the table. `keepPlaces`: as long as it is fixed they keep their places. */
  abstract remove(rows: readonly Row[], keepPlaces: boolean): void;
  /** Deletes all rows, at once; what takes time is giving back their memory. */
  abstract clearing(): Parts<void>;

  /** The first row in the table's order, NO_ROW when it is empty. `withKept` as for `rowsOf`. */
  abstract first(withKept?: boolean): Row;
  abstract last(): Row;
  /** The first row behind those with this key, NO_ROW at the end; undefined if the order needs the key to be there and it is not. */
  abstract after(key: Term, withKept?: boolean): Row | undefined;
  abstract before(key: Term): Row | undefined;
  /** The rows of a slot (ets:slot/2); undefined at the end. Raises badarg beyond it. */
  abstract slot(number: number): Row[] | undefined;
  /** Whether somebody goes through the table by key: what is deleted then must keep its place. */
  abstract setFixed(fixed: boolean): void;

  /** Gives back all rows of a table that is gone, also those that keep their place. */
  freeing(): Parts<void> {
    return this.clearing();
  }

  clear(): void {
    whole(this.clearing());
  }

  protected added(row: Row): void {
    this.count++;
    this.rowWords += rowWords(row);
  }

  protected drop(row: Row): void {
    this.rowWords -= rowWords(row);
    freeRow(row);
  }
}
