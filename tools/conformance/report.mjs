/** What the conformance command prints, and docs/CONFORMANCE.md. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare.mjs';
import { baselineFile, data, resultsFile } from './results.mjs';
import { groupBy, readTable } from './tables.mjs';

/** A suite is slow when it takes more than this times native's time, and this many milliseconds at least. */
const SLOW_FACTOR = 3;
const SLOW_MS = 3000;

/** One suite's line: passed / native, seconds, and the cases that did not. */
export function suiteLine({ app, name, cases }, rows, ms) {
  const passed = rows.filter((row) => row[3] === 'ok').length;
  const bad = rows.filter((row) => row[3] !== 'ok').map((row) => `${row[2]} (${row[3]})`);
  const count = `${passed}/${cases?.length ?? rows.length}`.padEnd(9);
  return `${bad.length === 0 ? 'ok ' : 'BAD'} ${count} ${app}/${name} ${Math.round(ms / 1000)} s  ${bad.join(' ')}`;
}

export function printTotals(suites, rows, isBaseline) {
  const counts = groupBy(rows, (row) => row[0]);
  for (const [app, own] of counts) {
    const passed = own.filter((row) => row[3] === 'ok').length;
    const among = isBaseline
      ? own.length
      : suites.filter((suite) => suite.app === app).reduce((sum, { cases }) => sum + cases.length, 0);
    console.log(`${app}: ${passed} of ${among} pass (${percent(passed, among)})`);
  }
}

function percent(part, whole) {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** Writes docs/CONFORMANCE.md from the tables of test/conformance. */
export function writeReport(releases) {
  const parts = releases.filter((release) => existsSync(baselineFile(release))).map(releaseReport);
  const text = `# Conformance

Made by \`npm run conformance\`, which runs the test suites of Erlang/OTP itself on Enigma and beside that on native OTP.
Do not edit: the reasons are in \`test/conformance/reasons.tsv\`, the results in \`test/conformance/results-otp*.tsv\`.

Counted are the cases of the suites in \`test/conformance/suites.tsv\` (language and virtual machine; what needs sockets, other
nodes or C code is not in it) that pass natively: without distribution, as root. A case that was not run counts as failed.
For OTP 25 the native result is that of its 32-bit build where the two differ. Reasons in quotation marks are what the
case itself said.

${parts.join('\n')}`;
  writeFileSync(join(root, 'docs', 'CONFORMANCE.md'), text);
}

function releaseReport(release) {
  const suiteOf = (row) => `${row[0]}/${row[1]}`;
  const listed = new Set(readTable(join(data, 'suites.tsv')).map(suiteOf));
  const native = readTable(baselineFile(release)).filter((row) => row[3] === 'ok' && listed.has(suiteOf(row)));
  const results = new Map(readTable(resultsFile(release)).map((row) => [row.slice(0, 3).join('/'), row]));
  const suites = [...groupBy(native, suiteOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([suite, rows]) => {
      const own = rows.map((row) => results.get(row.slice(0, 3).join('/')) ?? [...row.slice(0, 3), 'not run', '0', '']);
      const both = rows.filter((_row, index) => own[index][3] === 'ok');
      return {
        suite,
        app: rows[0][0],
        native: rows.length,
        passed: both.length,
        bad: own.filter((row) => row[3] !== 'ok'),
        notRun: own.every((row) => row[3] === 'not run'),
        nativeMs: sumOf(both),
        ms: sumOf(own.filter((row) => row[3] === 'ok')),
      };
    });
  return [
    `## OTP ${release}`,
    '',
    table(['application', 'pass natively', 'not run', 'pass on Enigma', ''], totals(suites)),
    slowSuites(suites),
    '### Suites',
    '',
    table(
      ['suite', 'pass natively', 'on Enigma', 'seconds natively', 'on Enigma'],
      suites.filter((s) => !s.notRun).map((s) => [s.suite, s.native, s.passed, tenths(s.nativeMs), tenths(s.ms)]),
    ),
    `Not run: ${suites.filter((s) => s.notRun).length} suites.\n`,
    '### Cases that differ',
    '',
    table(['suite', 'case', 'result', 'reason'], differing(suites)),
  ].join('\n');
}

function totals(suites) {
  const row = (name, own) => {
    const passed = own.reduce((sum, s) => sum + s.passed, 0);
    const native = own.reduce((sum, s) => sum + s.native, 0);
    const notRun = own.filter((s) => s.notRun).reduce((sum, s) => sum + s.native, 0);
    return [name, native, notRun, passed, percent(passed, native)];
  };
  return [...[...groupBy(suites, (s) => s.app)].map(([app, own]) => row(app, own)), row('all', suites)];
}

function slowSuites(suites) {
  const slow = suites.filter((s) => s.ms > SLOW_MS && s.ms > SLOW_FACTOR * s.nativeMs);
  if (slow.length === 0) return 'No suite takes more than three times its native time (of the cases that pass).\n';
  const list = slow.map((s) => [
    s.suite,
    tenths(s.nativeMs),
    tenths(s.ms),
    (s.ms / Math.max(1, s.nativeMs)).toFixed(1),
  ]);
  return [
    '### Suites that take more than three times their native time',
    '',
    `Of the cases that pass; suites of less than ${SLOW_MS / 1000} seconds are not listed.`,
    '',
    table(['suite', 'seconds natively', 'on Enigma', 'ratio'], list),
  ].join('\n');
}

/** A row for each case that differs; cases of a suite with the same result and reason share one. */
function differing(suites) {
  const reasons = readTable(join(data, 'reasons.tsv'));
  return suites.flatMap((s) => {
    if (s.notRun) return [];
    const rows = s.bad.map((row) => [s.suite, row[2], row[3], reasonFor(reasons, row)]);
    return [...groupBy(rows, (row) => `${row[2]} ${row[3]}`).values()].map((own) => [
      s.suite,
      own.map((row) => row[1]).join(', '),
      own[0][2],
      own[0][3],
    ]);
  });
}

/** The reason that reasons.tsv gives for a case (`*` stands for any), else what the case said. */
function reasonFor(reasons, [app, suite, name, , , said]) {
  const known = reasons.find((row) => row[0] === app && ['*', suite].includes(row[1]) && ['*', name].includes(row[2]));
  if (known !== undefined) return known[3];
  return said === '' || said === undefined ? '' : `"${said.slice(0, 120)}"`;
}

function sumOf(rows) {
  return rows.reduce((sum, row) => sum + Number(row[4]), 0);
}

function tenths(ms) {
  return (ms / 1000).toFixed(1);
}

/** A Markdown table. */
function table(heading, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return `${[line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}
