/**
 * The one linear memory and the views of it. Views are replaced when the memory grows, so they are read through the live
 * bindings here and never kept in fields or closures. One virtual machine uses one memory at a time: `useMemory` switches.
 */
import type { Addr, Term } from '../term/layout.ts';

export const PAGE_BYTES = 65536;

let memory: WebAssembly.Memory | undefined;
/** Words by index (address >> 2). */
export let words: Int32Array = new Int32Array(0);
/** Bytes by address. */
export let bytes: Uint8Array = new Uint8Array(0);

const floatScratch = new Float64Array(1);
const floatScratchWords = new Int32Array(floatScratch.buffer);

function renewViews(): void {
  const buffer = memory?.buffer ?? new ArrayBuffer(0);
  words = new Int32Array(buffer);
  bytes = new Uint8Array(buffer);
}

/** Makes `m` the memory that all accessors use. */
export function useMemory(m: WebAssembly.Memory): void {
  memory = m;
  renewViews();
}

/** The memory in use, for instances that are to share it. */
export function currentMemory(): WebAssembly.Memory {
  if (memory === undefined) throw new Error('no memory is in use');
  return memory;
}

/** Adds at least `byteCount` bytes at the end; returns the address of the first, or -1 when the host has no more. */
export function growMemory(byteCount: number): number {
  if (memory === undefined) return -1;
  try {
    const before = memory.grow(Math.ceil(byteCount / PAGE_BYTES));
    renewViews();
    return before * PAGE_BYTES;
  } catch (error) {
    if (error instanceof RangeError) return -1;
    throw error;
  }
}

/** The memory's size in bytes. */
export function memoryBytes(): number {
  return bytes.length;
}

/** Loads the signed word at an address that is a multiple of 4. */
export function load(a: Addr): number {
  return words[a >>> 2] as number;
}

/** Loads the unsigned word at an address that is a multiple of 4. */
export function loadUnsigned(a: Addr): number {
  return (words[a >>> 2] as number) >>> 0;
}

/** Loads a word that holds a term. */
export function loadTerm(a: Addr): Term {
  return words[a >>> 2] as Term;
}

/** Stores a word. */
export function store(a: Addr, value: number): void {
  words[a >>> 2] = value;
}

export function loadByte(a: Addr): number {
  return bytes[a >>> 0] as number;
}

export function storeByte(a: Addr, value: number): void {
  bytes[a >>> 0] = value;
}

/** Copies words; the areas may overlap. */
export function copyWords(from: Addr, to: Addr, wordCount: number): void {
  words.copyWithin(to >>> 2, from >>> 2, (from >>> 2) + wordCount);
}

/** Copies bytes; the areas may overlap. */
export function copyBytes(from: Addr, to: Addr, byteCount: number): void {
  bytes.copyWithin(to >>> 0, from >>> 0, (from >>> 0) + byteCount);
}

/** Copies bytes from outside to an address. */
export function storeBytes(a: Addr, source: Uint8Array): void {
  bytes.set(source, a >>> 0);
}

/** A view of bytes from an address on: not to be kept over anything that allocates. */
export function bytesAt(a: Addr, count: number): Uint8Array {
  return bytes.subarray(a >>> 0, (a >>> 0) + count);
}

/** Loads the double at a 4-byte aligned address. */
export function loadFloat(a: Addr): number {
  floatScratchWords[0] = words[a >>> 2] as number;
  floatScratchWords[1] = words[(a >>> 2) + 1] as number;
  return floatScratch[0] as number;
}

/** Stores a double at a 4-byte aligned address. */
export function storeFloat(a: Addr, value: number): void {
  floatScratch[0] = value;
  words[a >>> 2] = floatScratchWords[0] as number;
  words[(a >>> 2) + 1] = floatScratchWords[1] as number;
}

/** Address arithmetic that keeps the brand. */
export function plus(a: Addr, byteCount: number): Addr {
  return (a + byteCount) as Addr;
}
