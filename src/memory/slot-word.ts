/** A function to call as one word: table slot and arity. What VM register SLOT holds, and generated code passes. */
import { ARITY_BITS } from './map.ts';

const ARITY_MASK = 2 ** ARITY_BITS - 1;

export function slotWord(slot: number, arity: number): number {
  return (slot << ARITY_BITS) | arity;
}

export function slotOfWord(word: number): number {
  return word >>> ARITY_BITS;
}

export function arityOfWord(word: number): number {
  return word & ARITY_MASK;
}
