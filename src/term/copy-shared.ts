/**
 * Sizes and copies of terms in which parts that occur several times are counted and copied once (size_shared, copy_shared_calculate
 * and copy_shared_perform in OTP's copy.c). No recursion. Slower than term/copy.ts: for terms that are kept for long.
 */
import { isLiteral } from '../memory/allocator.ts';
import { allocate } from '../memory/heap.ts';
import { OFF_HEAP, OFF_HEAP_BYTES } from '../memory/map.ts';
import { bytes, load, loadTerm, loadUnsigned, store } from '../memory/memory.ts';
import { BIN_REF_HEADER, MAGIC_REF_HEADER, nextLink, offHeapBytesOf, retainObject } from '../memory/off-heap.ts';
import { isReleased } from '../memory/released-literals.ts';
import { type Addr, ALL_RAW, HEADER_TYPE_MASK, PRIMARY_MASK, RAW_WORDS, type Term } from './layout.ts';
import { addressOf, headerSize, isCons, isImmediate } from './term.ts';

/** Whether the objects of a literal count, or only what a process would have to copy. */
function isTaken(term: Term, literals: boolean): boolean {
  return !isImmediate(term) && (literals || !isLiteral(term) || isReleased(term));
}

/** Words of the object that a pointer points to. */
function objectWords(term: Term): number {
  return isCons(term) ? 2 : 1 + headerSize(term);
}

/** Words at the start of an object that hold no terms: its header and what is raw behind it. */
function rawWords(term: Term): number {
  if (isCons(term)) return 0;
  const raw = RAW_WORDS[(load(addressOf(term)) & HEADER_TYPE_MASK) >>> 4] as number;
  return raw === ALL_RAW ? objectWords(term) : 1 + raw;
}

/** Objects of more words are copied by a call. */
const FEW_WORDS = 8;
const PAGE_SHIFT = 12;
const PAGE_WORDS = 2 ** PAGE_SHIFT / 4;
const NO_PAGE = new Int32Array(0);

/** A number other than 0 for each of many objects: pages of linear memory with a word for each word, made where there is an object. */
class ObjectTable {
  private readonly pages = new Map<number, Int32Array>();
  /** The page of the object that was looked for last: the next is often near. */
  private number = -1;
  private page: Int32Array = NO_PAGE;

  /** What was set for the object; 0: nothing. */
  get(object: Term): number {
    const at = addressOf(object);
    return this.pageAt(at)[(at >>> 2) % PAGE_WORDS] as number;
  }

  set(object: Term, value: number): void {
    const at = addressOf(object);
    this.pageAt(at)[(at >>> 2) % PAGE_WORDS] = value;
  }

  private pageAt(at: Addr): Int32Array {
    const number = at >>> PAGE_SHIFT;
    if (number === this.number) return this.page;
    let page = this.pages.get(number);
    if (page === undefined) {
      page = new Int32Array(PAGE_WORDS);
      this.pages.set(number, page);
    }
    this.number = number;
    this.page = page;
    return page;
  }
}

/** Words of all objects of some terms, each counted once; those of literals only with `literals`. */
export function sharedSize(terms: readonly Term[], literals = false): number {
  const seen = new ObjectTable();
  const left: Term[] = [];
  const visit = (t: Term) => {
    if (!isTaken(t, literals) || seen.get(t) !== 0) return;
    seen.set(t, 1);
    left.push(t);
  };
  terms.forEach(visit);
  let total = 0;
  for (let object = left.pop(); object !== undefined; object = left.pop()) {
    const words = objectWords(object);
    total += words;
    const start = addressOf(object);
    for (let i = rawWords(object); i < words; i++) visit(loadTerm((start + i * 4) as Addr));
  }
  return total;
}

/** Puts a copied object that owns something off-heap on the list of where allocation goes. */
function own(object: Addr): void {
  const word = load(object);
  if (word !== BIN_REF_HEADER && word !== MAGIC_REF_HEADER) return;
  retainObject(object);
  store(nextLink(object), loadUnsigned(OFF_HEAP));
  store(OFF_HEAP, object);
  store(OFF_HEAP_BYTES, loadUnsigned(OFF_HEAP_BYTES) + offHeapBytesOf(object));
}

/**
 * Copies of terms on the running process's heap (or where allocation goes), with what they share shared. Literals stay where they are
 * unless `literals`, or their area is being released. `wordCount`: their sharedSize, where it is known.
 */
export function copyShared(
  terms: readonly Term[],
  literals = false,
  wordCount = sharedSize(terms, literals),
): readonly Term[] {
  if (wordCount === 0) return terms;
  const copyOfObject = new ObjectTable();
  const copies: Term[] = [];
  let top = allocate(wordCount) as number;
  const copyOf = (t: Term): Term => {
    if (!isTaken(t, literals)) return t;
    const known = copyOfObject.get(t);
    if (known !== 0) return known as Term;
    const from = addressOf(t);
    const words = objectWords(t);
    if (words <= FEW_WORDS) {
      for (let i = 0; i < words * 4; i += 4) store((top + i) as Addr, load((from + i) as Addr));
    } else {
      bytes.copyWithin(top >>> 0, from >>> 0, (from >>> 0) + words * 4);
    }
    const copy = (top | (t & PRIMARY_MASK)) as Term;
    copyOfObject.set(t, copy);
    copies.push(copy);
    top += words * 4;
    return copy;
  };
  const roots = terms.map(copyOf);
  // What is pushed meanwhile has its turn, too.
  for (const copy of copies) {
    const object = addressOf(copy);
    const words = objectWords(copy);
    if (!isCons(copy)) own(object);
    for (let i = rawWords(copy); i < words; i++) {
      const at = (object + i * 4) as Addr;
      store(at, copyOf(loadTerm(at)));
    }
  }
  return roots;
}
