/** Constants of code: as words, and as what the linker makes terms of. */
import type { Operand } from '../isa/operands.ts';
import { NIL, PRIMARY_SMALL, SMALL_MAX, SMALL_MIN, SMALL_SHIFT } from '../term/layout.ts';
import type { ConstantId } from './compiled-module.ts';
import type { ModuleTranslator } from './module-translator.ts';
import { CONSTANT_WORD, RELOC_ATOM, RELOC_INTEGER, RELOC_LITERAL } from './relocations.ts';

export function isSmallInteger(value: number | bigint): boolean {
  return value >= SMALL_MIN && value <= SMALL_MAX;
}

/** The term of a small integer. */
export function smallWord(value: number | bigint): number {
  return (Number(value) << SMALL_SHIFT) | PRIMARY_SMALL;
}

/** What the linker knows a constant by. */
export function constantId(translator: ModuleTranslator, operand: Operand): ConstantId {
  switch (operand.kind) {
    case 'atom':
      return [RELOC_ATOM, operand.index];
    case 'nil':
      return [CONSTANT_WORD, NIL];
    case 'integer':
      return isSmallInteger(operand.value)
        ? [CONSTANT_WORD, smallWord(operand.value)]
        : [RELOC_INTEGER, translator.integer(BigInt(operand.value))];
    case 'literal':
      return [RELOC_LITERAL, operand.index];
    default:
      throw new TypeError(`operand of kind ${operand.kind} is no constant`);
  }
}
