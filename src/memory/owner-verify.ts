/** Check for debugging of all off-heap lists together: nobody releases what others hold. */
import {
  type Addr,
  BIN_REF_ADDRESS,
  BINARY_REFERENCES,
  HEADER_BIN_REF,
  HEADER_TYPE_MASK,
  MAGIC_REF_HANDLE,
} from '../term/layout.ts';
import { HeapCorruption } from './heap-verify.ts';
import { load, loadUnsigned } from './memory.ts';
import { handleReferences, MAGIC_REF_HEADER, nextLink } from './off-heap.ts';

/** The list of a heap, a fragment, a row, an area; `owner` says which for messages. */
export type OwnerList = { readonly first: Addr; readonly owner: string };

/**
 * Goes through lists with different owners. Throws HeapCorruption at the first object that is on two of them (or twice on one) or
 * is none that owns something, and at a binary or handle with fewer references than objects on the lists.
 */
export function verifyOwnerLists(lists: Iterable<OwnerList>): void {
  const ownerOf = new Map<number, string>();
  const binaries = new Map<number, number>();
  const handles = new Map<number, number>();
  const countUp = (counts: Map<number, number>, key: number) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { first, owner } of lists) {
    for (let a = first >>> 0; a !== 0; a = loadUnsigned(nextLink(a as Addr))) {
      const other = ownerOf.get(a);
      if (other !== undefined) throw new HeapCorruption(`off-heap object ${a} belongs to ${other} and to ${owner}`);
      ownerOf.set(a, owner);
      const header = load(a as Addr);
      if (header === MAGIC_REF_HEADER) countUp(handles, load((a + MAGIC_REF_HANDLE) as Addr));
      else if ((header & HEADER_TYPE_MASK) === HEADER_BIN_REF) {
        countUp(binaries, loadUnsigned((a + BIN_REF_ADDRESS) as Addr));
      } else throw new HeapCorruption(`off-heap list of ${owner}: header ${header >>> 0} at ${a}`);
    }
  }
  for (const [binary, owners] of binaries) {
    const references = load((binary + BINARY_REFERENCES) as Addr);
    if (references < owners) {
      throw new HeapCorruption(`off-heap binary ${binary} has ${references} references and ${owners} owners`);
    }
  }
  for (const [handle, owners] of handles) {
    const references = handleReferences(handle);
    if (references < owners) {
      throw new HeapCorruption(`magic handle ${handle} has ${references} references and ${owners} owners`);
    }
  }
}
