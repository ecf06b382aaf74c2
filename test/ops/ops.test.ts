import assert from 'node:assert/strict';
import { test } from 'node:test';
import { opcodes } from '../../src/isa/opcodes.ts';
import { emitters } from '../../src/jit/emitters.ts';
import { hasRelease, type Release } from '../support/oracle.ts';
import { assertSame, type Call, difference, type RunOutcome, runHere, runNatively, vmFor } from '../support/vm.ts';
import { Coverage } from './coverage.ts';
import { readKnownFailures } from './known-failures.ts';
import { callsOf, compilePrograms, type Variant, variants } from './programs.ts';

/** What a module consists of beside instructions: the loader takes it apart (function_clause is what func_info does). */
const structure = ['label', 'func_info', 'int_code_end'];

const coverage = new Coverage();
const known = readKnownFailures();
const differed = new Set<string>();
const counts = { cases: 0, modules: 0 };

/** The outcomes here, where what is known to differ does so: the native ones. */
function excused(release: Release, calls: readonly Call[], native: readonly RunOutcome[], here: readonly RunOutcome[]) {
  return calls.map((call, index): RunOutcome => {
    const [expected, got] = [native[index] as RunOutcome, here[index] as RunOutcome];
    const key = `${release} ${call.module}:${call.function}`;
    if (!known.cases.has(key) || difference(expected, got) === undefined) return got;
    differed.add(key);
    return expected;
  });
}

function compareVariant(variant: Variant): string {
  const { release } = variant;
  const beams = compilePrograms(variant);
  const calls = callsOf(beams, variant);
  vmFor(release);
  coverage.start();
  const native = runNatively(beams, calls, release);
  const here = runHere(beams, calls, { release, onInstruction: coverage.onInstruction });
  coverage.collect();
  counts.cases += calls.length;
  counts.modules += beams.length;
  assertSame(calls, native, excused(release, calls, native, here));
  return `${beams.length} modules, ${calls.length} calls`;
}

for (const variant of variants) {
  const { release, flags } = variant;
  const skip = hasRelease(release) ? false : `no OTP ${release}: tools/otp --native ${release} brings it`;
  test(`programs compiled by OTP ${[release, ...flags].join(' ')} do what they do natively`, { skip }, (context) => {
    context.diagnostic(compareVariant(variant));
  });
}

test('every instruction that may be loaded has an emitter, and a case that native OTP judged', (context) => {
  const loadable = opcodes.filter(({ obsolete, name }) => !obsolete && !structure.includes(name));
  const names = loadable.map(({ name }) => name);
  const withEmitter = names.filter((name) => emitters[name] !== undefined);
  const unjudged = names.filter((name) => !coverage.executed.has(name));
  context.diagnostic(
    `${names.length} rows (and ${structure.join(', ')}), ${withEmitter.length} with an emitter, ` +
      `${names.length - unjudged.length} executed, ${known.rows.size} known failures; ` +
      `${counts.cases} cases in ${counts.modules} modules of ${variants.length} variants`,
  );
  assert.deepEqual(
    names.filter((name) => !withEmitter.includes(name)),
    [],
    'rows without an emitter',
  );
  const missing = variants.filter(({ release }) => !hasRelease(release));
  if (missing.length > 0)
    return context.skip(`OTP ${missing.map(({ release }) => release)} missing: no case for ${unjudged}`);
  assert.deepEqual(
    unjudged,
    names.filter((name) => known.rows.has(name)),
    'rows without a case',
  );
  assert.deepEqual(
    [...known.cases].filter((key) => !differed.has(key)),
    [],
    'known failures that do not fail',
  );
});
