/** Beams of modules that come with the emulator, where no boot script loads them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nativeRoot, type Release } from '../support/oracle.ts';

/** Path of a preloaded module's .beam file. */
export function preloadedBeam(module: string, release: Release = 27): string {
  const lib = join(nativeRoot(release), 'lib');
  const found = readdirSync(lib)
    .filter((folder) => /^erts(-|$)/.test(folder))
    .map((folder) => join(lib, folder, 'ebin', `${module}.beam`))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no preloaded module ${module}`);
  return found;
}
