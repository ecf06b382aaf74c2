/** All emitters by instruction name; a test checks that every row of isa/opcodes.ts that may be loaded has one. */
import { opcodes } from '../isa/opcodes.ts';
import type { Emitter, EmitterTable } from './emitter.ts';
import { bifCallEmitters } from './ops/bif-calls.ts';
import { bitsBuildEmitters } from './ops/bits-build.ts';
import { bitsStepEmitters } from './ops/bits-build-steps.ts';
import { bitsMatchEmitters } from './ops/bits-match.ts';
import { callEmitters } from './ops/calls.ts';
import { exceptionEmitters } from './ops/exceptions.ts';
import { floatEmitters } from './ops/floats.ts';
import { frameEmitters } from './ops/frames.ts';
import { funEmitters } from './ops/funs.ts';
import { listTupleEmitters } from './ops/lists-tuples.ts';
import { mapEmitters } from './ops/maps.ts';
import { messageEmitters } from './ops/messages.ts';
import { moveEmitters } from './ops/moves-marks.ts';
import { recordEmitters } from './ops/records.ts';
import { selectEmitters } from './ops/select.ts';
import { testEmitters } from './ops/tests-compare.ts';

export const emitters: EmitterTable = {
  ...bifCallEmitters,
  ...bitsBuildEmitters,
  ...bitsMatchEmitters,
  ...bitsStepEmitters,
  ...callEmitters,
  ...exceptionEmitters,
  ...floatEmitters,
  ...frameEmitters,
  ...funEmitters,
  ...listTupleEmitters,
  ...mapEmitters,
  ...messageEmitters,
  ...moveEmitters,
  ...recordEmitters,
  ...selectEmitters,
  ...testEmitters,
};

/** The same by opcode. */
export const emitterOf: readonly (Emitter | undefined)[] = [undefined, ...opcodes].map((row) =>
  row === undefined ? undefined : emitters[row.name],
);
