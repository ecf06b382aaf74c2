/** Sequences of calls, each a function of an Erlang module that returns all results at once, compared with native OTP. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { atom } from '../../src/term/atoms.ts';
import { decodeExternal } from '../../src/term/external-decode.ts';
import { formatTerm } from '../../src/term/print.ts';
import { tupleElement } from '../../src/term/term.ts';
import { nativeRoot, type Release } from '../support/oracle.ts';
import { assertSame, type Call, onScratchHeap, type RunOutcome, runHere, runNatively } from '../support/vm.ts';

/** Path of a preloaded module's .beam file. */
function preloadedBeam(module: string, release: Release = 27): string {
  const lib = join(nativeRoot(release), 'lib');
  const found = readdirSync(lib)
    .filter((folder) => /^erts(-|$)/.test(folder))
    .map((folder) => join(lib, folder, 'ebin', `${module}.beam`))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no preloaded module ${module}`);
  return found;
}

/** A sequence that native OTP did not bring to its end would prove nothing. */
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
  nativeCalls: readonly Call[] = calls,
): void {
  const native = runNatively([beam], nativeCalls);
  assertCompleted(nativeCalls, native);
  const modules = preloaded.map((module) => preloadedBeam(module));
  assertSame(calls, native, runHere([...modules, beam], calls));
}
