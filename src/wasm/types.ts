/**
 * The words of the assembler's vocabulary. Each is a plain number at run time; the brand keeps the index spaces of
 * WebAssembly apart at compile time. Only this folder makes them.
 */

declare const brand: unique symbol;

/** A value type. The number is the negative one of the binary format, so that value types and type indices can share a block type. */
export type ValType = number & { readonly [brand]: 'ValType' };
/** Index into the type section. */
export type TypeIndex = number & { readonly [brand]: 'TypeIndex' };
/**
 * A function: an imported one as its index (0 and up), one defined in the module as -1 - its ordinal, because its index is
 * known only when every import is. `ModuleBuilder.functionIndex` gives the index.
 */
export type FuncIndex = number & { readonly [brand]: 'FuncIndex' };
export type TableIndex = number & { readonly [brand]: 'TableIndex' };
export type GlobalIndex = number & { readonly [brand]: 'GlobalIndex' };
export type ElementIndex = number & { readonly [brand]: 'ElementIndex' };
export type DataIndex = number & { readonly [brand]: 'DataIndex' };
/** A parameter or local of one function. */
export type Local = number & { readonly [brand]: 'Local' };
/** A block, loop or if of one function, never reused within it. */
export type Label = number & { readonly [brand]: 'Label' };

/** Nothing (leave it out), one result, or the type with the block's parameters and results. */
export type BlockType = ValType | TypeIndex;

export const i32 = -0x01 as ValType;
export const i64 = -0x02 as ValType;
export const f32 = -0x03 as ValType;
export const f64 = -0x04 as ValType;
export const funcref = -0x10 as ValType;
export const externref = -0x11 as ValType;

/** The block type of a block without parameters and results. */
export const EMPTY_BLOCK = -0x40;

const NAMES: ReadonlyMap<number, string> = new Map<number, string>([
  [i32, 'i32'],
  [i64, 'i64'],
  [f32, 'f32'],
  [f64, 'f64'],
  [funcref, 'funcref'],
  [externref, 'externref'],
]);

/** The name the text format gives a value type; throws on any other number. */
export function valTypeName(type: number): string {
  const name = NAMES.get(type);
  if (name === undefined) throw new RangeError(`not a value type: ${type}`);
  return name;
}

/** Parameters and results of a function or block. */
export interface FuncType {
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
}

/** Size limits of a memory (in pages of 64 KiB) or a table (in elements). */
export interface Limits {
  readonly min: number;
  readonly max?: number;
  /** Memories only: a shared memory, which needs `max`. */
  readonly shared?: boolean;
}

/** What a global starts as, and where a segment goes. Made by the functions below. */
export type ConstExpr =
  | { readonly op: 'i32'; readonly value: number }
  | { readonly op: 'i32Reloc'; readonly kind: number; readonly id: number }
  | { readonly op: 'i64'; readonly value: bigint | number }
  | { readonly op: 'f32' | 'f64'; readonly value: number }
  | { readonly op: 'globalGet'; readonly global: GlobalIndex }
  | { readonly op: 'refFunc'; readonly func: FuncIndex }
  | { readonly op: 'refNull'; readonly type: ValType };

/** A constant i32, signed or unsigned. */
export const i32Init = (value: number): ConstExpr => ({ op: 'i32', value });
/** A constant i32 that is known only when the module is loaded; see `applyRelocations`. */
export const i32RelocInit = (kind: number, id: number): ConstExpr => ({ op: 'i32Reloc', kind, id });
export const i64Init = (value: bigint | number): ConstExpr => ({ op: 'i64', value });
export const f32Init = (value: number): ConstExpr => ({ op: 'f32', value });
export const f64Init = (value: number): ConstExpr => ({ op: 'f64', value });
/** The value of an imported immutable global. */
export const globalInit = (global: GlobalIndex): ConstExpr => ({ op: 'globalGet', global });
export const refFuncInit = (func: FuncIndex): ConstExpr => ({ op: 'refFunc', func });
export const refNullInit = (type: ValType): ConstExpr => ({ op: 'refNull', type });
