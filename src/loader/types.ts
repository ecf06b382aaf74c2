/**
 * What the compiler knew of registers: chunk Type. Four versions are in use, those of OTP 25, 26, 27 and 29; all are
 * brought to the bits of isa/types.ts. Rules: `convert_ext` in OTP's beam_types.erl, `beam_types_decode_type` in beam_types.c.
 */
import { type BeamType, typeBits } from '../isa/types.ts';
import { ByteReader } from './byte-reader.ts';
import { corrupt } from './load-error.ts';

const anyType: BeamType = { union: typeBits.any };

/** How a version lays out the 16 bits in front of an entry. */
interface Layout {
  /** All its type bits. */
  readonly any: number;
  /** Bits that say that a bound (8 bytes) or a unit (1 byte) follows; 0 where the version has none. */
  readonly lower: number;
  readonly upper: number;
  readonly unit: number;
  /** Bit 2 is a match context, later bits are one to the left. */
  readonly contextBit: boolean;
  /** Each entry has both bounds; they say nothing if the lower one is above the upper one or the type has no numbers. */
  readonly alwaysBounds: boolean;
}

const layouts = new Map<number, Layout>([
  [1, { any: 0x1fff, lower: 0, upper: 0, unit: 0, contextBit: true, alwaysBounds: true }],
  [2, { any: 0x1fff, lower: 0x2000, upper: 0x4000, unit: 0x8000, contextBit: true, alwaysBounds: false }],
  [3, { any: 0x0fff, lower: 0x1000, upper: 0x2000, unit: 0x4000, contextBit: false, alwaysBounds: false }],
  [4, { any: 0x1fff, lower: 0x2000, upper: 0x4000, unit: 0x8000, contextBit: false, alwaysBounds: false }],
]);

/**
 * The types by index; entry 0 is the type of any term. A missing chunk or an unknown version gives entry 0 only and
 * `complete` false: type hints are to be ignored then, as in OTP.
 */
export function readTypes(bytes: Uint8Array): { types: BeamType[]; complete: boolean } {
  if (bytes.length === 0) return { types: [anyType], complete: false };
  const reader = new ByteReader(bytes, 'Type');
  const layout = layouts.get(reader.i32());
  if (layout === undefined) return { types: [anyType], complete: false };
  const count = reader.count(2, 1);
  const types: BeamType[] = [];
  for (let i = 0; i < count; i++) types.push(readType(reader, layout));
  const [first] = types;
  if (first?.union !== typeBits.any || first.min !== undefined || first.max !== undefined) {
    corrupt('Type', 'the first entry is not the type of any term');
  }
  types[0] = anyType;
  return { types, complete: true };
}

function readType(reader: ByteReader, layout: Layout): BeamType {
  const bits = reader.u16();
  const union = normaliseUnion(bits & layout.any, layout);
  if (union === 0) corrupt('Type', 'an entry is the type of no term');
  const isNumber = (union & (typeBits.integer | typeBits.float)) !== 0;
  if (layout.alwaysBounds) {
    const [min, max] = [reader.i64(), reader.i64()];
    return isNumber && min <= max ? { union, min, max } : { union };
  }
  if (((bits & (layout.lower | layout.upper)) !== 0 && !isNumber) || badUnit(bits, union, layout)) {
    corrupt('Type', 'an entry has bounds or a unit that do not fit it');
  }
  return {
    union,
    ...((bits & layout.lower) === 0 ? {} : { min: reader.i64() }),
    ...((bits & layout.upper) === 0 ? {} : { max: reader.i64() }),
    ...((bits & layout.unit) === 0 ? {} : { unit: reader.u8() + 1 }),
  };
}

function badUnit(bits: number, union: number, layout: Layout): boolean {
  return (bits & layout.unit) !== 0 && (union & typeBits.bitstring) === 0;
}

function normaliseUnion(bits: number, layout: Layout): number {
  if (bits === layout.any) return typeBits.any;
  if (!layout.contextBit) return bits;
  const context = (bits & 0x4) === 0 ? 0 : typeBits.bitstring;
  return (bits & 0x3) | context | ((bits & ~0x7) >> 1);
}
