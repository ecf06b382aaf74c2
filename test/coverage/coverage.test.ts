import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bifTables } from '../../src/bifs/tables.ts';
import { coverageReport } from '../../tools/coverage/report.ts';
import { repositoryRoot } from '../support/repository.ts';

test('docs/COVERAGE.md tells what the BIF tables hold', () => {
  const kept = readFileSync(join(repositoryRoot, 'docs', 'COVERAGE.md'), 'utf8');
  assert.ok(kept === coverageReport(bifTables), 'docs/COVERAGE.md is out of date: run `npm run coverage`');
});
