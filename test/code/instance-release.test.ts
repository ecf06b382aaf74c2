/** Code of purged modules does not stay: the host can collect its WebAssembly instances. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { atom } from '../../src/term/atoms.ts';
import { erlcAll } from '../support/oracle.ts';
import { vmFor } from '../support/vm.ts';

const LOADS = 20;

/** Calls another module, makes funs, is called through them, and has something to resume. */
const source = `-module(released).
-export([run/1]).
run(L) -> F = fun(X) -> {X, length(L)} end, [lists:nth(1, L) | each(fun each/2, lists:map(F, L))].
each(_, []) -> [];
each(F, [H | T]) -> [H | F(F, T)].
`;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('instances of purged modules are collected', async () => {
  const made: WeakRef<WebAssembly.Instance>[] = [];
  const { Instance } = WebAssembly;
  const vm = vmFor();
  const file = readFileSync(erlcAll([source])[0] as string);
  WebAssembly.Instance = class extends Instance {
    constructor(...args: ConstructorParameters<typeof Instance>) {
      super(...args);
      made.push(new WeakRef(this));
    }
  };
  try {
    for (let i = 0; i < LOADS; i++) {
      const prepared = vm.prepareModule(file);
      assert.equal(vm.loader.finish([prepared]).result, 'ok');
      assert.equal(vm.loader.delete(atom('released')), true);
      assert.equal(vm.loader.preparePurge(atom('released'), false), true);
      vm.loader.completePurge();
    }
  } finally {
    WebAssembly.Instance = Instance;
  }
  for (let i = 0; i < 3; i++) {
    await setImmediate();
    collectGarbage();
  }
  const alive = made.filter((instance) => instance.deref() !== undefined).length;
  assert.ok(made.length >= LOADS);
  assert.ok(alive < LOADS / 2, `${alive} of ${made.length} instances are still there`);
});
