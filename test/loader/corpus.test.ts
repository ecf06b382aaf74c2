/** All .beam files of OTP and Elixir load, and what the loader promises of its result holds for them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { operandKinds } from '../../src/isa/opcodes.ts';
import type { BeamModule } from '../../src/loader/beam-module.ts';
import { loadBeam } from '../../src/loader/load.ts';
import type { Release } from '../support/oracle.ts';
import { beamFiles, releases } from './corpus.ts';

/** Files that a release has at least, so that an empty folder is no success. */
const fewest: Record<Release, number> = { 25: 800, 27: 800, 29: 800 };

for (const release of releases) {
  test(`every .beam file of OTP ${release} and its Elixir loads`, (t) => {
    const files = beamFiles(release);
    let bytes = 0;
    let functions = 0;
    let instructions = 0;
    const used = new Set<string>();
    const start = performance.now();
    for (const path of files) {
      const file = readFileSync(path);
      bytes += file.length;
      const module = loadBeam(file);
      functions += module.functions.length;
      for (const { instructions: body } of module.functions) {
        instructions += body.length;
        for (const { op } of body) used.add(op.name);
      }
    }
    const ms = Math.round(performance.now() - start);
    t.diagnostic(
      `OTP ${release}: ${files.length} files, ${bytes} bytes, ${functions} functions, ${instructions} instructions, ` +
        `${used.size} opcodes, ${ms} ms`,
    );
    assert.ok(files.length >= fewest[release]);
  });

  test(`what beam-module.ts promises holds for OTP ${release}`, () => {
    for (const path of beamFiles(release)) {
      if (path.length % 4 === 0) checkPromises(loadBeam(readFileSync(path)), path);
    }
  });
}

function checkPromises(module: BeamModule, path: string): void {
  assert.equal(module.atoms[0], '');
  assert.equal(module.atoms[1], module.name);
  assert.ok(path.endsWith(`/${module.name}.beam`), path);
  for (const { entryLabel, infoLabel, instructions } of module.functions) {
    assert.ok(entryLabel < module.labelCount && infoLabel < module.labelCount);
    assert.ok(instructions.length > 0);
    for (const { op, args } of instructions) {
      assert.equal(args.length, op.arity);
      for (const [i, { kind }] of op.operands.entries()) {
        const tags: readonly string[] = operandKinds[kind];
        assert.ok(tags.includes(args[i]?.kind ?? ''), `${path}: ${op.name} operand ${i}`);
      }
    }
  }
  for (const { name, arity, label } of [...module.exports, ...module.locals, ...module.lambdas]) {
    const target = module.functions[module.functionOfLabel.get(label) ?? -1];
    assert.deepEqual([target?.name, target?.arity], [name, arity], path);
  }
}
