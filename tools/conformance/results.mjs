/** Where the command keeps what it found, under test/conformance. */
import { join } from 'node:path';
import { root } from '../prepare.mjs';
import { groupBy, readTable, writeTable } from './tables.mjs';

export const data = join(root, 'test', 'conformance');
export const RESULT_FIELDS = ['app', 'suite', 'case', 'result', 'ms', 'reason'];

/** What native OTP gives. */
export function baselineFile(release) {
  return join(data, `baseline-otp${release}.tsv`);
}

/** What Enigma gives, for the cases that pass natively. */
export function resultsFile(release) {
  return join(data, `results-otp${release}.tsv`);
}

/** Replaces the rows of the suites that were run. */
export function keepResults(file, rows) {
  const suiteOf = (row) => `${row[0]}/${row[1]}`;
  const bySuite = groupBy(readTable(file), suiteOf);
  for (const [suite, own] of groupBy(rows, suiteOf)) bySuite.set(suite, own);
  const sorted = [...bySuite.keys()].sort().flatMap((suite) => bySuite.get(suite));
  writeTable(file, RESULT_FIELDS, sorted);
}
