import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OpcodeRow, opcodes } from '../../src/isa/opcodes.ts';
import { compileModule } from '../../src/jit/compile-module.ts';
import { emitters } from '../../src/jit/emitters.ts';
import type { BeamModule } from '../../src/loader/beam-module.ts';
import { loadBeam } from '../../src/loader/load.ts';
import { hasRelease, type Release } from '../support/oracle.ts';
import { isBif, stockBeams } from './stock-beams.ts';

const loadable = opcodes.filter(({ obsolete }) => !obsolete);
const hasEmitter = ({ name }: OpcodeRow): boolean => emitters[name] !== undefined;

test('every instruction that may be loaded has an emitter', () => {
  const bits = loadable.filter(({ family }) => family.startsWith('bits-'));
  // The bit syntax comes as a whole.
  const expected = bits.some(hasEmitter) ? loadable : loadable.filter((row) => !bits.includes(row));
  assert.deepEqual(
    expected.filter((row) => !hasEmitter(row)).map(({ name }) => name),
    [],
  );
});

test('no emitter is for an instruction that does not exist or may not be loaded', () => {
  const names = new Set(loadable.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(emitters).filter((name) => !names.has(name)),
    [],
  );
});

/** The module with the functions that use only instructions that have an emitter. */
function translatable(module: BeamModule): BeamModule {
  const functions = module.functions.map((func) => {
    const known = func.instructions.every(({ op }) => emitters[op.name] !== undefined);
    return known ? func : { ...func, instructions: [] };
  });
  return { ...module, functions };
}

function validateAll(release: Release, applications: readonly string[]): string {
  let [functions, skipped, bytesIn, bytesOut, time] = [0, 0, 0, 0, 0];
  const beams = stockBeams(release, applications);
  for (const { name, bytes } of beams) {
    const module = translatable(loadBeam(bytes));
    functions += module.functions.length;
    skipped += module.functions.filter(({ instructions }) => instructions.length === 0).length;
    const start = performance.now();
    const { wasm } = compileModule(module, { isBif });
    time += performance.now() - start;
    bytesIn += bytes.length;
    bytesOut += wasm.bytes.length;
    assert.doesNotThrow(() => new WebAssembly.Module(wasm.bytes), `${name} is no valid module`);
  }
  const kilobytes = (count: number): string => `${Math.round(count / 1024)} KB`;
  return `${beams.length} modules, ${functions} functions (${skipped} skipped), ${kilobytes(bytesIn)} -> ${kilobytes(bytesOut)} in ${Math.round(time)} ms`;
}

for (const release of [25, 27, 29] as const) {
  test(`the modules of OTP ${release} become valid WebAssembly`, { skip: !hasRelease(release) }, (context) => {
    context.diagnostic(validateAll(release, ['stdlib', 'kernel', 'compiler']));
  });
}
