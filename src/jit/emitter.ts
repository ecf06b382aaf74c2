/** What the files in ops/ give: an emitter for each instruction, by its name. */
import type { Operand } from '../isa/operands.ts';
import type { BeamAssembler } from './beam-assembler.ts';

/** Emits one instruction; `args` are of the kinds that its row in isa/opcodes.ts names. */
export type Emitter = (a: BeamAssembler, ...args: Operand[]) => void;
export type EmitterTable = Readonly<Record<string, Emitter>>;
