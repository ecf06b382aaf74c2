/**
 * Writes docs/COVERAGE.md: which of the functions that OTP has in C are there.
 *
 *   npm run coverage               from test/coverage/native-otp<release>.tsv and the BIF tables
 *   npm run coverage -- --facts    makes these tables anew first, from OTP's sources and libraries (tools/otp)
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bifTables } from '../../src/bifs/tables.ts';
import { repositoryRoot } from '../../test/support/repository.ts';
import { coverageReport, factsFile, RELEASES } from './report.ts';

function otp(...options: string[]): string {
  return execFileSync(join(repositoryRoot, 'tools', 'otp'), options, { encoding: 'utf8' }).trim();
}

/** Runs native_functions.erl on native OTP of that release and keeps what it prints. */
function makeFacts(release: number): void {
  const native = otp('--native', String(release));
  const source = join(otp('--source', String(release)), 'otp');
  const ebin = join(repositoryRoot, '.cache', 'coverage', String(release));
  mkdirSync(ebin, { recursive: true });
  execFileSync(join(native, 'bin', 'erlc'), ['-o', ebin, join(repositoryRoot, 'tools/coverage/native_functions.erl')]);
  const args = ['-noshell', '-pa', ebin, '-s', 'native_functions', 'main', '-extra', source, join(native, 'lib')];
  const rows = execFileSync(join(native, 'bin', 'erl'), args, { encoding: 'utf8', maxBuffer: 1e8 });
  writeFileSync(factsFile(release), `#module\tfunction\tarity\tkind\twhere\tuses\n${rows}`);
}

if (process.argv.includes('--facts')) RELEASES.forEach(makeFacts);
writeFileSync(join(repositoryRoot, 'docs', 'COVERAGE.md'), coverageReport(bifTables));
