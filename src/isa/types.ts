/** What the compiler tells of the terms in registers. */

/** Members of `BeamType.union`. A match context counts as a bitstring. */
export const typeBits = {
  atom: 0x1,
  bitstring: 0x2,
  cons: 0x4,
  float: 0x8,
  fun: 0x10,
  integer: 0x20,
  map: 0x40,
  nil: 0x80,
  pid: 0x100,
  port: 0x200,
  reference: 0x400,
  tuple: 0x800,
  /** Native record, OTP 29. */
  record: 0x1000,
  any: 0x1fff,
} as const;

/**
 * What the compiler knew of a register at an instruction. `union` is a set of the `typeBits`: the term is
 * of one of these. `min` and `max` bound it when it is an integer (or a number, when floats are in the union);
 * `unit` divides its size in bits when it is a bitstring.
 */
export interface BeamType {
  readonly union: number;
  readonly min?: bigint;
  readonly max?: bigint;
  readonly unit?: number;
}
