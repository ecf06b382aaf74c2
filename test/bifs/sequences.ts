/** Sequences of calls, each a function of an Erlang module that returns all results at once, compared with native OTP. */
import assert from 'node:assert/strict';
import { atom } from '../../src/term/atoms.ts';
import { decodeExternal } from '../../src/term/external-decode.ts';
import { formatTerm } from '../../src/term/print.ts';
import { tupleElement } from '../../src/term/term.ts';
import type { Release } from '../support/oracle.ts';
import { assertSame, type Call, onScratchHeap, type RunOutcome, runHere, runNatively } from '../support/vm.ts';
import { preloadedBeam } from './preloaded.ts';

/** A sequence that native OTP did not bring to its end would prove nothing. Needs a virtual machine's memory. */
function assertCompleted(calls: readonly Call[], outcomes: readonly RunOutcome[]): void {
  const failed = onScratchHeap(() =>
    calls.flatMap((call, index) => {
      const { kind, bytes } = outcomes[index] as RunOutcome;
      const result = bytes === undefined ? undefined : decodeExternal(bytes);
      if (result !== undefined && kind === 'value' && tupleElement(result, 1) === atom('value')) return [];
      return [`${call.function}: ${kind} ${result === undefined ? '' : formatTerm(result)}`];
    }),
  );
  assert.deepEqual(failed, []);
}

/** Loads the preloaded modules and `beam` here, makes the calls, and the native ones with `beam`; fails where results differ. */
export function compareSequences(
  beam: string,
  preloaded: readonly string[],
  calls: readonly Call[],
  { nativeCalls = calls, release = 27 }: { nativeCalls?: readonly Call[]; release?: Release } = {},
): void {
  const modules = preloaded.map((module) => preloadedBeam(module, release));
  const here = runHere([...modules, beam], calls, { release });
  const native = runNatively([beam], nativeCalls, release);
  assertCompleted(nativeCalls, native);
  assertSame(calls, native, here);
}
