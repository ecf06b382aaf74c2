/** The kernels of maps without a virtual machine, on a fresh heap. */
import { buildKernels } from '../../src/jit/kernels.ts';
import { allocate } from '../../src/memory/heap.ts';
import { currentMemory } from '../../src/memory/memory.ts';
import { termKernels } from '../../src/memory/term-kernels.ts';
import type { Term } from '../../src/term/layout.ts';
import { termRules } from '../../src/term/term-rules.ts';
import { freshHeap } from '../support/heap.ts';

export type Kernel = (...args: number[]) => Term;

/** For the flag see TermRules.atomKeysByIndex, which it sets. */
export function mapKernels(byIndex: boolean): Record<string, Kernel> {
  freshHeap();
  termRules.atomKeysByIndex = byIndex;
  const rt = { moreHeap: (count: number) => allocate(count) };
  const imports = { env: { memory: currentMemory() }, rt, term: termKernels() } as unknown as WebAssembly.Imports;
  return new WebAssembly.Instance(new WebAssembly.Module(buildKernels(byIndex)), imports).exports as never;
}
