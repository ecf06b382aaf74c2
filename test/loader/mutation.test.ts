/** Damaged files load or throw `LoadError`: nothing else, quickly, and without taking memory for what is not there. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { instructionToString } from '../../src/isa/print.ts';
import { loadBeam } from '../../src/loader/load.ts';
import { LoadError } from '../../src/loader/load-error.ts';
import { randomSource } from '../support/random.ts';
import { beamFiles, everyNth, releases } from './corpus.ts';
import { joinChunks, mutations, splitChunks } from './mutate.ts';

const rounds = 20_000;
const largestFile = 40_000;
/** Milliseconds; many times what the largest undamaged file takes, so that only a hang or an explosion fails. */
const longestLoad = 2000;
const mostMemory = 600e6;

const chunkNames = new Set([
  'AtU8',
  'Code',
  'ImpT',
  'ExpT',
  'LocT',
  'FunT',
  'LitT',
  'Line',
  'Type',
  'Attr',
  'CInf',
  'Recs',
]);

/** Loads a file and reads all of it; the kind of error and the chunk or instruction it is about, or 'loaded'. */
function outcome(file: Uint8Array): string {
  try {
    const module = loadBeam(file);
    let length = 0;
    for (const { instructions } of module.functions) {
      for (const { op, args } of instructions) length += instructionToString(op, args, module).length;
    }
    assert.ok(length > 0 || module.functions.length === 0);
    return 'loaded';
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    assert.ok(error.message.length < 1000);
    const chunk = /^chunk (\w{4}):/u.exec(error.message)?.[1] ?? '';
    const about = chunkNames.has(chunk) ? chunk : /instruction/u.test(error.message) ? 'instruction' : 'container';
    return `${error.kind}, ${about}`;
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const print = (counts: Map<string, number>): string =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([key, count]) => `${key}: ${count}`)
    .join('; ');

test(`${rounds} damaged files`, (t) => {
  const files = releases
    .flatMap((release) => everyNth(beamFiles(release), 7))
    .filter((path) => statSync(path).size < largestFile)
    .map((path) => readFileSync(path));
  const random = randomSource(20_261_122);
  const names = Object.keys(mutations);
  const counts = new Map<string, number>();
  const loadedBy = new Map<string, number>();
  let slowest = 0;
  for (let i = 0; i < rounds; i++) {
    const name = names[i % names.length] ?? '';
    const damaged = mutations[name]?.(files[random(files.length)] as Buffer, random) ?? Buffer.alloc(0);
    const start = performance.now();
    const result = outcome(damaged);
    slowest = Math.max(slowest, performance.now() - start);
    increment(counts, result);
    if (result === 'loaded') increment(loadedBy, name);
  }
  const { rss } = process.memoryUsage();
  t.diagnostic(`${rounds} damaged files out of ${files.length}: ${print(counts)}`);
  t.diagnostic(`loaded in spite of damage: ${print(loadedBy)}`);
  t.diagnostic(`slowest ${Math.round(slowest)} ms; resident memory at the end ${Math.round(rss / 1e6)} MB`);
  assert.ok(slowest < longestLoad);
  assert.ok(rss < mostMemory);
});

/** Bytes of buffers, and of objects, that loading takes at most; garbage is counted, so this is an upper bound. */
function memoryOf(work: () => void): number {
  const before = process.memoryUsage();
  work();
  const after = process.memoryUsage();
  return after.arrayBuffers - before.arrayBuffers + Math.max(0, after.heapUsed - before.heapUsed);
}

test('counts that lie take no memory', (t) => {
  const path = beamFiles(27).find((file) => file.endsWith('/lists.beam')) ?? '';
  const file = readFileSync(path);
  const lies: string[] = [];
  outcome(file);
  for (const { id, data } of splitChunks(file)) {
    for (let at = 0; at < Math.min(24, data.length - 3); at += 4) {
      const chunks = splitChunks(file).map((chunk) => (chunk.id === id ? { id, data: Buffer.from(data) } : chunk));
      chunks.find((chunk) => chunk.id === id)?.data.writeUInt32BE(0x7fffffff, at);
      const damaged = joinChunks(chunks);
      const bytes = memoryOf(() => outcome(damaged));
      if (bytes > 200 * file.length) lies.push(`${id} at ${at}: ${bytes} bytes`);
    }
  }
  t.diagnostic(`a file of ${file.length} bytes`);
  assert.deepEqual(lies, []);
});
