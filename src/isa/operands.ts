/**
 * The operands of BEAM instructions as the loader hands them to the translator; their printing is in print.ts.
 *
 * Every operand is an immutable record with a string `kind`. The loader shares equal small ones, so never compare
 * operands by identity and never write to one. What an unsigned number (`u`) means at a position (an import, a
 * number of live registers, an offset …) is told by the opcode's row in opcodes.ts, not by the operand.
 */

/** x register 0..1023. `type` is an index into `BeamModule.types`; 0, the type of any term, when nothing is known. */
export interface XReg {
  readonly kind: 'x';
  readonly index: number;
  readonly type: number;
}

/** y register 0..1023: slot of the current stack frame, 0 is the slot next to the top. `type` as in `XReg`. */
export interface YReg {
  readonly kind: 'y';
  readonly index: number;
  readonly type: number;
}

/** Float register 0..1023: holds an unboxed f64. */
export interface FReg {
  readonly kind: 'fr';
  readonly index: number;
}

/** Reference to a label. 0 is no label: where a failure would go there, an exception is raised instead. */
export interface Label {
  readonly kind: 'f';
  readonly label: number;
}

/** Atom: `name` is its text, `index` (1 and up) its place in `BeamModule.atoms`. */
export interface Atom {
  readonly kind: 'atom';
  readonly index: number;
  readonly name: string;
}

/** The empty list. */
export interface Nil {
  readonly kind: 'nil';
}

/** Integer term: a `number` exactly when it is a safe integer of JavaScript, else a `bigint`. */
export interface Integer {
  readonly kind: 'integer';
  readonly value: number | bigint;
}

/** Term of the literal table: index into `BeamModule.literals`. */
export interface Literal {
  readonly kind: 'literal';
  readonly index: number;
}

/** Untagged number, 0..2^53-1: count, index, size, flags … as the opcode's row says. */
export interface Unsigned {
  readonly kind: 'u';
  readonly value: number;
}

/** Untagged number of 2^53 or more. Legal only as a size in bits or bytes, where it means "larger than memory". */
export interface Oversize {
  readonly kind: 'o';
  readonly value: bigint;
}

/** Heap need: `words` words, and room for `floats` boxed floats and `funs` local funs (whose sizes are the runtime's). */
export interface Alloc {
  readonly kind: 'alloc';
  readonly words: number;
  readonly floats: number;
  readonly funs: number;
}

/** Variable-length tail of an instruction. Lists do not nest. */
export interface OperandList {
  readonly kind: 'list';
  readonly items: readonly Operand[];
}

/** Bits of `flags` operands and of the flags in segments and commands. */
export const segmentFlags = { little: 2, signed: 4, native: 16 } as const;

export type SegmentType =
  | 'append'
  | 'private_append'
  | 'binary'
  | 'float'
  | 'integer'
  | 'string'
  | 'utf8'
  | 'utf16'
  | 'utf32';

/** One segment of `bs_create_bin`. */
export interface Segment {
  /** `append` and `private_append` are only legal for the first segment. */
  readonly type: SegmentType;
  /** Number of the segment in the source, from 1; 0 if there is none. For error information. */
  readonly number: number;
  /** 0..256; 0 where the type has none. */
  readonly unit: number;
  readonly flags: number;
  /** The value; for type `string` an unsigned operand, the offset into `BeamModule.strings`. */
  readonly value: Source | Unsigned;
  /** In units: any source; atom `all`, atom `undefined` (utf types); for type `string` an integer, in bytes. */
  readonly size: Source;
}

export type MatchCommand =
  /** Fails unless at least `bits` bits are left, and `unit` divides the rest behind them. */
  | { readonly op: 'ensure_at_least'; readonly bits: number; readonly unit: number }
  /** Fails unless exactly `bits` bits are left. */
  | { readonly op: 'ensure_exactly'; readonly bits: number }
  | { readonly op: 'skip'; readonly bits: number }
  | { readonly op: 'get_tail'; readonly live: number; readonly unit: number; readonly dst: Reg }
  /** Fails unless the next `bits` bits, as an unsigned big-endian integer, are `value`. */
  | { readonly op: '=:='; readonly bits: number; readonly value: bigint }
  | {
      readonly op: 'integer' | 'binary';
      readonly live: number;
      readonly flags: number;
      /** `size * unit` is the number of bits. */
      readonly size: number;
      readonly unit: number;
      readonly dst: Reg;
    };

/** The list of `bs_create_bin`, taken apart. */
export interface Segments {
  readonly kind: 'segments';
  readonly items: readonly Segment[];
}

/** The list of `bs_match`, taken apart. */
export interface MatchCommands {
  readonly kind: 'commands';
  readonly items: readonly MatchCommand[];
}

export type Reg = XReg | YReg;

/** A term known when the module is loaded. */
export type Constant = Atom | Nil | Integer | Literal;

/** Anything that yields a term. */
export type Source = Reg | Constant;

export type Operand =
  | Reg
  | FReg
  | Label
  | Constant
  | Unsigned
  | Oversize
  | Alloc
  | OperandList
  | Segments
  | MatchCommands;

export type OperandTag = Operand['kind'];

/** True for the two kinds of register that hold terms. */
export function isRegister(operand: Operand): operand is Reg {
  return operand.kind === 'x' || operand.kind === 'y';
}

/** True for terms known at load time. */
export function isConstant(operand: Operand): operand is Constant {
  return operand.kind === 'atom' || operand.kind === 'nil' || operand.kind === 'integer' || operand.kind === 'literal';
}

/** True for every operand that yields a term. */
export function isSource(operand: Operand): operand is Source {
  return isRegister(operand) || isConstant(operand);
}
