import assert from 'node:assert/strict';
import { test } from 'node:test';
import { opcodes } from '../../src/isa/opcodes.ts';
import { emitters } from '../../src/jit/emitters.ts';
import { hasRelease } from '../support/oracle.ts';
import { assertSame, runHere, runNatively, vmFor } from '../support/vm.ts';
import { Coverage } from './coverage.ts';
import { callsOf, compilePrograms, type Variant, variants } from './programs.ts';

/** What a module consists of beside instructions: the loader takes it apart (function_clause is what func_info does). */
const structure = ['label', 'func_info', 'int_code_end'];

const coverage = new Coverage();
const counts = { cases: 0, modules: 0 };

function compareVariant(variant: Variant): string {
  const { release } = variant;
  const beams = compilePrograms(variant);
  const calls = callsOf(beams);
  vmFor(release);
  coverage.start();
  const native = runNatively(beams, calls, release);
  const here = runHere(beams, calls, { release, onInstruction: coverage.onInstruction });
  coverage.collect();
  counts.cases += calls.length;
  counts.modules += beams.length;
  assertSame(calls, native, here);
  return `${beams.length} modules, ${calls.length} calls`;
}

for (const variant of variants) {
  const { release, flags } = variant;
  const skip = hasRelease(release) ? false : `no OTP ${release}: tools/otp --native ${release} brings it`;
  test(`programs compiled by OTP ${release} ${flags.join(' ')} do what they do natively`, { skip }, (context) => {
    context.diagnostic(compareVariant(variant));
  });
}

test('every instruction that may be loaded has an emitter, and a case that native OTP judged', (context) => {
  const loadable = opcodes.filter(({ obsolete }) => !obsolete);
  const missing = new Set(variants.map(({ release }) => release).filter((release) => !hasRelease(release)));
  const rows = loadable.filter(({ name }) => !structure.includes(name));
  const withEmitter = rows.filter(({ name }) => emitters[name] !== undefined);
  context.diagnostic(
    `${loadable.length} rows, ${withEmitter.length} with an emitter (${structure.length} are structure), ` +
      `${coverage.executed.size} executed; ${counts.cases} cases in ${counts.modules} modules, ${variants.length} variants`,
  );
  const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);
  assert.deepEqual(names(rows.filter((row) => !withEmitter.includes(row))), [], 'rows without an emitter');
  const unjudged = rows.filter(({ name }) => !coverage.executed.has(name));
  if (missing.size > 0) return context.skip(`releases missing: ${[...missing].join()}; not executed: ${names(unjudged).join()}`);
  assert.deepEqual(names(unjudged), [], 'rows without a case');
});
