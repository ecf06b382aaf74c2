/** Which cache of translated modules the command uses: switch ENIGMA_CACHE, the user's cache folder unless it says something else. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { CodeCache } from '../host/code-cache.ts';
import { nodeCodeCache } from '../host/node/node-code-cache.ts';

const OFF = 'off';

declare global {
  interface ImportMeta {
    /** Set in a bundle: a hash of all of it. */
    readonly build?: string;
  }
}

/** The cache of this program; undefined when there is to be none, or no place for one. `choice` is the switch's value. */
export function chosenCodeCache(choice: string | undefined): CodeCache | undefined {
  return codeCacheIn(choice, import.meta.build ?? buildIdentity);
}

/** The cache of a build, which is asked for only if there is a cache. */
export function codeCacheIn(choice: string | undefined, build: string | (() => string)): CodeCache | undefined {
  if (choice === OFF) return undefined;
  const folder = choice === undefined || choice === '' ? userFolder() : choice;
  if (folder === undefined) return undefined;
  return nodeCodeCache({ folder, build: typeof build === 'string' ? build : build() });
}

/** Where this system's users have what programs can make again. */
function userFolder(): string | undefined {
  const { env, platform } = process;
  if (env.XDG_CACHE_HOME?.startsWith('/') === true) return join(env.XDG_CACHE_HOME, 'enigma');
  if (platform === 'win32')
    return env.LOCALAPPDATA === undefined ? undefined : join(env.LOCALAPPDATA, 'enigma', 'cache');
  const home = homedir();
  if (home === '') return undefined;
  return platform === 'darwin' ? join(home, 'Library', 'Caches', 'enigma') : join(home, '.cache', 'enigma');
}

/** A hash of the whole program: whatever part of it changes, its translations may. */
function buildIdentity(): string {
  const hash = createHash('sha256');
  const folder = dirname(dirname(fileURLToPath(import.meta.url)));
  for (const path of programFiles(folder)) hash.update(readFileSync(path));
  return hash.digest('hex');
}

function programFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return programFiles(path);
      return entry.name.endsWith('.js') ? [path] : [];
    });
}
