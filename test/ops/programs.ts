/** The Erlang programs in test/fixtures/ops, their calls, and with which compilers and options they are compiled. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBeam } from '../../src/loader/load.ts';
import { type CompileOptions, erlcAll, type Release } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { type Call, isStressed } from '../support/vm.ts';

/** A compiler, and how it is asked to compile. */
export interface Variant {
  readonly release: Release;
  readonly flags: readonly string[];
}

/**
 * OTP 25 writes for older releases on demand: r22 and r23 have the instructions that 24 replaced, r24 those that 25 did. Without an
 * optimisation the compilers of 27 write what is otherwise rare.
 */
export const variants: readonly Variant[] = [
  { release: 27, flags: [] },
  { release: 27, flags: ['+no_type_opt', '+no_recv_opt', '+no_bool_opt'] },
  { release: 27, flags: ['+no_ssa_opt', '+no_postopt', '+no_bsm_opt'] },
  { release: 27, flags: ['+no_copt', '+line_coverage'] },
  { release: 25, flags: [] },
  { release: 25, flags: ['+r24'] },
  { release: 25, flags: ['+r23'] },
  { release: 25, flags: ['+r22'] },
  { release: 29, flags: [] },
  { release: 29, flags: ['+beam_debug_info'] },
];

const folder = join(repositoryRoot, 'test', 'fixtures', 'ops');

/** How far programs count in functions of one argument whose name begins so: loops take constant space, recursion does not. */
const LENGTHS = new Map([
  ['loop', isStressed ? 20_000 : Number(process.env.LOOPS ?? 10_000_000)],
  ['deep', isStressed ? 10_000 : 1_000_000],
]);

interface Language {
  readonly language: NonNullable<CompileOptions['language']>;
  readonly folder: string;
  /** Only for compilers of these releases; all if undefined. */
  readonly releases?: readonly Release[];
}

const sources: readonly Language[] = [
  { language: 'erl', folder: '.' },
  { language: 'S', folder: 'assembly' },
  { language: 'S', folder: 'assembly-25', releases: [25] },
  { language: 'S', folder: 'assembly-29', releases: [29] },
  { language: 'erl', folder: 'since-27', releases: [27, 29] },
  { language: 'erl', folder: 'since-29', releases: [29] },
];

/** Paths of the .beam files of all programs for a variant. */
export function compilePrograms({ release, flags }: Variant): string[] {
  return sources.flatMap((source) => {
    if (source.releases !== undefined && !source.releases.includes(release)) return [];
    const inFolder = join(folder, source.folder);
    const names = readdirSync(inFolder).filter((name) => name.endsWith(`.${source.language}`));
    const texts = names.sort().map((name) => readFileSync(join(inFolder, name), 'utf8'));
    return erlcAll(texts, { release, language: source.language, flags: source.language === 'S' ? [] : flags });
  });
}

/** By convention every exported function without arguments is a case, and every loop_… and deep_… of one. */
export function callsOf(beams: readonly string[]): Call[] {
  return beams.flatMap((path) => {
    const { name: module, exports } = loadBeam(new Uint8Array(readFileSync(path)));
    if (module === 'ops_support') return [];
    return [...exports].reverse().flatMap(({ name, arity }): Call[] => {
      const count = LENGTHS.get(name.split('_')[0] as string);
      if (name === 'module_info') return [];
      if (arity === 0) return [{ module, function: name }];
      return arity === 1 && count !== undefined ? [{ module, function: name, arguments: String(count) }] : [];
    });
  });
}
