/** Which instructions were executed: translated code notes the opcode of every instruction that it comes to. */
import { opcodes } from '../../src/isa/opcodes.ts';
import type { BeamAssembler } from '../../src/jit/beam-assembler.ts';
import type { Instruction } from '../../src/loader/beam-module.ts';
import { allocateBlock } from '../../src/memory/allocator.ts';
import { loadByte, plus, storeByte } from '../../src/memory/memory.ts';
import type { Addr } from '../../src/term/layout.ts';

const OPCODES = 256;

export class Coverage {
  /** By opcode, whether it was executed and where it was only translated. */
  readonly executed = new Set<string>();
  readonly translated = new Set<string>();
  private flags: Addr | undefined;

  /** To be called when a virtual machine was made; its memory then holds a byte for each opcode. */
  start(): void {
    this.flags = allocateBlock(OPCODES);
    for (const { number } of opcodes) storeByte(plus(this.flags, number), 0);
  }

  /** Option of the translator. */
  readonly onInstruction = (a: BeamAssembler, { op }: Instruction): void => {
    this.translated.add(op.name);
    a.w.i32Const((this.flags as number) + op.number);
    a.w.i32Const(1);
    a.w.i32Store8();
  };

  /** Adds what was executed since `start`. */
  collect(): void {
    const { flags } = this;
    if (flags === undefined) return;
    for (const { number, name } of opcodes) {
      if (loadByte(plus(flags, number)) === 1) this.executed.add(name);
    }
  }
}
