/** The `.beam` files of native OTP that tests translate. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nativeRoot, type Release } from '../support/oracle.ts';

/** Modules whose functions count as BIFs where no virtual machine says which of them are. */
const bifModules = new Set(['erlang', 'lists', 'maps', 'binary', 'math', 'ets', 'erts_internal']);

export function isBif(module: string): boolean {
  return bifModules.has(module);
}

export interface StockBeam {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** All modules of the applications (`stdlib` …), in the order of their names. */
export function stockBeams(release: Release, applications: readonly string[]): StockBeam[] {
  const lib = join(nativeRoot(release), 'lib');
  const folders = readdirSync(lib).filter((folder) => applications.some((name) => folder.startsWith(`${name}-`)));
  return folders.sort().flatMap((folder) => {
    const ebin = join(lib, folder, 'ebin');
    const files = readdirSync(ebin).filter((file) => file.endsWith('.beam'));
    return files
      .sort()
      .map((file) => ({ name: file.slice(0, -5), bytes: new Uint8Array(readFileSync(join(ebin, file))) }));
  });
}
