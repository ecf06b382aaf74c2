/** Going through blocks of objects and stacks word by word, for dumps and checks. */
import {
  type Addr,
  CATCH_TAG,
  HEADER_SIZE_SHIFT,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  RETURN_TAG,
  STACK_TAG_MASK,
  STACK_TAG_SHIFT,
  type Term,
} from '../term/layout.ts';
import { load, loadTerm } from './memory.ts';

/** Calls `visit` with every object in [start, top) as a boxed term or a cons, in order of address. */
export function walkObjects(start: Addr, top: Addr, visit: (t: Term) => void): void {
  let a: number = start;
  while (a < top) {
    const word = load(a as Addr);
    const isHeader = (word & 15) === 0 && word !== 0;
    visit((a | (isHeader ? PRIMARY_BOXED : PRIMARY_CONS)) as Term);
    a += isHeader ? 4 + (word >>> HEADER_SIZE_SHIFT) * 4 : 8;
  }
}

/** A word on a stack: a term, or the number of the return point of a frame or of a handler. */
export type StackWord = { kind: 'term'; term: Term } | { kind: 'return' | 'catch'; point: number };

/** What the stack word at `a` is. */
export function stackWord(a: Addr): StackWord {
  const word = load(a);
  const tag = word & STACK_TAG_MASK;
  if (tag === RETURN_TAG) return { kind: 'return', point: word >>> STACK_TAG_SHIFT };
  if (tag === CATCH_TAG) return { kind: 'catch', point: word >>> STACK_TAG_SHIFT };
  return { kind: 'term', term: loadTerm(a) };
}
