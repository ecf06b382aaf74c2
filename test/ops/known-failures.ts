/** test/known-failures/ops.txt: what is known to differ, with reasons. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';

/** Keys such as `25 exceptions:in_of` (release and call), and names of instructions. */
export interface KnownFailures {
  readonly cases: ReadonlySet<string>;
  readonly rows: ReadonlySet<string>;
}

export function readKnownFailures(): KnownFailures {
  const text = readFileSync(join(repositoryRoot, 'test', 'known-failures', 'ops.txt'), 'utf8');
  const entries = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const keysOf = (kind: string): Set<string> =>
    new Set(entries.filter((line) => line.startsWith(`${kind} `)).map((line) => keyOf(line, kind)));
  return { cases: keysOf('case'), rows: keysOf('row') };
}

function keyOf(line: string, kind: string): string {
  const [key, reason] = line.split(' | ');
  if (key === undefined || reason === undefined) throw new Error(`no reason is given: ${line}`);
  return key.slice(kind.length + 1);
}
