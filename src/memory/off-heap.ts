/**
 * The list that links what a heap (or a fragment, or a literal area) owns outside of it: bin refs and magic refs, by address,
 * 0 ends it. Every object on a list holds one reference of its binary or handle.
 */
import {
  type Addr,
  BIN_REF_ADDRESS,
  BIN_REF_NEXT,
  BIN_REF_WORDS,
  BINARY_CAPACITY,
  BINARY_REFERENCES,
  BINARY_SIZE,
  HEADER_BIN_REF,
  HEADER_REF,
  HEADER_SIZE_SHIFT,
  MAGIC_REF_HANDLE,
  MAGIC_REF_NEXT,
  MAGIC_REF_WORDS,
} from '../term/layout.ts';
import { blockBytes, freeBlock } from './allocator.ts';
import { load, loadUnsigned, store } from './memory.ts';

export const BIN_REF_HEADER = (BIN_REF_WORDS << HEADER_SIZE_SHIFT) | HEADER_BIN_REF;
export const MAGIC_REF_HEADER = (MAGIC_REF_WORDS << HEADER_SIZE_SHIFT) | HEADER_REF;

/** Something in TypeScript that a magic ref stands for; `onDrop` is called when no magic ref to it is left. */
export type MagicHandle = { readonly onDrop: () => void };

type Registered = { readonly handle: MagicHandle; references: number };
const handles = new Map<number, Registered>();
const numbering = { next: 1 };

/** Bytes of all off-heap binaries, with what the allocator adds. */
export const binaryTotals = { bytes: 0 };

/** Registers a handle, with one reference; returns its number. */
export function registerHandle(handle: MagicHandle): number {
  const n = numbering.next++;
  handles.set(n, { handle, references: 1 });
  return n;
}

/** The handle of this number; undefined when it was dropped. */
export function handleOf(n: number): MagicHandle | undefined {
  return handles.get(n)?.handle;
}

/** How many magic refs there are to a handle; 0 when it was dropped. */
export function handleReferences(n: number): number {
  return handles.get(n)?.references ?? 0;
}

export function handleCount(): number {
  return handles.size;
}

/** Takes one more reference to an off-heap binary. */
export function retain(binary: Addr): void {
  const references = (binary + BINARY_REFERENCES) as Addr;
  store(references, load(references) + 1);
}

/** Drops one reference to an off-heap binary; the last one frees it. */
export function release(binary: Addr): void {
  const references = (binary + BINARY_REFERENCES) as Addr;
  const left = load(references) - 1;
  if (left < 0) throw new Error(`off-heap binary ${binary >>> 0} released too often`);
  store(references, left);
  if (left > 0) return;
  binaryTotals.bytes -= blockBytes(binary);
  freeBlock(binary);
}

function changeHandle(n: number, by: number): void {
  const registered = handles.get(n);
  if (registered === undefined) throw new Error(`magic handle ${n} was dropped already`);
  registered.references += by;
  if (registered.references > 0) return;
  handles.delete(n);
  registered.handle.onDrop();
}

/** Address of the word that links an object on an off-heap list to the next. */
export function nextLink(object: Addr): Addr {
  return (object + (load(object) === MAGIC_REF_HEADER ? MAGIC_REF_NEXT : BIN_REF_NEXT)) as Addr;
}

/** The binaries of a list's bin refs, in its order; magic refs are passed over. */
export function binariesOf(first: Addr): { address: Addr; bytes: number; references: number }[] {
  const found: { address: Addr; bytes: number; references: number }[] = [];
  for (let object = first; object !== 0; object = loadUnsigned(nextLink(object)) as Addr) {
    if (load(object) === MAGIC_REF_HEADER) continue;
    const address = loadUnsigned((object + BIN_REF_ADDRESS) as Addr) as Addr;
    const bytes = loadUnsigned((address + BINARY_SIZE) as Addr);
    found.push({ address, bytes, references: load((address + BINARY_REFERENCES) as Addr) });
  }
  return found;
}

/** Takes the reference that a copy of a bin ref or magic ref holds. */
export function retainObject(object: Addr): void {
  if (load(object) === MAGIC_REF_HEADER) changeHandle(load((object + MAGIC_REF_HANDLE) as Addr), 1);
  else retain(load((object + BIN_REF_ADDRESS) as Addr) as Addr);
}

/** Drops the reference that a bin ref or magic ref holds. */
export function releaseObject(object: Addr): void {
  if (load(object) === MAGIC_REF_HEADER) changeHandle(load((object + MAGIC_REF_HANDLE) as Addr), -1);
  else release(load((object + BIN_REF_ADDRESS) as Addr) as Addr);
}

/** Drops what all objects of a list hold. */
export function releaseList(first: Addr): void {
  let object = first >>> 0;
  while (object !== 0) {
    const next = loadUnsigned(nextLink(object as Addr));
    releaseObject(object as Addr);
    object = next;
  }
}

/** The list of `first` followed by the list of `rest`. */
export function joinLists(first: Addr, rest: Addr): Addr {
  if (first === 0) return rest;
  let object = first;
  for (;;) {
    const link = nextLink(object);
    const next = load(link) as Addr;
    if (next === 0) {
      store(link, rest);
      return first;
    }
    object = next;
  }
}

/** Off-heap bytes that an object on a list keeps alive, for the virtual binary heap. */
export function offHeapBytesOf(object: Addr): number {
  if (load(object) === MAGIC_REF_HEADER) return 0;
  return loadUnsigned((load((object + BIN_REF_ADDRESS) as Addr) + BINARY_CAPACITY) as Addr);
}
