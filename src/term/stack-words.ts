/** Words that lie only on stacks: return addresses and catch tags (layout.ts). */
import { CATCH_TAG, RETURN_TAG, STACK_TAG_MASK, STACK_TAG_SHIFT } from './layout.ts';

/** The end of every stack: the return address of a process's first function. */
export const END_OF_STACK = RETURN_TAG;

export function isCatchTag(word: number): boolean {
  return (word & STACK_TAG_MASK) === CATCH_TAG;
}

export function isReturnAddress(word: number): boolean {
  return (word & STACK_TAG_MASK) === RETURN_TAG;
}

/** The return point of a return address or catch tag. */
export function pointOfWord(word: number): number {
  return word >>> STACK_TAG_SHIFT;
}

export function catchTag(point: number): number {
  return (point << STACK_TAG_SHIFT) | CATCH_TAG;
}

export function returnAddress(point: number): number {
  return (point << STACK_TAG_SHIFT) | RETURN_TAG;
}
