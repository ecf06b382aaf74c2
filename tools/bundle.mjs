/**
 * Makes of the compiled program what bin/enigma prefers to its modules: dist/enigma.cjs, all of it in one file, and dist/launch.cjs,
 * which starts that (src/cli/launch.ts).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const COMMANDS = join('dist', 'src', 'cli') + sep;

/** Files are looked for relative to their importer; in the bundle all of them are where the command's modules are. */
const OWN_PLACE = /\bimport\.meta\.url\b/;

/** What launch.ts calls the program with. It is written around the text here: to put a text of this size together takes time at each start. */
const PARAMETERS = 'require, enigmaUrl, enigmaBuild';

async function bundle(entry, outfile, around = (text) => text) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join('dist', 'src', 'cli', entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.11',
    format: 'cjs',
    charset: 'ascii',
    legalComments: 'none',
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: false,
    define: { 'import.meta.url': 'enigmaUrl', 'import.meta.build': 'enigmaBuild' },
    metafile: true,
    logLevel: 'warning',
  });
  for (const path of Object.keys(metafile.inputs)) {
    const lost =
      !path.startsWith(COMMANDS.replaceAll(sep, '/')) && OWN_PLACE.test(readFileSync(join(root, path), 'utf8'));
    if (lost) throw new Error(`${path} uses import.meta.url: only src/cli can`);
  }
  const path = join(root, outfile);
  writeFileSync(path, around(escaped(readFileSync(path, 'utf8'))));
}

/** Only regular expressions still have characters beyond ASCII. A text without any is read faster. */
function escaped(text) {
  return text.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

await bundle('main.js', join('dist', 'enigma.cjs'), (text) => `(function (${PARAMETERS}) {${text}\n})\n`);
await bundle('launch.js', join('dist', 'launch.cjs'));
