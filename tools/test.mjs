/**
 * Runs the tests: builds if needed, brings a native OTP 27 (the judge) if needed, then `node --test`.
 *
 *   node tools/test.mjs [--node-option...] [part of a path...]
 *
 * Only the test files whose path holds one of the parts are run; all without. The last lines are the counts.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build, filesUnder, otp, root } from './prepare.mjs';

const isStressed = (process.env.ENIGMA_GC_STRESS ?? process.env.ENIGMA_REDUCTIONS) !== undefined;
const MINUTES_PER_TEST = isStressed ? 60 : 20;

const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const parts = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));

build();
process.env.ENIGMA_ORACLE = otp('--native', '27');
// Judges of what other releases' compilers emit.
for (const release of ['25', '29']) otp('--native', release);

const files = filesUnder('test')
  .filter((file) => file.endsWith('.test.ts') && (parts.length === 0 || parts.some((part) => file.includes(part))))
  .map((file) => join('dist', file.replace(/\.ts$/, '.js')));
if (files.length === 0) {
  console.error('no such test file');
  process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  [
    '--enable-source-maps',
    '--test',
    '--test-concurrency=2',
    `--test-timeout=${MINUTES_PER_TEST * 60_000}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'tools', 'test-counts.mjs')}`,
    '--test-reporter-destination=stdout',
    ...options,
    ...files,
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
process.exitCode = status ?? 1;
