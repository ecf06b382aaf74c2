/** What objects take: words of copies of lists of 1,000 that generated code has built. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callFunction, dropOutcome } from '../src/cli/debug-call.ts';
import { readFlags } from '../src/debug/flags.ts';
import { nodeHost } from '../src/host/node/node-host.ts';
import { Vm } from '../src/vm.ts';

const COUNT = 1000;
const WORD_BYTES = 4;

/** Bytes of a cons, a 2-tuple and a float, from the words of lists of them. `programs` holds sizes.beam. */
export function objectSizes(programs: string): Record<'cons' | '2-tuple' | 'float', number> {
  const vm = new Vm({ host: nodeHost(), flags: readFlags(process.env) });
  vm.loadModule(readFileSync(join(programs, 'sizes.beam')));
  const bytesEach = (name: string): number => {
    const outcome = callFunction(vm, { module: 'sizes', name }, () => []);
    if (outcome?.kind !== 'value') throw new Error(`sizes:${name}() gave no value`);
    const { wordCount } = outcome.fragment;
    dropOutcome(outcome);
    return (wordCount * WORD_BYTES) / COUNT;
  };
  const cons = bytesEach('conses');
  return { cons, '2-tuple': bytesEach('pairs') - cons, float: bytesEach('floats') - cons };
}
