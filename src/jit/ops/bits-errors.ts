/** Errors of bs_create_bin: a segment number, its type and what is wrong, packed for `bsFail` (runtime/bits-functions.ts). */
import type { Operand, Segment } from '../../isa/operands.ts';
import type { BeamAssembler } from '../beam-assembler.ts';

/** What is wrong with a segment. */
export const WRONG_TYPE = 0;
/** The size: system_limit when it is a natural number, else badarg. */
export const WRONG_SIZE = 1;
export const WRONG_UNIT = 2;
/** The bitstring is shorter than the segment, or is none. */
export const WRONG_LENGTH = 3;
export const NO_FLOAT = 4;
/** A size that no float has. */
export const INVALID_SIZE = 5;
/** The size of the whole. */
export const TOO_LARGE = 6;

const typeCodes: Partial<Record<Segment['type'], number>> = { float: 1, integer: 2, utf8: 3, utf16: 4, utf32: 5 };

/** The packed number without what is wrong. */
export function segmentCode(segment: Segment): number {
  return (segment.number << 8) | ((typeCodes[segment.type] ?? 0) << 4);
}

/** Pops an i32; when it is not 0, goes to fail, or raises as `raise` records it. */
export function failIf(a: BeamAssembler, fail: Operand, raise: () => void): void {
  const label = a.label(fail);
  if (label > 0) return a.branchIf(label);
  a.w.if();
  raise();
  a.leaveRaised();
  a.w.end();
}

/** The same for a segment of which `pushValue` pushes what is to blame. */
export function failSegmentIf(
  a: BeamAssembler,
  fail: Operand,
  segment: Segment,
  wrong: number,
  pushValue: () => void,
): void {
  failIf(a, fail, () => {
    a.w.i32Const(segmentCode(segment) | wrong);
    pushValue();
    a.callRuntime('bsFail');
  });
}
