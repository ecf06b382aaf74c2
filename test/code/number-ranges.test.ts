import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NumberRanges } from '../../src/code/number-ranges.ts';
import { RETURN_POINTS } from '../../src/memory/map.ts';
import { loadUnsigned } from '../../src/memory/memory.ts';
import { atom } from '../../src/term/atoms.ts';
import { erlc } from '../support/oracle.ts';
import { vmFor } from '../support/vm.ts';

test('numbers that were given back go to the next who wants as many', () => {
  const ranges = new NumberRanges<string>(10);
  const take = (owner: string, count: number): number => {
    const first = ranges.take(count);
    ranges.setOwner(first, owner);
    return first;
  };
  assert.deepEqual([take('a', 5), take('none', 0), take('b', 3), take('c', 5)], [10, 15, 15, 18]);
  assert.deepEqual(
    [10, 14, 15, 17, 18, 22].map((n) => ranges.ownerOf(n)),
    ['a', 'a', 'b', 'b', 'c', 'c'],
  );
  ranges.release(10, 5);
  assert.equal(ranges.ownerOf(12), 'a');
  assert.deepEqual([take('d', 4), take('e', 5), take('f', 5)], [23, 10, 27]);
  assert.deepEqual(
    [14, 15, 26, 31].map((n) => ranges.ownerOf(n)),
    ['e', 'b', 'd', 'f'],
  );
});

test('a module that is loaded and purged again and again takes no more places', () => {
  const vm = vmFor();
  const source =
    '-module(reloaded).\n-export([f/1]).\nf(X) -> Y = g(X), [fun(Z) -> {Y, Z} end | g(Y)].\ng(X) -> X ! "abc".\n';
  const file = readFileSync(erlc(source));
  const name = atom('reloaded');
  const cycle = (): void => {
    vm.loadModule(file);
    vm.loader.delete(name);
    assert.equal(vm.loader.preparePurge(name, false), true);
    vm.loader.completePurge();
  };
  cycle();
  const places = () => [vm.code.slotCount, vm.code.pointsEnd, loadUnsigned(RETURN_POINTS)];
  const before = places();
  for (let i = 0; i < 20; i++) cycle();
  assert.deepEqual(places(), before);
});
