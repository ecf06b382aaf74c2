/** Searching among terms that are in order. */
import { compareTerms } from './compare.ts';
import { PRIMARY_MASK, PRIMARY_SMALL, type Term } from './layout.ts';

/**
 * How many terms are below `key` (`slack` 0), or below or equal (1), when the first `from` of `end` are known to be. `cells` has a term
 * every `1 << shift` words.
 */
export function boundOf(cells: Int32Array, shift: 0 | 1, from: number, end: number, key: Term, slack: 0 | 1): number {
  let low = from;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = cells[middle << shift] as Term;
    // Words of small integers are in the order of their values.
    const areSmall = (other & key & PRIMARY_MASK) === PRIMARY_SMALL;
    if (areSmall ? other < key + slack : compareTerms(other, key) < slack) low = middle + 1;
    else high = middle;
  }
  return low;
}
