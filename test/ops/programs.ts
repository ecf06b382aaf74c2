/** The Erlang programs in test/fixtures/ops, their calls, and with which compilers and options they are compiled. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBeam } from '../../src/loader/load.ts';
import { isStressed } from '../support/mode.ts';
import { erlc, erlcAll, nativeModule, type Release } from '../support/oracle.ts';
import { cacheFolder, repositoryRoot } from '../support/repository.ts';
import type { Call } from '../support/vm.ts';
import { wideProgram } from './wide-program.ts';

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

/**
 * How far programs count in functions of one argument whose name begins so: loops take constant space, recursion does not. They go all the
 * way for one variant only.
 */
function lengthOf(name: string, variant: Variant): number | undefined {
  const isLong = variant === variants[0] && !isStressed;
  if (name.startsWith('loop_')) return isLong ? 10_000_000 : 20_000;
  if (name.startsWith('deep_')) return isLong ? 1_000_000 : 10_000;
  return undefined;
}

/** Folders whose programs only compilers of some releases take. */
const foldersOf: Readonly<Record<Release, readonly string[]>> = {
  25: ['.', 'assembly-25'],
  27: ['.'],
  29: ['.', 'since-29'],
};

/** Paths of the .beam files of all programs for a variant. */
export function compilePrograms({ release, flags }: Variant): string[] {
  return foldersOf[release].flatMap((name) => {
    const inFolder = join(folder, name);
    const texts = (end: string): string[] => {
      const names = readdirSync(inFolder).filter((file) => file.endsWith(end));
      return names.sort().map((file) => readFileSync(join(inFolder, file), 'utf8'));
    };
    const erlang = name === '.' ? [...texts('.erl'), wideProgram()] : texts('.erl');
    return [...erlcAll(erlang, { release, flags }), ...assembleAll(texts('.S'), release)];
  });
}

/** Behind version, tag and length of the external format. */
const BINARY_START = 6;

/** Assembles BEAM code that the compiler's validator refuses, because no current compiler writes it. */
function assembleAll(texts: readonly string[], release: Release): string[] {
  if (texts.length === 0) return [];
  const assembler = erlc(readFileSync(join(repositoryRoot, 'test', 'ops', 'assembler.erl'), 'utf8'), { release });
  const calls = texts.map((text) => ({
    module: 'assembler',
    function: 'assemble',
    arguments: `[${JSON.stringify(text)}]`,
  }));
  return nativeModule(assembler, calls, { release }).map((result) => {
    if (result.kind !== 'value') throw new Error(`not assembled: ${JSON.stringify(result)}`);
    const beam = result.value.bytes.subarray(BINARY_START);
    const into = join(cacheFolder, 'assembled');
    mkdirSync(into, { recursive: true });
    const path = join(into, `${loadBeam(new Uint8Array(beam)).name}.beam`);
    writeFileSync(path, beam);
    return path;
  });
}

/** By convention every exported function without arguments is a case, and every loop_… and deep_… of one. */
export function callsOf(beams: readonly string[], variant: Variant): Call[] {
  return beams.flatMap((path) => {
    const { name: module, exports } = loadBeam(new Uint8Array(readFileSync(path)));
    if (module === 'ops_support') return [];
    return [...exports].reverse().flatMap(({ name, arity }): Call[] => {
      const count = lengthOf(name, variant);
      if (name === 'module_info') return [];
      if (arity === 0) return [{ module, function: name }];
      return arity === 1 && count !== undefined ? [{ module, function: name, arguments: String(count) }] : [];
    });
  });
}
