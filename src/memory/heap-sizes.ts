/** Sizes that heaps may have, and when they change (OTP's erl_gc.c: erts_init_gc, erts_next_heap_size, do_next_vheap_size). */

/** Words of a new process's heap (H_DEFAULT_SIZE in OTP's erl_vm.h). */
export const MIN_HEAP_WORDS = 233;
/** Words that such a heap really begins with: many processes never need more. The first collection gives it its size. */
export const START_HEAP_WORDS = 90;
/** Words of a new process's virtual binary heap (min_bin_vheap_size). */
export const MIN_VIRTUAL_HEAP_WORDS = 46422;

/**
 * A process that collects often gets a young block of up to this many words, each time BUSY_GROWTH times larger, however little of it
 * lives: what a collection costs (unwinding, the stack, what lives) is then spread over more work. It gives them back when it waits.
 */
export const BUSY_HEAP_WORDS = 2 ** 15;
export const BUSY_GROWTH = 4;

const MAX_HEAP_WORDS = 2 ** 30;
const FIBONACCI_SIZES = 23;

function makeHeapSizes(): readonly number[] {
  const sizes = [12, 38];
  while (sizes.length < FIBONACCI_SIZES) sizes.push((sizes.at(-1) as number) + (sizes.at(-2) as number) + 1);
  for (;;) {
    const last = sizes.at(-1) as number;
    const next = last + Math.floor(last / 5);
    if (next > MAX_HEAP_WORDS) return sizes;
    sizes.push(next);
  }
}

/** All heap sizes in words, ascending (erlang:system_info(heap_sizes)). */
export const HEAP_SIZES = makeHeapSizes();

/** The smallest heap size of at least `wordCount` words, `steps` sizes further on. */
export function nextHeapSize(wordCount: number, steps = 0): number {
  let low = 0;
  let high = HEAP_SIZES.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((HEAP_SIZES[middle] as number) < wordCount) low = middle + 1;
    else high = middle;
  }
  return HEAP_SIZES[Math.min(low + steps, HEAP_SIZES.length - 1)] as number;
}

/** The next limit of a virtual binary heap of which `used` of `size` words are taken, at least `minimum`. */
export function nextVirtualHeapSize(used: number, size: number, minimum: number): number {
  let next = size;
  if (used / 3 > size / 4) {
    while (used / 3 > next / 4) next = Math.floor(next * 1.618);
  } else if (used < size / 4) {
    next = Math.floor(size / 2);
  }
  return Math.max(next, minimum);
}
