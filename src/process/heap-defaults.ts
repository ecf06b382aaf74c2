/** What processes begin with (erlang:system_flag/2 changes it; the flags +hms, +hmbs, +hmax… of the emulator set it). */
import type { HeapLimit } from '../memory/heap-limit.ts';
import type { MachineSettings } from './machine-settings.ts';

/** The largest value of fullsweep_after (16 bits). */
export const MAX_FULLSWEEP = 65535;

export interface HeapDefaults {
  minHeapWords: number;
  minVirtualHeapWords: number;
  fullsweepAfter: number;
  limit: HeapLimit;
}

export function heapDefaults({ minHeapWords, minVirtualHeapWords, heapLimit }: MachineSettings): HeapDefaults {
  return { minHeapWords, minVirtualHeapWords, fullsweepAfter: MAX_FULLSWEEP, limit: heapLimit };
}
