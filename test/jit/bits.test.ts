/** Bit syntax: generated constructions and matches, and programs that append and backtrack, compared with native OTP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadBeam } from '../../src/loader/load.ts';
import { sized } from '../support/mode.ts';
import { type CompileOptions, erlc, hasRelease, type Release } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { casesOf, compareWithNative } from '../support/vm.ts';
import { generatedModule } from './bits-programs.ts';

/**
 * Compilers, their options, and the release that judges. Without an optimisation compilers write instructions that are otherwise rare;
 * r24 and older have bs_init2 and its like. OTP 25 finds some of several errors in another order than 27.
 */
const variants: readonly (readonly [Release, readonly string[], Release])[] = [
  [27, [], 27],
  [27, ['+no_type_opt'], 27],
  [27, ['+no_ssa_opt', '+no_postopt', '+no_bsm_opt', '+no_bs_match'], 27],
  [25, [], 27],
  [25, ['+r24'], 25],
  [25, ['+r23'], 25],
  [25, ['+r22'], 25],
  [29, [], 29],
];

/** Another seed makes other programs. */
const SEED = Number(process.env.ENIGMA_BITS_SEED ?? 1000);

const FUNCTIONS = sized(240, 40);
const ROUNDS = sized(24, 5);

for (const [index, [release, flags, judge]] of variants.entries()) {
  const title = `OTP ${release} ${flags.join(' ')}`;
  const skip = hasRelease(release) ? false : `no OTP ${release}`;
  const options: CompileOptions = { release, flags };
  test(`generated bit syntax, compiled by ${title}`, { skip }, (context) => {
    const module = `generated_bits_${index}`;
    const beam = erlc(generatedModule(module, SEED + index, FUNCTIONS, ROUNDS), options);
    compareWithNative([beam], [{ module, function: 'run' }], { release: judge });
    context.diagnostic(`${FUNCTIONS} functions, ${FUNCTIONS * ROUNDS} calls`);
  });
  test(`programs with bit syntax, compiled by ${title}`, { skip }, (context) => {
    const beam = erlc(readFileSync(join(repositoryRoot, 'test', 'jit', 'bits_cases.erl'), 'utf8'), options);
    const names = casesOf(loadBeam(new Uint8Array(readFileSync(beam))));
    const calls = names.map((name) => ({ module: 'bits_cases', function: name }));
    compareWithNative([beam], calls, { release: judge });
    context.diagnostic(`${calls.length} cases`);
  });
}
