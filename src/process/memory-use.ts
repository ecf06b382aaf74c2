/**
 * What memory is used for, in bytes: linear memory by what lies there, and what generated code and the texts of atoms take outside of it.
 * The engine's own objects for processes, tables and code are not counted: nobody says how large they are.
 */
import { allocatorStatistics } from '../memory/allocator.ts';
import { binaryTotals } from '../memory/off-heap.ts';
import { atomTextBytes } from '../term/atoms.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';

const WORD = 4;

export interface MemoryUse {
  /** Linear memory, each part by the name of OTP's allocator for such things. */
  readonly blocks: Readonly<Record<MemoryKind, number>>;
  readonly code: number;
  readonly atoms: number;
}

export const MEMORY_KINDS = ['binary_alloc', 'eheap_alloc', 'ets_alloc', 'literal_alloc', 'std_alloc'] as const;
export type MemoryKind = (typeof MEMORY_KINDS)[number];

/** Heap and stack of a process, and its messages. */
function processBytes({ heap, mailbox }: Process): number {
  let messages = 0;
  for (const { wordCount } of mailbox.messages()) messages += wordCount;
  return (heap.totalWords() + messages) * WORD + heap.stackTop - heap.stackLow;
}

export function memoryUse(vm: Machine): MemoryUse {
  const { general, literals } = allocatorStatistics();
  const heaps = vm.processes.all().reduce((sum, process) => sum + processBytes(process), 0);
  const tables = vm.ets.all().reduce((sum, { wordCount }) => sum + wordCount * WORD, 0);
  const others = general.bytesInUse - literals.regionBytes - heaps - tables - binaryTotals.bytes;
  let code = 0;
  for (const { codeBytes } of vm.code.modules.values()) code += codeBytes;
  return {
    blocks: {
      binary_alloc: binaryTotals.bytes,
      eheap_alloc: heaps,
      ets_alloc: tables,
      literal_alloc: literals.bytesInUse,
      std_alloc: Math.max(0, others),
    },
    code,
    atoms: atomTextBytes(),
  };
}

/** The figures of erlang:memory/0, in its order, as erlang.erl makes them of these. */
export function memoryFigures({ blocks, code, atoms }: MemoryUse): readonly (readonly [string, number])[] {
  const total = MEMORY_KINDS.reduce((sum, kind) => sum + blocks[kind], code + atoms);
  const processes = blocks.eheap_alloc;
  return [
    ['total', total],
    ['processes', processes],
    ['processes_used', processes],
    ['system', total - processes],
    ['atom', atoms],
    ['atom_used', atoms],
    ['binary', blocks.binary_alloc],
    ['code', code],
    ['ets', blocks.ets_alloc],
  ];
}
