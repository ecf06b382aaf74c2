/** The values of max_heap_size: a number of words, or a map (erts_max_heap_size in OTP's erl_gc.c). */
import type { HeapLimit } from '../../memory/heap-limit.ts';
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { NON_VALUE, type Term } from '../../term/layout.ts';
import { mapGet } from '../../term/map.ts';
import { mapFromArrays } from '../../term/map-build.ts';
import { isMap } from '../../term/term.ts';
import { atomOf, boolean, natural } from './arguments.ts';

/** Shared binaries count, if they are to, from this release on; before it the key is nothing special. */
const BINARIES_SINCE = 27;

/** What a value says; `defaults` are the flags of which it says nothing. undefined: it is no such value. */
export function heapLimitOf(vm: Machine, value: Term, defaults: HeapLimit): HeapLimit | undefined {
  if (!isMap(value)) {
    const words = natural(value);
    return words === undefined ? undefined : { ...defaults, words };
  }
  const flag = (key: Term, otherwise: boolean): boolean | undefined => {
    const given = mapGet(value, key);
    return given === NON_VALUE ? otherwise : boolean(given);
  };
  const size = mapGet(value, am.size);
  const words = size === NON_VALUE ? undefined : natural(size);
  const kill = flag(am.kill, defaults.kill);
  const report = flag(am.error_logger, defaults.report);
  const { binaries: otherwise } = defaults;
  const binaries = vm.otpRelease < BINARIES_SINCE ? otherwise : flag(am.include_shared_binaries, otherwise);
  if (words === undefined || kill === undefined || report === undefined || binaries === undefined) return undefined;
  return { words, kill, report, binaries };
}

/** The map that tells of a limit. */
export function heapLimitTerm(vm: Machine, { words, kill, report, binaries }: HeapLimit): Term {
  if (vm.otpRelease < BINARIES_SINCE) {
    return mapFromArrays([am.error_logger, am.kill, am.size], [atomOf(report), atomOf(kill), makeInteger(words)]);
  }
  const keys = [am.error_logger, am.include_shared_binaries, am.kill, am.size];
  return mapFromArrays(keys, [atomOf(report), atomOf(binaries), atomOf(kill), makeInteger(words)]);
}

/** Whether a process with such a limit may have a heap of at least `minHeapWords`. */
export function isRoomFor({ words }: HeapLimit, minHeapWords: number): boolean {
  return words === 0 || words >= minHeapWords;
}
