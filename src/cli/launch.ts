/**
 * Runs Enigma's program as one script, with the code that V8 made of it in an earlier run: a tenth of the time that a few hundred modules take.
 * bin/enigma starts this, itself a bundle, when tools/bundle.mjs has made both.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process, { arch, env, execArgv, versions } from 'node:process';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { codeCacheIn } from './code-cache.ts';

/** What the bundle's text (tools/bundle.mjs) is: a function that takes this in place of Node's and our `import.meta`. */
type Program = (require: NodeJS.Require, url: string, build: string) => void;

const NO_FILE = new Uint8Array(0);

/** Runs the bundle `path` (ASCII) as if it were the module `main`. */
export function launch(path: string, main: string): void {
  // A function is validated when it is first called: most of what a start loads never is.
  setFlagsFromString('--wasm-lazy-validation');
  const bytes = readFileSync(path);
  const build = createHash('sha256').update(bytes).digest('hex');
  const cache = codeCacheIn(env.ENIGMA_CACHE, build);
  const variant = `V8 ${versions.v8} ${arch} ${[...execArgv, env.NODE_OPTIONS].join(' ')}`;
  const cachedData = cache?.find(NO_FILE, variant);
  const script = new Script(bytes.toString('latin1'), {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (cache !== undefined && script.cachedDataRejected !== false) {
    process.once('exit', () => cache.keep(NO_FILE, variant, script.createCachedData()));
  }
  const program = script.runInThisContext() as Program;
  program(createRequire(main), pathToFileURL(main).href, build);
}
