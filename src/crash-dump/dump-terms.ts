/** Terms in a crash dump: an object a line, by address, which the viewer puts together again (heap_dump in erl_process_dump.c). */
import { loadTerm } from '../memory/memory.ts';
import { atomName } from '../term/atoms.ts';
import { binaryBytes, bitSize } from '../term/bits.ts';
import { encodeExternal } from '../term/external-encode.ts';
import { childAt, childCount, hashmapSize } from '../term/hash-nodes.ts';
import {
  type Addr,
  EXTERNAL_PID,
  EXTERNAL_PORT,
  FLATMAP_KEYS,
  FLATMAP_VALUES,
  HEADER_BIN_REF,
  HEADER_HASH_NODE,
  HEADER_MATCH_CONTEXT,
  HEADER_RECORD,
  SUB_BITS_ORIG,
  type Term,
} from '../term/layout.ts';
import { display } from '../term/print.ts';
import {
  addressOf,
  fieldTerm,
  floatValue,
  head,
  headerSize,
  headerType,
  isAtom,
  isBig,
  isBitstring,
  isBoxed,
  isCons,
  isExternal,
  isFlatmap,
  isFloat,
  isHashmap,
  isImmediate,
  isLocalPid,
  isLocalPort,
  isNil,
  isSmall,
  isTuple,
  smallValue,
  tail,
  tupleArity,
} from '../term/term.ts';
import { encodeUtf8 } from '../term/utf8.ts';
import type { DumpWriter } from './dump-writer.ts';

const ADDRESS_SPACE = 2 ** 32;
const FLOAT_DIGITS = 20;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** An address or a length, as `%X` prints it. */
export function hex(n: number): string {
  return (n < 0 ? n + ADDRESS_SPACE : n).toString(16).toUpperCase();
}

export function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3);
    const word = a * 65536 + (b ?? 0) * 256 + (c ?? 0);
    const digit = (shift: number): string => BASE64.charAt(Math.floor(word / shift) % 64);
    parts.push(digit(262144), digit(4096), b === undefined ? '=' : digit(64), c === undefined ? '=' : digit(1));
  }
  return parts.join('');
}

/** #Port<0.7> -> p<0.7> */
function portElement(t: Term): string {
  return `p${display(t).replace('#Port', '')}`;
}

/** A word of an object or stack (dump_element). */
export function element(t: Term): string {
  if (isCons(t) || isBoxed(t)) return `H${hex(addressOf(t))}`;
  if (isAtom(t)) return `A${hex(encodeUtf8(atomName(t)).length)}:${atomName(t)}`;
  if (isSmall(t)) return `I${smallValue(t)}`;
  if (isLocalPid(t)) return `P${display(t)}`;
  if (isLocalPort(t)) return portElement(t);
  return isNil(t) ? 'N' : '';
}

interface Described {
  readonly text: string;
  /** The terms in it. */
  readonly parts: readonly Term[];
}

function elements(terms: readonly Term[]): string {
  return terms.map(element).join(',');
}

function words(t: Term, first: number, count: number): Term[] {
  return Array.from({ length: count }, (_, i) => loadTerm((addressOf(t) + first + 4 * i) as Addr));
}

/** What is dumped in external format; the viewer reads it back whole. */
function external(t: Term): Described {
  const bytes = encodeExternal(t);
  return { text: `E${hex(bytes.length)}:${base64(bytes)}`, parts: [] };
}

function describeMap(t: Term): Described {
  if (isFlatmap(t)) {
    const keys = fieldTerm(t, FLATMAP_KEYS);
    const values = words(t, FLATMAP_VALUES, tupleArity(keys));
    return { text: `Mf${hex(values.length)}:${element(keys)}:${elements(values)}`, parts: [keys, ...values] };
  }
  const children = Array.from({ length: childCount(t) }, (_, i) => childAt(t, i));
  const start = isHashmap(t) ? `Mh${hex(hashmapSize(t))}:` : 'Mn';
  return { text: `${start}${hex(children.length)}:${elements(children)}`, parts: children };
}

/** Bytes alone: the viewer knows no bits. */
function describeBits(t: Term): Described {
  const bytes = binaryBytes(t).subarray(0, Math.floor(bitSize(t) / 8));
  return { text: `Yh${hex(bytes.length)}:${base64(bytes)}`, parts: [] };
}

function floatText(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(FLOAT_DIGITS).split('e');
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
}

function describe(t: Term): Described {
  if (isCons(t)) return { text: `l${element(head(t))}|${element(tail(t))}`, parts: [head(t), tail(t)] };
  if (isTuple(t)) {
    const parts = words(t, 4, tupleArity(t));
    return { text: `t${hex(parts.length)}:${elements(parts)}`, parts };
  }
  if (isFloat(t)) {
    const text = floatText(floatValue(t));
    return { text: `F${hex(text.length)}:${text}`, parts: [] };
  }
  if (isBig(t)) return { text: `B${display(t)}`, parts: [] };
  if (isBitstring(t)) return describeBits(t);
  if (isFlatmap(t) || isHashmap(t) || headerType(t) === HEADER_HASH_NODE) return describeMap(t);
  if (isExternal(t, EXTERNAL_PID)) return { text: `P${display(t)}`, parts: [] };
  if (isExternal(t, EXTERNAL_PORT)) return { text: portElement(t), parts: [] };
  if (headerType(t) === HEADER_RECORD) return { text: '', parts: words(t, 4, headerSize(t)) };
  return external(t);
}

/** Whether a word of a stack holds what no program sees: the original of a match that is under way. */
function original(t: Term): Term {
  return isBoxed(t) && headerType(t) === HEADER_MATCH_CONTEXT ? fieldTerm(t, SUB_BITS_ORIG) : t;
}

/** A line for each object that can be reached from `roots`, and that is not in `seen` yet. */
export function dumpHeapOf(writer: DumpWriter, roots: readonly Term[], seen: Set<number>): void {
  const pending: Term[] = [];
  for (const root of roots) {
    pending.push(root);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const t = original(next);
      if (isImmediate(t) || seen.has(addressOf(t))) continue;
      seen.add(addressOf(t));
      if (isBoxed(t) && headerType(t) === HEADER_BIN_REF) continue;
      const { text, parts } = describe(t);
      writer.line(`${hex(addressOf(next))}:${text}`);
      for (let i = parts.length - 1; i >= 0; i--) pending.push(parts[i] as Term);
    }
  }
}
