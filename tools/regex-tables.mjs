#!/usr/bin/env node
/**
 * Makes src/regex/unicode-tables.ts and src/regex/latin-tables.ts from the tables of the PCRE in OTP's sources, so that properties,
 * scripts, case and grapheme breaks are those of native OTP's version of Unicode and not those of the JavaScript engine.
 *
 *   node tools/regex-tables.mjs PATH/erts/emulator/pcre && npx biome check --write src/regex/*-tables.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LAST_POINT = 0x10ffff;
const BLOCK = 128;
const folder = process.argv[2];
const read = (name) => readFileSync(join(folder, name), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');

/** What the last definition of a table holds: the first ones are those of a PCRE without properties. */
const between = (source, start) => {
  const from = source.indexOf('{', source.lastIndexOf(start)) + 1;
  return source.slice(from, source.indexOf('};', from));
};
const numbers = (text) =>
  (text.match(/0x[0-9a-f]+|-?\d+|NOTACHAR/gi) ?? []).map((t) => (t === 'NOTACHAR' ? -1 : Number(t)));
const enumerations = (source, prefix) =>
  [...source.matchAll(/enum \{([^}]*)\}/g)]
    .map(([, body]) =>
      body
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .find((names) => names.some((name) => name.startsWith(prefix)));

const header = read('ucp.h');
const categories = enumerations(header, 'ucp_Cc').map((name) => name.replace('ucp_', ''));
const breaks = enumerations(header, 'ucp_gbCR').map((name) => name.replace('ucp_gb', ''));
const scripts = enumerations(header, 'ucp_Arabic').map((name) => name.replace('ucp_', ''));

const ucd = read('pcre_ucd.c');
const records = [
  ...between(ucd, 'ucd_records)[] = {').matchAll(/\{\s*(-?\w+),\s*(-?\w+),\s*(-?\w+),\s*(-?\w+),\s*(-?\w+),?\s*\}/g),
].map(([, script, category, grapheme, set, other]) => ({
  script: +script,
  category: +category,
  grapheme: +grapheme,
  set: +set,
  other: +other,
}));
const stage1 = numbers(between(ucd, 'ucd_stage1)[] = {'));
const stage2 = numbers(between(ucd, 'ucd_stage2)[] = {'));
const setNumbers = numbers(between(ucd, 'ucd_caseless_sets)[] = {'));
const recordOf = (point) => records[stage2[stage1[Math.floor(point / BLOCK)] * BLOCK + (point % BLOCK)]];

const base36 = (n) => n.toString(36);

/** Lengths and values of the runs of a property, in order of code points. */
function runs(field) {
  const parts = [];
  let start = 0;
  for (let point = 1; point <= LAST_POINT + 1; point++) {
    const value = recordOf(start)[field];
    if (point <= LAST_POINT && recordOf(point)[field] === value) continue;
    parts.push(`${base36(point - start)} ${base36(value)}`);
    start = point;
  }
  return parts.join(',');
}

/** First point, number of points, step, difference: points that have another case. */
function caseRuns() {
  const points = [];
  for (let point = 0; point <= LAST_POINT; point++) if (recordOf(point).other !== 0) points.push(point);
  const parts = [];
  const isUsed = new Set();
  for (const point of points) {
    if (isUsed.has(point)) continue;
    const delta = recordOf(point).other;
    const length = (step) => {
      let n = 1;
      while (
        point + n * step <= LAST_POINT &&
        !isUsed.has(point + n * step) &&
        recordOf(point + n * step).other === delta
      )
        n++;
      return n;
    };
    const step = length(1) >= length(2) ? 1 : 2;
    const count = length(step);
    for (let i = 0; i < count; i++) isUsed.add(point + i * step);
    parts.push(`${base36(point)} ${base36(count)} ${step} ${base36(delta)}`);
  }
  return parts.join(',');
}

function caseSets() {
  const sets = [];
  let current = [];
  for (const n of setNumbers) {
    if (n >= 0) current.push(n);
    else {
      if (current.length > 0) sets.push(current);
      current = [];
    }
  }
  return sets.map((set) => set.map(base36).join(' ')).join(',');
}

const propertyNames = read('pcre_tables.c');
const spellings = new Set([...propertyNames.matchAll(/#define STRING_(\w+?)0 /g)].map(([, name]) => name));
const missing = scripts.filter((script) => !spellings.has(script));
if (missing.length > 0) throw new Error(`scripts without a name: ${missing}`);

const quoted = (text) => {
  const lines = text.match(/.{1,120}/g) ?? [];
  return lines.map((line) => `  '${line}'`).join(' +\n');
};
const made = 'Made by tools/regex-tables.mjs; do not edit.';

writeFileSync(
  'src/regex/unicode-tables.ts',
  `/** Unicode as OTP's PCRE has it. ${made} */

export const CATEGORIES = '${categories.join(' ')}';
export const SCRIPTS =
${quoted(scripts.join(' '))};
export const BREAKS = '${breaks.join(' ')}';
/** Runs of code points: length and index of the value, base 36. */
export const CATEGORY_RUNS =
${quoted(runs('category'))};
export const SCRIPT_RUNS =
${quoted(runs('script'))};
export const BREAK_RUNS =
${quoted(runs('grapheme'))};
/** First point, count, step, and difference to the other case. */
export const CASE_RUNS =
${quoted(caseRuns())};
/** Sets of more than two characters that differ only by case. */
export const CASE_SETS =
${quoted(caseSets())};
`,
);

// ---- Latin-1 -----------------------------------------------------------------------------------------------------------

const latin = numbers(between(read('pcre_latin_1_table.c'), 'default_tables)[] = {'));
const lower = latin.slice(0, 256);
const flip = latin.slice(256, 512);
const bits = latin.slice(512, 512 + 320);
const CLASS_NAMES = ['space', 'xdigit', 'digit', 'upper', 'lower', 'word', 'graph', 'print', 'punct', 'cntrl'];
const ranges = (has) => {
  const parts = [];
  for (let c = 0; c < 256; c++) {
    if (!has(c)) continue;
    const from = c;
    while (c < 255 && has(c + 1)) c++;
    parts.push(`${from.toString(16)}-${c.toString(16)}`);
  }
  return parts.join(' ');
};
const hasBit = (table, c) => Math.floor(bits[table * 32 + Math.floor(c / 8)] / 2 ** (c % 8)) % 2 === 1;
for (let c = 0; c < 256; c++) {
  const isUpper = flip[c] !== c && lower[c] === flip[c];
  if (lower[c] !== (isUpper ? flip[c] : c)) throw new Error(`case of ${c}`);
}
const flips = flip.map((other, c) => [c, other]).filter(([c, other]) => c < other);
writeFileSync(
  'src/regex/latin-tables.ts',
  `/** Classes and case of the characters up to 255, as OTP's PCRE has them. ${made} */

/** Ranges of the members, base 16. */
export const LATIN_CLASSES = {
${CLASS_NAMES.map((name, i) => `  ${name}: '${ranges((c) => hasBit(i, c))}',`).join('\n')}
} as const;
/** Pairs of upper and lower case: upper, lower, base 16. */
export const LATIN_PAIRS =
${quoted(flips.map(([c, other]) => `${c.toString(16)} ${other.toString(16)}`).join(','))};
`,
);
