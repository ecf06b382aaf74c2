/**
 * What the bits of a 32-bit word mean. The only home of these numbers: generated code and TypeScript import them from here.
 *
 *   31                              4 3 2 1 0
 *  ┌─────────────────────────────────────┬───┐
 *  │ signed 30-bit integer               │1 1│  small
 *  ├─────────────────────────────────────┼───┤
 *  │ byte address of two words           │0 1│  cons      head at +0, tail at +4
 *  ├─────────────────────────────────────┼───┤
 *  │ byte address of a header            │1 0│  boxed
 *  ├──────────────────────────┬──────────┼───┤
 *  │ atom index               │ 0 0 0 1 │0 0│  atom   (low six bits 0x04)
 *  │ process number           │ 0 1 0 1 │0 0│  local pid (0x14)
 *  │ port number              │ 1 0 0 1 │0 0│  local port (0x24)
 *  │ 0                        │ 1 1 0 1 │0 0│  nil    (0x34)
 *  ├──────────────────────────┴──┬───────┼───┤
 *  │ return point                │  1 0  │0 0│  return address (only on stacks)
 *  │ return point of the handler │  1 1  │0 0│  catch tag (only on stacks)
 *  ├────────────────────┬────────┼───────┼───┤
 *  │ words that follow  │  type  │  0 0  │0 0│  header (only where a boxed pointer points)
 *  └────────────────────┴────────┴───────┴───┘
 *   31                8  7     4
 *
 * 0 is never a term: it is the non-value, and no header is 0 since objects of type 0 have a word at least.
 * While a collection runs, a moved object has its new address: in the header's place the boxed pointer, in a cons
 * cell 0 as head and the cons pointer as tail.
 */

declare const brand: unique symbol;
/** One word that is a valid term (or `NON_VALUE`, where a function says so). */
export type Term = number & { readonly [brand]: 'term' };
/** A byte address in linear memory, a multiple of 4 for everything that holds words. */
export type Addr = number & { readonly [brand]: 'addr' };

export const NON_VALUE = 0 as Term;

export const PRIMARY_MASK = 3;
export const PRIMARY_HEADER = 0;
export const PRIMARY_CONS = 1;
export const PRIMARY_BOXED = 2;
export const PRIMARY_SMALL = 3;

export const SMALL_SHIFT = 2;
export const SMALL_BITS = 30;
export const SMALL_MAX = 2 ** 29 - 1;
export const SMALL_MIN = -(2 ** 29);

export const IMMED_MASK = 0x3f;
export const IMMED_SHIFT = 6;
export const ATOM_TAG = 0x04;
export const PID_TAG = 0x14;
export const PORT_TAG = 0x24;
export const NIL = 0x34 as Term;

/** Return addresses and catch tags: low four bits; the rest is the number of a return point. */
export const STACK_TAG_MASK = 0x0f;
export const RETURN_TAG = 0x08;
export const CATCH_TAG = 0x0c;
export const STACK_TAG_SHIFT = 4;

/** Headers. `(header & HEADER_TYPE_MASK)` is one of the HEADER_ constants; `header >>> 8` counts the words that follow. */
export const HEADER_TYPE_MASK = 0xff;
export const HEADER_SIZE_SHIFT = 8;
/** The header of an object of a type (a HEADER_ constant) with so many words behind the header. */
export function makeHeader(type: number, wordsThatFollow: number): number {
  return (wordsThatFollow << HEADER_SIZE_SHIFT) | type;
}
/** Native records of OTP 29. A header of this type is not 0: the definition is one word that follows. */
export const HEADER_RECORD = 0x00;
export const HEADER_TUPLE = 0x10;
export const HEADER_POS_BIG = 0x20;
export const HEADER_NEG_BIG = 0x30;
export const HEADER_FLOAT = 0x40;
export const HEADER_REF = 0x50;
export const HEADER_FUN = 0x60;
export const HEADER_EXPORT = 0x70;
export const HEADER_HEAP_BITS = 0x80;
export const HEADER_SUB_BITS = 0x90;
export const HEADER_MATCH_CONTEXT = 0xa0;
export const HEADER_BIN_REF = 0xb0;
export const HEADER_FLATMAP = 0xc0;
export const HEADER_HASHMAP = 0xd0;
export const HEADER_HASH_NODE = 0xe0;
export const HEADER_EXTERNAL = 0xf0;
/** Types that come in pairs differ in one bit: `(header & HEADER_PAIR_MASK)` equals the first of the pair. */
export const HEADER_PAIR_MASK = 0xef;
export const PAIR_BIG = HEADER_POS_BIG;
export const PAIR_FUN = HEADER_FUN;
export const PAIR_BITS = HEADER_HEAP_BITS;
export const PAIR_MAP = HEADER_FLATMAP;

/** What a comparison in WebAssembly gives besides -1, 0 and 1: somebody else has to say. */
export const UNDECIDED_ORDER = 2;

export const MAX_TUPLE_ARITY = 2 ** 24 - 1;

/*
 * Boxed objects. Offsets are bytes from the header; every object is first `raw` words that are no terms, then terms.
 *
 *  native record  +0 header(1+n) +4 tuple of module, name, true if exported, names of the n fields   +8 value 1 …
 *  tuple          +0 header(n)   +4 element 1 …
 *  big            +0 header(n)   +4 least significant 32-bit digit … (no leading zero digit; sign in the type)
 *  float          +0 header(2)   +4 IEEE double, low word first (4-byte aligned only)
 *  ref            +0 header(3)   +4 number word 0, 1, 2
 *  magic ref      +0 header(5)   … the same, +16 magic handle, +20 next in the off-heap list
 *  fun            +0 header(3+f) +4 slot of its adapter +8 arity +12 fun entry +16 free variable 1 …
 *  export         +0 header(3)   +4 slot of its adapter +8 arity +12 table slot of the exported function
 *  heap bits      +0 header(1+w) +4 size in bits        +8 the bytes (rest of the last word: undefined)
 *  sub bits       +0 header(3)   +4 start, in bits      +8 size, in bits     +12 heap bits or bin ref (term)
 *  match context  +0 header(3)   +4 position, in bits   +8 end, in bits      +12 heap bits or bin ref (term)
 *  bin ref        +0 header(2)   +4 address of the off-heap binary           +8 next in the off-heap list
 *  flatmap        +0 header(1+n) +4 tuple of the n keys, sorted              +8 value 1 …
 *  hashmap        +0 header(2+c) +4 number of keys      +8 bitmap            +12 child …
 *  hash node      +0 header(1+c) +4 bitmap              +8 child …           (a child: cons [Key|Value] or hash node)
 *  external       +0 header(2+n) +4 kind                +8 node number       +12 number word …
 *
 * Bit positions and sizes are unsigned 32-bit. A bin ref is never a term that a program sees: a large binary is sub bits over it.
 */
export const RECORD_DEFINITION = 4;
export const RECORD_VALUES = 8;
export const TUPLE_ELEMENTS = 4;
export const BIG_DIGITS = 4;
export const FLOAT_VALUE = 4;
export const FLOAT_WORDS = 2;
export const REF_NUMBERS = 4;
export const REF_WORDS = 3;
export const MAGIC_REF_WORDS = 5;
export const MAGIC_REF_HANDLE = 16;
export const MAGIC_REF_NEXT = 20;
export const FUN_SLOT = 4;
export const FUN_ARITY = 8;
export const FUN_ENTRY = 12;
export const FUN_FREE = 16;
export const FUN_FIXED_WORDS = 3;
export const EXPORT_TARGET = 12;
export const HEAP_BITS_SIZE = 4;
export const HEAP_BITS_DATA = 8;
export const SUB_BITS_START = 4;
export const SUB_BITS_SIZE = 8;
export const SUB_BITS_ORIG = 12;
export const SUB_BITS_WORDS = 3;
export const CONTEXT_POSITION = 4;
export const CONTEXT_END = 8;
export const CONTEXT_ORIG = 12;
export const BIN_REF_ADDRESS = 4;
export const BIN_REF_NEXT = 8;
export const BIN_REF_WORDS = 2;
export const FLATMAP_KEYS = 4;
export const FLATMAP_VALUES = 8;
/** A map with more keys than this is a hashmap (MAP_SMALL_MAP_LIMIT in OTP's erl_map.h). */
export const FLATMAP_LIMIT = 32;
export const HASHMAP_COUNT = 4;
export const HASHMAP_BITMAP = 8;
export const HASHMAP_CHILDREN = 12;
export const HASH_NODE_BITMAP = 4;
export const HASH_NODE_CHILDREN = 8;
export const EXTERNAL_KIND = 4;
export const EXTERNAL_NODE = 8;
export const EXTERNAL_NUMBERS = 12;
export const EXTERNAL_PID = 0;
export const EXTERNAL_PORT = 1;
export const EXTERNAL_REF = 2;

/** How many words behind the header are raw (no terms), by header type >> 4; ALL_RAW: all of them. */
export const ALL_RAW = 255;
export const RAW_WORDS: readonly number[] = [
  0,
  0,
  ALL_RAW,
  ALL_RAW,
  ALL_RAW,
  ALL_RAW,
  3,
  3,
  ALL_RAW,
  2,
  2,
  ALL_RAW,
  0,
  2,
  1,
  ALL_RAW,
];

/*
 * An off-heap binary (counted): +0 references +4 size in bytes in use +8 capacity in bytes +12 flags +16 the bytes.
 * Binaries of up to HEAP_BINARY_LIMIT bytes lie on heaps (ERL_ONHEAP_BINARY_LIMIT in OTP's erl_binary.h).
 */
export const BINARY_REFERENCES = 0;
export const BINARY_SIZE = 4;
export const BINARY_CAPACITY = 8;
export const BINARY_FLAGS = 12;
export const BINARY_DATA = 16;
export const BINARY_FLAG_WRITABLE = 1;
/** In the flags of a writable binary: how many bits of its last byte are in use (0: all), see runtime/bits-build.ts. */
export const BINARY_TAIL_SHIFT = 8;
export const HEAP_BINARY_LIMIT = 64;
