/** Where the tests run: the repository's own folders, wherever the compiled tests lie. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  for (const start of [dirname(fileURLToPath(import.meta.url)), process.cwd()]) {
    for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
      if (existsSync(join(folder, 'tools', 'otp'))) return folder;
    }
  }
  throw new Error('the tests must lie in the repository, or run from within it');
}

/** The absolute path of the repository's root. */
export const repositoryRoot = findRoot();

/** A folder that git ignores, for what tests may keep from one run to the next. */
export const cacheFolder = join(repositoryRoot, '.cache');
