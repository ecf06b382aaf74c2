/** A process's memory as text, object by object, for people who look for what went wrong. */
import { isLiteral } from '../memory/allocator.ts';
import { stackWord, walkObjects } from '../memory/heap-walk.ts';
import { X_REGISTERS } from '../memory/map.ts';
import { load, loadTerm } from '../memory/memory.ts';
import type { ProcessHeap } from '../memory/process-heap.ts';
import { atomCount, atomName } from '../term/atoms.ts';
import {
  type Addr,
  ALL_RAW,
  HEADER_BIN_REF,
  HEADER_EXPORT,
  HEADER_EXTERNAL,
  HEADER_FLATMAP,
  HEADER_FLOAT,
  HEADER_FUN,
  HEADER_HASH_NODE,
  HEADER_HASHMAP,
  HEADER_HEAP_BITS,
  HEADER_MATCH_CONTEXT,
  HEADER_NEG_BIG,
  HEADER_POS_BIG,
  HEADER_RECORD,
  HEADER_REF,
  HEADER_SUB_BITS,
  HEADER_TUPLE,
  RAW_WORDS,
  type Term,
} from '../term/layout.ts';
import {
  addressOf,
  head,
  headerSize,
  headerType,
  immediateValue,
  isAtom,
  isBoxed,
  isCons,
  isLocalPid,
  isLocalPort,
  isNil,
  isSmall,
  smallValue,
  tail,
} from '../term/term.ts';

const TYPE_NAMES = new Map([
  [HEADER_RECORD, 'native record'],
  [HEADER_TUPLE, 'tuple'],
  [HEADER_POS_BIG, 'big'],
  [HEADER_NEG_BIG, 'negative big'],
  [HEADER_FLOAT, 'float'],
  [HEADER_REF, 'ref'],
  [HEADER_FUN, 'fun'],
  [HEADER_EXPORT, 'export'],
  [HEADER_HEAP_BITS, 'heap bits'],
  [HEADER_SUB_BITS, 'sub bits'],
  [HEADER_MATCH_CONTEXT, 'match context'],
  [HEADER_BIN_REF, 'bin ref'],
  [HEADER_FLATMAP, 'flatmap'],
  [HEADER_HASHMAP, 'hashmap'],
  [HEADER_HASH_NODE, 'hash node'],
  [HEADER_EXTERNAL, 'external'],
]);
/** Words of an object that are shown. */
const SHOWN_WORDS = 16;
const TYPE_STEP = 16;

function hex(n: number): string {
  return (n < 0 ? n + 2 ** 32 : n).toString(16).padStart(8, '0');
}

/** A word as a person would name it: the value of an immediate, the address of an object. Never follows a pointer. */
export function describeWord(word: Term): string {
  if (isSmall(word)) return String(smallValue(word));
  if (isNil(word)) return '[]';
  if (isAtom(word)) return immediateValue(word) < atomCount() ? `'${atomName(word)}'` : `atom ${immediateValue(word)}?`;
  if (isLocalPid(word)) return `pid ${immediateValue(word)}`;
  if (isLocalPort(word)) return `port ${immediateValue(word)}`;
  if (isCons(word) || isBoxed(word)) {
    return `${isCons(word) ? 'cons' : 'boxed'} ${hex(addressOf(word))}${isLiteral(word) ? ' (literal)' : ''}`;
  }
  return `?${hex(word)}`;
}

function describeObject(t: Term): string {
  if (isCons(t)) return `[${describeWord(head(t))} | ${describeWord(tail(t))}]`;
  const type = headerType(t);
  const size = headerSize(t);
  const raw = RAW_WORDS[Math.floor(type / TYPE_STEP)] as number;
  const parts: string[] = [];
  for (let i = 0; i < Math.min(size, SHOWN_WORDS); i++) {
    const word = loadTerm((addressOf(t) + 4 + i * 4) as Addr);
    parts.push(raw === ALL_RAW || i < raw ? `#${hex(word)}` : describeWord(word));
  }
  if (size > SHOWN_WORDS) parts.push(`… ${size - SHOWN_WORDS} more`);
  return `${TYPE_NAMES.get(type) ?? `type ${type}`}(${size}) ${parts.join(', ')}`;
}

/**
 * All of a heap whose fields are current: registers, stack from the newest frame on, then every block in order of address.
 * `live`: how many X registers hold terms.
 */
export function dumpHeap(heap: ProcessHeap, live = 0): string {
  const lines: string[] = [];
  for (let i = 0; i < live; i++) lines.push(`x${i}  ${describeWord(loadTerm((X_REGISTERS + i * 4) as Addr))}`);
  lines.push(`stack ${hex(heap.sp)}..${hex(heap.stackTop)}, block from ${hex(heap.stackLow)}`);
  for (let a: number = heap.sp; a < heap.stackTop; a += 4) {
    const word = stackWord(a as Addr);
    lines.push(`  ${hex(a)}  ${word.kind === 'term' ? describeWord(word.term) : `${word.kind} ${word.point}`}`);
  }
  for (const { name, start, top } of heap.areas()) {
    lines.push(`${name} ${hex(start)}..${hex(top)}`);
    walkObjects(start, top, (t) => {
      lines.push(`  ${hex(addressOf(t))}  ${describeObject(t)}`);
    });
  }
  lines.push(`off-heap lists: young ${hex(heap.offHeap)} (${heap.offHeapBytes} bytes), old ${hex(heap.oldOffHeap)}`);
  return lines.join('\n');
}

/** `wordCount` words from `a` on, as words and as terms. */
export function dumpWords(a: Addr, wordCount: number): string {
  return Array.from({ length: wordCount }, (_, i) => {
    const at = (a + i * 4) as Addr;
    return `${hex(at)}  ${hex(load(at))}  ${describeWord(loadTerm(at))}`;
  }).join('\n');
}
