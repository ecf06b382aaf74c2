/**
 * The house rules that biome.json cannot express: which folder may import which, file sizes, module-level state, file
 * names, unfinished marks and traces of one machine. Prints `file:line: message` for each breach; exit code 1 if any.
 * Relies on biome's formatting: what starts in column 0 is at module level.
 *
 *   node tools/lint.mjs [folder]     the repository unless told
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const FLAGS = 'src/debug/flags.ts';

/**
 * What the files of a folder may import beside their own folder; a row for a single file wins over its folder's and
 * does not include the folder. `type:` allows `import type` alone. A folder under src/ without a row is an error.
 */
const MAY_IMPORT = {
  'src/isa': [],
  'src/wasm': [],
  'src/debug/flags.ts': [],
  'src/term/layout.ts': [],
  'src/memory/map.ts': ['type:src/term/layout.ts'],
  'src/loader': ['src/isa', FLAGS],
  // What words mean and where they live need each other; map.ts and layout.ts, which hold the numbers, need nobody.
  'src/term': ['src/memory', FLAGS],
  'src/memory': ['src/term', 'src/wasm', FLAGS],
  // A kernel that changes large maps goes down their trees as those that look into them do.
  'src/jit': [
    'src/isa',
    'type:src/loader',
    'src/wasm',
    'src/term/layout.ts',
    'src/term/atom-names.ts',
    'src/memory/map.ts',
    'src/memory/hashmap-emitter.ts',
    FLAGS,
  ],
  'src/code': ['src/jit', 'type:src/loader', 'src/wasm', 'src/term', 'src/memory', 'type:src/process', FLAGS],
  'src/process': [
    'type:src/code',
    'src/term',
    'src/memory',
    'type:src/host',
    'type:src/jit',
    'type:src/scheduler',
    'type:src/ets',
    'type:src/trace',
    FLAGS,
  ],
  // Who is told of what happens, and breakpoints. Those whom it listens to know it by its type.
  'src/trace': ['src/ets', 'src/runtime', 'src/process', 'src/term', 'src/memory', FLAGS],
  'src/runtime': [
    'src/loader/md5.ts',
    'src/term',
    'src/memory',
    'src/process',
    'src/isa',
    'type:src/bifs',
    'type:src/jit',
    FLAGS,
  ],
  'src/regex': [],
  'src/ets': ['src/process', 'src/term', 'src/memory', FLAGS],
  'src/bifs': [
    'src/runtime',
    'src/trace',
    'src/ets',
    'src/regex',
    'src/process',
    'src/term',
    'src/memory',
    'src/host/files.ts',
    'src/host/compression.ts',
    'src/host/character-widths.ts',
    'src/host/termcap-codes.ts',
    'type:src/host',
    'type:src/code',
    FLAGS,
  ],
  'src/scheduler': ['src/process', 'src/memory', 'src/term', 'src/runtime', 'type:src/host', FLAGS],
  'src/host': [],
  'src/debug': ['src/isa', 'type:src/loader', 'src/wasm', 'src/term', 'src/memory'],
  'src/crash-dump': [
    'src/process',
    'src/runtime/calendar.ts',
    'src/memory',
    'src/term',
    'src/host/files.ts',
    'type:src/host',
    'type:src/ets',
    'type:src/code',
    FLAGS,
  ],
  'src/boot': [
    'src/process',
    'src/memory',
    'src/term',
    'src/runtime',
    'src/scheduler',
    'src/vm.ts',
    'type:src/host',
    'type:src/code',
    FLAGS,
  ],
  'src/vm.ts': ['src'],
  'src/cli': ['src'],
};

/** The only packages, and the files that may import them. */
const PACKAGES = { pako: 'src/host/pako-compression.ts' };

const MAX_FILE_LINES = 500;
/** A file with this comment in its first lines may be longer: it must be tables (top-level array and object literals). */
const TABLE_MARK = '// lint: table';
const TABLE_SHARE = 0.8;
const MODULE_STATE = ['src/memory/memory.ts'];
const FORBIDDEN_NAMES = /^(index|utils?|helpers?|misc|common)\.(ts|mjs|js)$/;

const SKIPPED_FOLDERS = /^(node_modules|dist|\.(?!ci$|github$).*)$/;
const CODE = /(\.(ts|mjs|js|erl|sh)|\/(tools|bin|\.ci)\/[^.]+)$/;
const TEXT = /(\.(ts|mjs|js|json|md|erl|hrl|ex|exs|sh|html|yml|S|core|txt|tsv|wat)|\/(tools|bin|\.ci)\/[^.]+)$/;

const LINE_RULES = [
  [/\b(TO[D]O|FIX[M]E|XX[X])\b(?!.*#\d)/, 'an unfinished mark needs its #issue'],
  [/(^|[\s'"`(=:])\/(work|tmp|root)\//, 'names a path of one machine'],
  [/:\/\/(deb|registry|security|proxy|mirror)\./, 'names a package host'],
  [/"resolved"\s*:/, 'the lock file must not hold download addresses'],
];

/** The text with the insides of comments, strings, templates' literal parts and regular expressions as blanks. */
function maskLiterals(source) {
  const token =
    /\/\/.*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`|[{}]|\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/|\//g;
  const templateChunk = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{)/y;
  const startsRegex = /(^|[(,=:[!&|?{};+\-*%<>~^]|\b(return|typeof|case|in|of|await|yield))\s*$/;
  const blank = (text) => text.replace(/[^\n]/g, ' ');
  const openBraces = []; // per open brace: whether it belongs to a template's ${
  let masked = '';
  let at = 0;
  const skipTemplateChunk = () => {
    templateChunk.lastIndex = at;
    const chunk = templateChunk.exec(source);
    if (chunk === null) return;
    masked += blank(chunk[0]);
    at = token.lastIndex = templateChunk.lastIndex;
    if (chunk[1] !== '`') openBraces.push(true);
  };
  for (let match = token.exec(source); match !== null; match = token.exec(source)) {
    const text = match[0];
    masked += source.slice(at, match.index);
    at = token.lastIndex;
    if (text === '{') openBraces.push(false);
    if (text === '{' || (text === '}' && openBraces.pop() !== true)) masked += text;
    else if (text === '`' || text === '}') {
      masked += ' ';
      skipTemplateChunk();
    } else if (/^\/[^/*]/.test(text) && !startsRegex.test(masked.slice(-80))) {
      masked += '/';
      at = token.lastIndex = match.index + 1;
    } else masked += text.length === 1 ? text : text[0] + blank(text.slice(1, -1)) + text.at(-1);
  }
  return masked + source.slice(at);
}

function lineAt(source, offset) {
  return source.slice(0, offset).split('\n').length;
}

function isWithin(file, place) {
  return file === place || file.startsWith(`${place}/`);
}

/** Every import and re-export of a module: { specifier, typeOnly, line }. */
function importsOf(source, masked) {
  const upToQuote =
    /^(?:import|export)\s+(type\s+)?(?:[\w$,*\s]|\{[^}]*\})*?\bfrom\s*['"]|^import\s*['"]|\bimport\s*\(\s*['"]/gm;
  return Array.from(masked.matchAll(upToQuote), (match) => {
    const start = match.index + match[0].length;
    const specifier = source.slice(start, source.indexOf(match[0].at(-1), start));
    return { specifier, typeOnly: match[1] !== undefined, line: lineAt(source, match.index) };
  });
}

/** Why `file` may not import `target`, or undefined. Both are paths from the repository's root. */
function importBreach(file, target, typeOnly) {
  if (!isWithin(file, 'src')) return undefined;
  const rows = Object.keys(MAY_IMPORT).filter((place) => isWithin(file, place));
  const row = rows.sort((a, b) => b.length - a.length)[0];
  if (row === undefined) return 'its folder has no row in MAY_IMPORT (tools/lint.mjs)';
  const isFolder = !row.endsWith('.ts');
  if (isFolder && isWithin(target, row)) return undefined;
  for (const allowed of MAY_IMPORT[row]) {
    const place = allowed.replace('type:', '');
    if (isWithin(target, place)) return allowed === place || typeOnly ? undefined : `may import only types of ${place}`;
  }
  return `${row} may not import ${target}`;
}

function checkImports(file, source, masked, report) {
  for (const { specifier, typeOnly, line } of importsOf(source, masked)) {
    if (specifier.startsWith('node:')) continue; // biome's noNodejsModules
    if (!specifier.startsWith('.')) {
      const allowed = isWithin(file, 'tools') || PACKAGES[specifier] === file;
      if (!allowed) report(line, `imports the package '${specifier}': there are no dependencies`);
      continue;
    }
    const breach = importBreach(file, normalize(join(dirname(file), specifier)), typeOnly);
    if (breach !== undefined) report(line, breach);
  }
}

/** The share of lines that lie in top-level constants' array and object literals. */
function tableShare(lines) {
  let inside = false;
  let count = 0;
  for (const line of lines) {
    if (/^(export )?const .*[[{(]$/.test(line)) inside = true;
    if (inside) count++;
    if (/^[\]})]/.test(line)) inside = false;
  }
  return count / lines.length;
}

function checkSize(lines, report) {
  if (lines.length <= MAX_FILE_LINES) return;
  if (!lines.slice(0, 5).some((line) => line.startsWith(TABLE_MARK))) {
    report(MAX_FILE_LINES + 1, `${lines.length} lines, at most ${MAX_FILE_LINES}`);
  } else if (tableShare(lines) < TABLE_SHARE) {
    report(1, `marked as a table, but only ${Math.floor(100 * tableShare(lines))} % of it is`);
  }
}

function checkModule(file, source, report) {
  const masked = maskLiterals(source);
  checkImports(file, source, masked, report);
  if (isWithin(file, 'src') && !MODULE_STATE.includes(file)) {
    for (const match of masked.matchAll(/^(export )?let\b/gm)) {
      report(lineAt(source, match.index), 'module-level state: let it hang off an object');
    }
    for (const match of masked.matchAll(/\bMath\.random\b/g)) {
      report(lineAt(source, match.index), 'randomness comes in through host/');
    }
  }
}

function checkFile(root, file, report) {
  const source = readFileSync(join(root, file), 'utf8');
  const lines = source.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (FORBIDDEN_NAMES.test(file.slice(file.lastIndexOf('/') + 1))) report(1, 'name the file for what it holds');
  if (CODE.test(`/${file}`)) checkSize(lines, report);
  if (/\.(ts|mjs|js)$/.test(file)) checkModule(file, source, report);
  lines.forEach((line, index) => {
    for (const [pattern, message] of LINE_RULES) {
      if (pattern.test(line)) report(index + 1, message);
    }
  });
}

function filesUnder(root, folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED_FOLDERS.test(entry.name) ? [] : filesUnder(root, path);
    return entry.isFile() && TEXT.test(`/${path}`) ? [path] : [];
  });
}

function main() {
  const root = process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url)));
  const files = filesUnder(root).sort();
  let breaches = 0;
  for (const file of files) {
    checkFile(root, file, (line, message) => {
      breaches++;
      console.log(`${file}:${line}: ${message}`);
    });
  }
  console.log(`lint: ${files.length} files, ${breaches} breaches`);
  process.exitCode = breaches === 0 ? 0 : 1;
}

main();
