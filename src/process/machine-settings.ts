/** What flags of the emulator set, once and for all. */
import { type HeapLimit, NO_LIMIT } from '../memory/heap-limit.ts';
import { MIN_HEAP_WORDS, MIN_VIRTUAL_HEAP_WORDS } from '../memory/heap-sizes.ts';
import type { TimeSettings } from './system-time.ts';

export interface MachineSettings {
  /** Processes and ports that may exist at a time (+P, +Q). */
  readonly processLimit: number;
  readonly portLimit: number;
  /** Atoms that there may be (+t). */
  readonly atomLimit: number;
  /** Characters that io:printable_range/0 says can be printed (+pc). */
  readonly printableRange: 'latin1' | 'unicode';
  /** What error_logger:warning_map/0 says (+W). */
  readonly warnings: 'error' | 'warning' | 'info';
  /** What processes begin with (+hms, +hmbs, +hmax and the like); words. */
  readonly minHeapWords: number;
  readonly minVirtualHeapWords: number;
  readonly heapLimit: HeapLimit;
  /** Whether messages are kept outside of heaps unless a process says otherwise (+hmqd). */
  readonly offHeapMessages: boolean;
  /** Whether system time may leap, and what monotonic time is made of (+C, +c). */
  readonly time: TimeSettings;
}

/** As in OTP 27; `time` depends on the release. */
export const DEFAULT_SETTINGS: Omit<MachineSettings, 'time'> = {
  processLimit: 2 ** 20,
  portLimit: 2 ** 16,
  atomLimit: 2 ** 20,
  printableRange: 'latin1',
  warnings: 'warning',
  minHeapWords: MIN_HEAP_WORDS,
  minVirtualHeapWords: MIN_VIRTUAL_HEAP_WORDS,
  heapLimit: NO_LIMIT,
  offHeapMessages: false,
};
