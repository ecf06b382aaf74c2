/** File operations, here and on native OTP, in directories of the same content. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import type { Call } from '../support/vm.ts';
import { compareSequences } from './sequences.ts';

const MODULE = 'file_cases';
const source = readFileSync(join(repositoryRoot, 'test', 'bifs', `${MODULE}.erl`), 'utf8');
const exports = source.slice(source.indexOf('-export'), source.indexOf(']).'));
const names = [...exports.matchAll(/(\w+)\/1/g)].map((match) => match[1] as string);
const folder = mkdtempSync(join(tmpdir(), 'enigma-files-'));
after(() => rmSync(folder, { recursive: true }));

function callsIn(where: string): Call[] {
  return names.map((name) => {
    const directory = join(folder, where, name);
    mkdirSync(directory, { recursive: true });
    return { module: MODULE, function: name, arguments: JSON.stringify(directory) };
  });
}

test('prim_file as native OTP', (t) => {
  compareSequences(erlc(source), ['prim_file', 'prim_buffer', 'prim_zip', 'zlib'], callsIn('here'), {
    nativeCalls: callsIn('native'),
  });
  t.diagnostic(`${names.length} sequences of file operations`);
});
