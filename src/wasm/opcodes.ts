/**
 * The instruction set, one row per instruction: opcode (0xfc.. is the prefix byte and the byte after it), name in the text
 * format, immediates, and what it takes from and leaves on the stack (null where that depends on an immediate or a type).
 * The key is the name of the emitting method. Nothing else knows an opcode; the assembler, the disassembler and the
 * tests read this table.
 */

/** What follows the opcode in the code, in order. `delimiter`: nothing, but it ends or splits a block. */
export type Immediates =
  | 'none'
  | 'delimiter'
  | 'block'
  | 'label'
  | 'labels'
  | 'func'
  | 'type table'
  | 'types'
  | 'reftype'
  | 'local'
  | 'global'
  | 'table'
  | 'table table'
  | 'elem'
  | 'elem table'
  | 'memory'
  | 'memory memory'
  | 'data'
  | 'data memory'
  | 'access'
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64';

export interface Instruction<I extends Immediates = Immediates> {
  readonly opcode: number;
  readonly name: string;
  readonly immediates: I;
  /** Operands and results by type name, as in `i32 i64 -> f64`, or null where it varies. */
  readonly signature: string | null;
  /** Loads and stores: log2 of the width in bytes, which is the largest alignment that may be promised. */
  readonly alignment: number;
}

function op<I extends Immediates>(
  opcode: number,
  name: string,
  immediates: I,
  signature: string | null,
): Instruction<I> {
  return { opcode, name, immediates, signature, alignment: 0 };
}

function access(opcode: number, name: string, alignment: number, signature: string): Instruction<'access'> {
  return { opcode, name, immediates: 'access', signature, alignment };
}

export const instructions = {
  // Control
  unreachable: op(0x00, 'unreachable', 'none', null),
  nop: op(0x01, 'nop', 'none', '->'),
  block: op(0x02, 'block', 'block', null),
  loop: op(0x03, 'loop', 'block', null),
  if: op(0x04, 'if', 'block', null),
  else: op(0x05, 'else', 'delimiter', null),
  end: op(0x0b, 'end', 'delimiter', null),
  br: op(0x0c, 'br', 'label', null),
  brIf: op(0x0d, 'br_if', 'label', null),
  brTable: op(0x0e, 'br_table', 'labels', null),
  return: op(0x0f, 'return', 'none', null),
  call: op(0x10, 'call', 'func', null),
  callIndirect: op(0x11, 'call_indirect', 'type table', null),
  returnCall: op(0x12, 'return_call', 'func', null),
  returnCallIndirect: op(0x13, 'return_call_indirect', 'type table', null),
  drop: op(0x1a, 'drop', 'none', null),
  select: op(0x1b, 'select', 'none', null),
  selectTyped: op(0x1c, 'select', 'types', null),
  // Variables
  localGet: op(0x20, 'local.get', 'local', null),
  localSet: op(0x21, 'local.set', 'local', null),
  localTee: op(0x22, 'local.tee', 'local', null),
  globalGet: op(0x23, 'global.get', 'global', null),
  globalSet: op(0x24, 'global.set', 'global', null),
  // Tables and references
  tableGet: op(0x25, 'table.get', 'table', null),
  tableSet: op(0x26, 'table.set', 'table', null),
  tableInit: op(0xfc0c, 'table.init', 'elem table', 'i32 i32 i32 ->'),
  elemDrop: op(0xfc0d, 'elem.drop', 'elem', '->'),
  tableCopy: op(0xfc0e, 'table.copy', 'table table', 'i32 i32 i32 ->'),
  tableGrow: op(0xfc0f, 'table.grow', 'table', null),
  tableSize: op(0xfc10, 'table.size', 'table', '-> i32'),
  tableFill: op(0xfc11, 'table.fill', 'table', null),
  refNull: op(0xd0, 'ref.null', 'reftype', null),
  refIsNull: op(0xd1, 'ref.is_null', 'none', null),
  refFunc: op(0xd2, 'ref.func', 'func', '-> funcref'),
  // Memory
  i32Load: access(0x28, 'i32.load', 2, 'i32 -> i32'),
  i64Load: access(0x29, 'i64.load', 3, 'i32 -> i64'),
  f32Load: access(0x2a, 'f32.load', 2, 'i32 -> f32'),
  f64Load: access(0x2b, 'f64.load', 3, 'i32 -> f64'),
  i32Load8S: access(0x2c, 'i32.load8_s', 0, 'i32 -> i32'),
  i32Load8U: access(0x2d, 'i32.load8_u', 0, 'i32 -> i32'),
  i32Load16S: access(0x2e, 'i32.load16_s', 1, 'i32 -> i32'),
  i32Load16U: access(0x2f, 'i32.load16_u', 1, 'i32 -> i32'),
  i64Load8S: access(0x30, 'i64.load8_s', 0, 'i32 -> i64'),
  i64Load8U: access(0x31, 'i64.load8_u', 0, 'i32 -> i64'),
  i64Load16S: access(0x32, 'i64.load16_s', 1, 'i32 -> i64'),
  i64Load16U: access(0x33, 'i64.load16_u', 1, 'i32 -> i64'),
  i64Load32S: access(0x34, 'i64.load32_s', 2, 'i32 -> i64'),
  i64Load32U: access(0x35, 'i64.load32_u', 2, 'i32 -> i64'),
  i32Store: access(0x36, 'i32.store', 2, 'i32 i32 ->'),
  i64Store: access(0x37, 'i64.store', 3, 'i32 i64 ->'),
  f32Store: access(0x38, 'f32.store', 2, 'i32 f32 ->'),
  f64Store: access(0x39, 'f64.store', 3, 'i32 f64 ->'),
  i32Store8: access(0x3a, 'i32.store8', 0, 'i32 i32 ->'),
  i32Store16: access(0x3b, 'i32.store16', 1, 'i32 i32 ->'),
  i64Store8: access(0x3c, 'i64.store8', 0, 'i32 i64 ->'),
  i64Store16: access(0x3d, 'i64.store16', 1, 'i32 i64 ->'),
  i64Store32: access(0x3e, 'i64.store32', 2, 'i32 i64 ->'),
  memorySize: op(0x3f, 'memory.size', 'memory', '-> i32'),
  memoryGrow: op(0x40, 'memory.grow', 'memory', 'i32 -> i32'),
  memoryInit: op(0xfc08, 'memory.init', 'data memory', 'i32 i32 i32 ->'),
  dataDrop: op(0xfc09, 'data.drop', 'data', '->'),
  memoryCopy: op(0xfc0a, 'memory.copy', 'memory memory', 'i32 i32 i32 ->'),
  memoryFill: op(0xfc0b, 'memory.fill', 'memory', 'i32 i32 i32 ->'),
  // Constants
  i32Const: op(0x41, 'i32.const', 'i32', '-> i32'),
  i64Const: op(0x42, 'i64.const', 'i64', '-> i64'),
  f32Const: op(0x43, 'f32.const', 'f32', '-> f32'),
  f64Const: op(0x44, 'f64.const', 'f64', '-> f64'),
  // i32 tests and comparisons
  i32Eqz: op(0x45, 'i32.eqz', 'none', 'i32 -> i32'),
  i32Eq: op(0x46, 'i32.eq', 'none', 'i32 i32 -> i32'),
  i32Ne: op(0x47, 'i32.ne', 'none', 'i32 i32 -> i32'),
  i32LtS: op(0x48, 'i32.lt_s', 'none', 'i32 i32 -> i32'),
  i32LtU: op(0x49, 'i32.lt_u', 'none', 'i32 i32 -> i32'),
  i32GtS: op(0x4a, 'i32.gt_s', 'none', 'i32 i32 -> i32'),
  i32GtU: op(0x4b, 'i32.gt_u', 'none', 'i32 i32 -> i32'),
  i32LeS: op(0x4c, 'i32.le_s', 'none', 'i32 i32 -> i32'),
  i32LeU: op(0x4d, 'i32.le_u', 'none', 'i32 i32 -> i32'),
  i32GeS: op(0x4e, 'i32.ge_s', 'none', 'i32 i32 -> i32'),
  i32GeU: op(0x4f, 'i32.ge_u', 'none', 'i32 i32 -> i32'),
  // i64 tests and comparisons
  i64Eqz: op(0x50, 'i64.eqz', 'none', 'i64 -> i32'),
  i64Eq: op(0x51, 'i64.eq', 'none', 'i64 i64 -> i32'),
  i64Ne: op(0x52, 'i64.ne', 'none', 'i64 i64 -> i32'),
  i64LtS: op(0x53, 'i64.lt_s', 'none', 'i64 i64 -> i32'),
  i64LtU: op(0x54, 'i64.lt_u', 'none', 'i64 i64 -> i32'),
  i64GtS: op(0x55, 'i64.gt_s', 'none', 'i64 i64 -> i32'),
  i64GtU: op(0x56, 'i64.gt_u', 'none', 'i64 i64 -> i32'),
  i64LeS: op(0x57, 'i64.le_s', 'none', 'i64 i64 -> i32'),
  i64LeU: op(0x58, 'i64.le_u', 'none', 'i64 i64 -> i32'),
  i64GeS: op(0x59, 'i64.ge_s', 'none', 'i64 i64 -> i32'),
  i64GeU: op(0x5a, 'i64.ge_u', 'none', 'i64 i64 -> i32'),
  // f32 comparisons
  f32Eq: op(0x5b, 'f32.eq', 'none', 'f32 f32 -> i32'),
  f32Ne: op(0x5c, 'f32.ne', 'none', 'f32 f32 -> i32'),
  f32Lt: op(0x5d, 'f32.lt', 'none', 'f32 f32 -> i32'),
  f32Gt: op(0x5e, 'f32.gt', 'none', 'f32 f32 -> i32'),
  f32Le: op(0x5f, 'f32.le', 'none', 'f32 f32 -> i32'),
  f32Ge: op(0x60, 'f32.ge', 'none', 'f32 f32 -> i32'),
  // f64 comparisons
  f64Eq: op(0x61, 'f64.eq', 'none', 'f64 f64 -> i32'),
  f64Ne: op(0x62, 'f64.ne', 'none', 'f64 f64 -> i32'),
  f64Lt: op(0x63, 'f64.lt', 'none', 'f64 f64 -> i32'),
  f64Gt: op(0x64, 'f64.gt', 'none', 'f64 f64 -> i32'),
  f64Le: op(0x65, 'f64.le', 'none', 'f64 f64 -> i32'),
  f64Ge: op(0x66, 'f64.ge', 'none', 'f64 f64 -> i32'),
  // i32 arithmetic
  i32Clz: op(0x67, 'i32.clz', 'none', 'i32 -> i32'),
  i32Ctz: op(0x68, 'i32.ctz', 'none', 'i32 -> i32'),
  i32Popcnt: op(0x69, 'i32.popcnt', 'none', 'i32 -> i32'),
  i32Add: op(0x6a, 'i32.add', 'none', 'i32 i32 -> i32'),
  i32Sub: op(0x6b, 'i32.sub', 'none', 'i32 i32 -> i32'),
  i32Mul: op(0x6c, 'i32.mul', 'none', 'i32 i32 -> i32'),
  i32DivS: op(0x6d, 'i32.div_s', 'none', 'i32 i32 -> i32'),
  i32DivU: op(0x6e, 'i32.div_u', 'none', 'i32 i32 -> i32'),
  i32RemS: op(0x6f, 'i32.rem_s', 'none', 'i32 i32 -> i32'),
  i32RemU: op(0x70, 'i32.rem_u', 'none', 'i32 i32 -> i32'),
  i32And: op(0x71, 'i32.and', 'none', 'i32 i32 -> i32'),
  i32Or: op(0x72, 'i32.or', 'none', 'i32 i32 -> i32'),
  i32Xor: op(0x73, 'i32.xor', 'none', 'i32 i32 -> i32'),
  i32Shl: op(0x74, 'i32.shl', 'none', 'i32 i32 -> i32'),
  i32ShrS: op(0x75, 'i32.shr_s', 'none', 'i32 i32 -> i32'),
  i32ShrU: op(0x76, 'i32.shr_u', 'none', 'i32 i32 -> i32'),
  i32Rotl: op(0x77, 'i32.rotl', 'none', 'i32 i32 -> i32'),
  i32Rotr: op(0x78, 'i32.rotr', 'none', 'i32 i32 -> i32'),
  // i64 arithmetic
  i64Clz: op(0x79, 'i64.clz', 'none', 'i64 -> i64'),
  i64Ctz: op(0x7a, 'i64.ctz', 'none', 'i64 -> i64'),
  i64Popcnt: op(0x7b, 'i64.popcnt', 'none', 'i64 -> i64'),
  i64Add: op(0x7c, 'i64.add', 'none', 'i64 i64 -> i64'),
  i64Sub: op(0x7d, 'i64.sub', 'none', 'i64 i64 -> i64'),
  i64Mul: op(0x7e, 'i64.mul', 'none', 'i64 i64 -> i64'),
  i64DivS: op(0x7f, 'i64.div_s', 'none', 'i64 i64 -> i64'),
  i64DivU: op(0x80, 'i64.div_u', 'none', 'i64 i64 -> i64'),
  i64RemS: op(0x81, 'i64.rem_s', 'none', 'i64 i64 -> i64'),
  i64RemU: op(0x82, 'i64.rem_u', 'none', 'i64 i64 -> i64'),
  i64And: op(0x83, 'i64.and', 'none', 'i64 i64 -> i64'),
  i64Or: op(0x84, 'i64.or', 'none', 'i64 i64 -> i64'),
  i64Xor: op(0x85, 'i64.xor', 'none', 'i64 i64 -> i64'),
  i64Shl: op(0x86, 'i64.shl', 'none', 'i64 i64 -> i64'),
  i64ShrS: op(0x87, 'i64.shr_s', 'none', 'i64 i64 -> i64'),
  i64ShrU: op(0x88, 'i64.shr_u', 'none', 'i64 i64 -> i64'),
  i64Rotl: op(0x89, 'i64.rotl', 'none', 'i64 i64 -> i64'),
  i64Rotr: op(0x8a, 'i64.rotr', 'none', 'i64 i64 -> i64'),
  // f32 arithmetic
  f32Abs: op(0x8b, 'f32.abs', 'none', 'f32 -> f32'),
  f32Neg: op(0x8c, 'f32.neg', 'none', 'f32 -> f32'),
  f32Ceil: op(0x8d, 'f32.ceil', 'none', 'f32 -> f32'),
  f32Floor: op(0x8e, 'f32.floor', 'none', 'f32 -> f32'),
  f32Trunc: op(0x8f, 'f32.trunc', 'none', 'f32 -> f32'),
  f32Nearest: op(0x90, 'f32.nearest', 'none', 'f32 -> f32'),
  f32Sqrt: op(0x91, 'f32.sqrt', 'none', 'f32 -> f32'),
  f32Add: op(0x92, 'f32.add', 'none', 'f32 f32 -> f32'),
  f32Sub: op(0x93, 'f32.sub', 'none', 'f32 f32 -> f32'),
  f32Mul: op(0x94, 'f32.mul', 'none', 'f32 f32 -> f32'),
  f32Div: op(0x95, 'f32.div', 'none', 'f32 f32 -> f32'),
  f32Min: op(0x96, 'f32.min', 'none', 'f32 f32 -> f32'),
  f32Max: op(0x97, 'f32.max', 'none', 'f32 f32 -> f32'),
  f32Copysign: op(0x98, 'f32.copysign', 'none', 'f32 f32 -> f32'),
  // f64 arithmetic
  f64Abs: op(0x99, 'f64.abs', 'none', 'f64 -> f64'),
  f64Neg: op(0x9a, 'f64.neg', 'none', 'f64 -> f64'),
  f64Ceil: op(0x9b, 'f64.ceil', 'none', 'f64 -> f64'),
  f64Floor: op(0x9c, 'f64.floor', 'none', 'f64 -> f64'),
  f64Trunc: op(0x9d, 'f64.trunc', 'none', 'f64 -> f64'),
  f64Nearest: op(0x9e, 'f64.nearest', 'none', 'f64 -> f64'),
  f64Sqrt: op(0x9f, 'f64.sqrt', 'none', 'f64 -> f64'),
  f64Add: op(0xa0, 'f64.add', 'none', 'f64 f64 -> f64'),
  f64Sub: op(0xa1, 'f64.sub', 'none', 'f64 f64 -> f64'),
  f64Mul: op(0xa2, 'f64.mul', 'none', 'f64 f64 -> f64'),
  f64Div: op(0xa3, 'f64.div', 'none', 'f64 f64 -> f64'),
  f64Min: op(0xa4, 'f64.min', 'none', 'f64 f64 -> f64'),
  f64Max: op(0xa5, 'f64.max', 'none', 'f64 f64 -> f64'),
  f64Copysign: op(0xa6, 'f64.copysign', 'none', 'f64 f64 -> f64'),
  // Conversions
  i32WrapI64: op(0xa7, 'i32.wrap_i64', 'none', 'i64 -> i32'),
  i32TruncF32S: op(0xa8, 'i32.trunc_f32_s', 'none', 'f32 -> i32'),
  i32TruncF32U: op(0xa9, 'i32.trunc_f32_u', 'none', 'f32 -> i32'),
  i32TruncF64S: op(0xaa, 'i32.trunc_f64_s', 'none', 'f64 -> i32'),
  i32TruncF64U: op(0xab, 'i32.trunc_f64_u', 'none', 'f64 -> i32'),
  i64ExtendI32S: op(0xac, 'i64.extend_i32_s', 'none', 'i32 -> i64'),
  i64ExtendI32U: op(0xad, 'i64.extend_i32_u', 'none', 'i32 -> i64'),
  i64TruncF32S: op(0xae, 'i64.trunc_f32_s', 'none', 'f32 -> i64'),
  i64TruncF32U: op(0xaf, 'i64.trunc_f32_u', 'none', 'f32 -> i64'),
  i64TruncF64S: op(0xb0, 'i64.trunc_f64_s', 'none', 'f64 -> i64'),
  i64TruncF64U: op(0xb1, 'i64.trunc_f64_u', 'none', 'f64 -> i64'),
  f32ConvertI32S: op(0xb2, 'f32.convert_i32_s', 'none', 'i32 -> f32'),
  f32ConvertI32U: op(0xb3, 'f32.convert_i32_u', 'none', 'i32 -> f32'),
  f32ConvertI64S: op(0xb4, 'f32.convert_i64_s', 'none', 'i64 -> f32'),
  f32ConvertI64U: op(0xb5, 'f32.convert_i64_u', 'none', 'i64 -> f32'),
  f32DemoteF64: op(0xb6, 'f32.demote_f64', 'none', 'f64 -> f32'),
  f64ConvertI32S: op(0xb7, 'f64.convert_i32_s', 'none', 'i32 -> f64'),
  f64ConvertI32U: op(0xb8, 'f64.convert_i32_u', 'none', 'i32 -> f64'),
  f64ConvertI64S: op(0xb9, 'f64.convert_i64_s', 'none', 'i64 -> f64'),
  f64ConvertI64U: op(0xba, 'f64.convert_i64_u', 'none', 'i64 -> f64'),
  f64PromoteF32: op(0xbb, 'f64.promote_f32', 'none', 'f32 -> f64'),
  i32ReinterpretF32: op(0xbc, 'i32.reinterpret_f32', 'none', 'f32 -> i32'),
  i64ReinterpretF64: op(0xbd, 'i64.reinterpret_f64', 'none', 'f64 -> i64'),
  f32ReinterpretI32: op(0xbe, 'f32.reinterpret_i32', 'none', 'i32 -> f32'),
  f64ReinterpretI64: op(0xbf, 'f64.reinterpret_i64', 'none', 'i64 -> f64'),
  i32Extend8S: op(0xc0, 'i32.extend8_s', 'none', 'i32 -> i32'),
  i32Extend16S: op(0xc1, 'i32.extend16_s', 'none', 'i32 -> i32'),
  i64Extend8S: op(0xc2, 'i64.extend8_s', 'none', 'i64 -> i64'),
  i64Extend16S: op(0xc3, 'i64.extend16_s', 'none', 'i64 -> i64'),
  i64Extend32S: op(0xc4, 'i64.extend32_s', 'none', 'i64 -> i64'),
  i32TruncSatF32S: op(0xfc00, 'i32.trunc_sat_f32_s', 'none', 'f32 -> i32'),
  i32TruncSatF32U: op(0xfc01, 'i32.trunc_sat_f32_u', 'none', 'f32 -> i32'),
  i32TruncSatF64S: op(0xfc02, 'i32.trunc_sat_f64_s', 'none', 'f64 -> i32'),
  i32TruncSatF64U: op(0xfc03, 'i32.trunc_sat_f64_u', 'none', 'f64 -> i32'),
  i64TruncSatF32S: op(0xfc04, 'i64.trunc_sat_f32_s', 'none', 'f32 -> i64'),
  i64TruncSatF32U: op(0xfc05, 'i64.trunc_sat_f32_u', 'none', 'f32 -> i64'),
  i64TruncSatF64S: op(0xfc06, 'i64.trunc_sat_f64_s', 'none', 'f64 -> i64'),
  i64TruncSatF64U: op(0xfc07, 'i64.trunc_sat_f64_u', 'none', 'f64 -> i64'),
} as const satisfies Record<string, Instruction>;

/** The first byte of an opcode written as two: the second is the low byte of the table's number. */
export const PREFIX = 0xfc;

/** Ends a block, a function body and a constant expression. */
export const END = instructions.end.opcode;

const byOpcode: ReadonlyMap<number, Instruction> = new Map(
  Object.values(instructions).map((row: Instruction) => [row.opcode, row]),
);

/** The row of an opcode, a prefixed one as 0xfc00 plus its second byte; undefined when there is none. */
export function instructionOf(opcode: number): Instruction | undefined {
  return byOpcode.get(opcode);
}
