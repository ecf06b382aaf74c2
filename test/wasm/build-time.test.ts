import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { applyRelocations } from '../../src/wasm/encoder.ts';
import { type FinishedModule, ModuleBuilder } from '../../src/wasm/module-builder.ts';
import { type FuncIndex, i32 } from '../../src/wasm/types.ts';

const FUNCTIONS = 10_000;
/** Rounds of the loop below per function, for about 400 bytes of code each, as in translated stdlib. */
const ROUNDS = 10;

function build(): { module: FinishedModule; instructions: number } {
  const m = new ModuleBuilder();
  m.importMemory('env', 'memory', { min: 1 });
  const type = m.type([i32, i32, i32], [i32]);
  const funcs = Array.from({ length: FUNCTIONS }, () => m.declareFunction(type));
  let instructions = 0;
  funcs.forEach((func, i) => {
    const f = m.body(func);
    const sp = f.param(1);
    const x = f.param(2);
    const scratch = f.local(i32);
    for (let round = 0; round < ROUNDS; round++) {
      const slow = f.block();
      f.localGet(x);
      f.i32Const(3);
      f.i32And();
      f.i32Const(2);
      f.i32Ne();
      f.brIf(slow);
      f.localGet(sp);
      f.localGet(x);
      f.i32Load(2 + round * 4);
      f.localTee(scratch);
      f.i32Store(round * 4);
      f.i32ConstReloc(1, round);
      f.localSet(x);
      f.end(slow);
    }
    f.localGet(sp);
    f.localGet(scratch);
    f.localGet(x);
    f.returnCall(funcs[(i * 7919) % FUNCTIONS] as FuncIndex);
    f.finish();
    instructions += ROUNDS * 14 + 5;
  });
  return { module: m.finish(), instructions };
}

test('10,000 functions are built in a fraction of a second', (t) => {
  let best = Number.POSITIVE_INFINITY;
  let first = 0;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    build();
    const time = performance.now() - start;
    if (round === 0) first = time;
    best = Math.min(best, time);
  }
  const { module, instructions } = build();
  const { bytes, relocations } = module;
  const start = performance.now();
  applyRelocations(bytes, relocations, (_, id) => id * 16 + 11);
  const relocating = performance.now() - start;
  assert.equal(relocations.length / 3, FUNCTIONS * ROUNDS);
  assert.ok(WebAssembly.validate(bytes));
  const perSecond = Math.round(instructions / best / 1000);
  t.diagnostic(`${FUNCTIONS} functions, ${instructions} instructions, ${bytes.length} bytes`);
  t.diagnostic(`first ${first.toFixed(1)} ms, best ${best.toFixed(1)} ms (${perSecond} million instructions a second)`);
  t.diagnostic(`${relocations.length / 3} relocations applied in ${relocating.toFixed(1)} ms`);
  assert.ok(best < 1500, `${best} ms`);
});
