/** Thousands of random operations, match specifications, chunks and traversals on tables of all kinds, as native OTP does them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sized } from '../support/mode.ts';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { compareWithNative } from '../support/vm.ts';

const KINDS = ['set', 'ordered_set', 'bag', 'duplicate_bag'];
const beam = erlc(readFileSync(join(repositoryRoot, 'test', 'ets', 'ets_random.erl'), 'utf8'));

function compare(name: string, seeds: number, count: number): void {
  for (const kind of KINDS) {
    test(`${name} on ${kind}: ${seeds} runs of ${count}`, () => {
      const calls = Array.from({ length: seeds }, (_, seed) => ({
        module: 'ets_random',
        function: name,
        arguments: `${kind}, ${seed + 1}, ${count}`,
      }));
      compareWithNative([beam], calls);
    });
  }
}

compare('operations', 10, 1000);
compare('specifications', 5, sized(200, 60));
compare('chunks', 4, 25);
compare('traversals', 2, 10);
