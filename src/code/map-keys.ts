/** What code needs that builds a small map whose keys are constants (`RELOC_MAP_KEYS`): all such maps of one place share their keys. */
import { tupleOf } from '../term/build.ts';
import { compareKeys } from '../term/flatmap.ts';
import { FLATMAP_VALUES, type Term } from '../term/layout.ts';
import type { ModuleConstants } from './loaded-module.ts';

const WORD_BYTES = 4;

/** Makes the tuples of keys where terms are allocated now. `rows`: `Translation.mapKeys`; `term` gives a constant. */
export function keysOfMaps(rows: Int32Array, term: (kind: number, id: number) => Term): ModuleConstants['maps'] {
  const maps: { keys: Term; offsets: number[] }[] = [];
  for (let at = 0; at < rows.length; ) {
    const count = rows[at] as number;
    const keys = Array.from({ length: count }, (_, i) =>
      term(rows[at + 1 + 2 * i] as number, rows[at + 2 + 2 * i] as number),
    );
    const sorted = keys.toSorted(compareKeys);
    maps.push({ keys: tupleOf(sorted), offsets: keys.map((key) => FLATMAP_VALUES + sorted.indexOf(key) * WORD_BYTES) });
    at += 1 + 2 * count;
  }
  return maps;
}
