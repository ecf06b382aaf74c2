/** The folder of translated modules: what is damaged, stale or too much goes; what is shared stays whole. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { nodeCodeCache } from '../../src/host/node/node-code-cache.ts';

const implementation = new URL('../../src/host/node/node-code-cache.js', import.meta.url);
const execute = promisify(execFile);
const file = Uint8Array.of(1, 2, 3);
const entry = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const BUILD = 'a build';

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'enigma-cache-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

test('an entry is found under its content, variant and build', (t) => {
  const folder = join(temporaryFolder(t), 'made', 'when needed');
  const cache = nodeCodeCache({ folder, build: BUILD });
  assert.equal(cache.find(file, 'v'), undefined);
  cache.keep(file, 'v', entry);
  const found = nodeCodeCache({ folder, build: BUILD }).find(file, 'v');
  assert.deepEqual(found, entry);
  assert.equal((found?.byteOffset as number) % 4, 0);
  assert.equal(cache.find(Uint8Array.of(1, 2, 4), 'v'), undefined);
  assert.equal(cache.find(file, 'w'), undefined);
  assert.equal(nodeCodeCache({ folder, build: 'another build' }).find(file, 'v'), undefined);
});

test('a damaged entry counts as missing, and is replaced', (t) => {
  const folder = temporaryFolder(t);
  const cache = nodeCodeCache({ folder, build: BUILD });
  cache.keep(file, 'v', entry);
  const path = join(folder, readdirSync(folder)[0] as string);
  const whole = readFileSync(path);
  const flipped = (at: number) => Uint8Array.from(whole, (byte, i) => (i === at ? (byte + 64) % 256 : byte));
  const damages = [
    new Uint8Array(0),
    whole.subarray(0, 20),
    whole.subarray(0, -1),
    new Uint8Array(whole.length),
    Buffer.concat([whole, Buffer.of(0)]),
    ...[0, 31, 32, 500, whole.length - 1].map(flipped),
  ];
  for (const damaged of damages) {
    writeFileSync(path, damaged);
    assert.equal(cache.find(file, 'v'), undefined);
    cache.keep(file, 'v', entry);
    assert.deepEqual(cache.find(file, 'v'), entry);
  }
  cache.keep(Uint8Array.of(9), 'v', Uint8Array.of(1));
  const other = readdirSync(folder).find((name) => !path.endsWith(name)) as string;
  writeFileSync(path, readFileSync(join(folder, other)));
  assert.equal(cache.find(file, 'v'), undefined, 'the file of another entry');
});

test('a folder that cannot be used is done without', (t) => {
  const blocked = join(temporaryFolder(t), 'file');
  writeFileSync(blocked, '');
  const cache = nodeCodeCache({ folder: join(blocked, 'cache'), build: BUILD });
  cache.keep(file, 'v', entry);
  assert.equal(cache.find(file, 'v'), undefined);

  const folder = temporaryFolder(t);
  const kept = nodeCodeCache({ folder, build: BUILD });
  kept.keep(file, 'v', entry);
  const path = join(folder, readdirSync(folder)[0] as string);
  rmSync(path);
  mkdirSync(path);
  assert.equal(kept.find(file, 'v'), undefined, 'a folder where the entry should be');
  kept.keep(file, 'v', entry);
  assert.equal(kept.find(file, 'v'), undefined);
  assert.deepEqual(readdirSync(folder).length, 1, 'nothing unfinished stays');
});

test('the folder is bounded: what was not used for longest goes', (t) => {
  const folder = temporaryFolder(t);
  const limit = 20 * entry.length;
  const key = (i: number) => Uint8Array.of(i);
  writeFileSync(join(folder, 'somebody else’s'), 'x');
  for (let i = 0; i < 10; i++) nodeCodeCache({ folder, build: BUILD, limit }).keep(key(i), 'v', entry);
  const paths = readdirSync(folder).filter((name) => name.length === 64);
  const longAgo = Date.now() / 1000 - 10 * 86_400;
  for (const name of paths) utimesSync(join(folder, name), longAgo, longAgo);
  const cache = nodeCodeCache({ folder, build: BUILD, limit });
  assert.deepEqual(cache.find(key(3), 'v'), entry);
  for (let i = 10; i < 22; i++) {
    cache.keep(key(i), 'v', entry);
    assert.ok(sizeOf(folder) <= limit, `${sizeOf(folder)} bytes`);
  }
  assert.deepEqual(cache.find(key(21), 'v'), entry);
  assert.deepEqual(cache.find(key(3), 'v'), entry, 'was used');
  const old = [0, 1, 2, 4, 5, 6, 7, 8, 9].filter((i) => cache.find(key(i), 'v') !== undefined);
  assert.ok(old.length < 5, `${old} were not`);
  assert.equal(readFileSync(join(folder, 'somebody else’s'), 'utf8'), 'x');
  cache.keep(key(30), 'v', new Uint8Array(limit));
  assert.equal(cache.find(key(30), 'v'), undefined, 'larger than the bound');
});

test('several processes at once see whole entries or none', async (t) => {
  const folder = temporaryFolder(t);
  const script = `
    import { nodeCodeCache } from ${JSON.stringify(implementation.href)};
    const cache = nodeCodeCache({ folder: ${JSON.stringify(folder)}, build: 'b', limit: 400_000 });
    let found = 0;
    for (let round = 0; round < 400; round++) {
      const number = round % 8;
      const entry = cache.find(Uint8Array.of(number), 'v');
      if (entry !== undefined) {
        found++;
        if (entry.length !== 50_000 + number || entry.some((byte) => byte !== number)) throw new Error('not whole');
      }
      cache.keep(Uint8Array.of(number), 'v', new Uint8Array(50_000 + number).fill(number));
    }
    if (found === 0) throw new Error('nothing was ever found');`;
  const run = () => execute(process.execPath, ['--input-type=module', '-e', script]);
  await Promise.all([run(), run(), run()]);
  assert.ok(readdirSync(folder).every((name) => name.length === 64));
});
