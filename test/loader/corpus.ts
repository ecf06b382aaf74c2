/** The .beam files that the loader's tests read: those of OTP and Elixir, by release. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasRelease, nativeRoot, type Release } from '../support/oracle.ts';

/** Releases at hand: 27 always, 25 and 29 if they were fetched. */
export const releases = ([25, 27, 29] as const).filter(hasRelease);

/** Paths of all .beam files of a release's libraries, Elixir's among them, sorted. */
export function beamFiles(release: Release): string[] {
  const root = nativeRoot(release);
  const libraries = [join(root, 'lib'), join(root, '..', 'elixir', 'lib')].filter((folder) => existsSync(folder));
  return libraries.flatMap((folder) => readdirSync(folder).flatMap((app) => beamsIn(join(folder, app, 'ebin')))).sort();
}

function beamsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.beam'))
    .map((name) => join(folder, name));
}

/** Every `n`th of the paths. */
export function everyNth(paths: readonly string[], n: number): string[] {
  return paths.filter((_, i) => i % n === 0);
}
