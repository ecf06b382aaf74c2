/** Terms that native OTP made, and what it says of them (term-judge.erl has the formats). */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeExternal } from '../../src/term/external-decode.ts';
import type { Term } from '../../src/term/layout.ts';
import { erlc, nativeModule } from '../support/oracle.ts';
import { cacheFolder, repositoryRoot } from '../support/repository.ts';

export interface JudgedTerm {
  readonly term: Term;
  readonly phash2: number;
  readonly phash2Small: number;
  readonly phash: number;
  readonly range: number;
  readonly phash2InRange: number;
  readonly phashInRange: number;
}

/** Native's verdict on two terms of a group; orders are -1, 0 or 1. */
export interface JudgedPair {
  readonly a: Term;
  readonly b: Term;
  /** Undefined: not asked. */
  readonly keyOrder: number | undefined;
  readonly order: number;
  readonly equal: boolean;
  readonly identical: boolean;
}

export interface Judgement {
  readonly terms: readonly JudgedTerm[];
  readonly pairs: readonly JudgedPair[];
  /** Positions in `terms`, in the order of lists:keysort/2. */
  readonly sorted: readonly number[];
}

/** Runs a function of term-judge.erl whose first argument is the file for its results; gives the file's content. */
function judge(name: string, more: string): Buffer {
  const beam = erlc(readFileSync(join(repositoryRoot, 'test', 'term', 'term-judge.erl'), 'utf8'));
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, 'judge-'));
  try {
    const file = join(folder, 'results');
    const [result] = nativeModule(beam, [{ module: 'term-judge', function: name, arguments: `["${file}"${more}]` }]);
    if (result?.kind !== 'value') throw new Error(`term-judge:${name} failed: ${JSON.stringify(result)}`);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Random terms in groups of similar ones, and a list of those that chance would not find. */
export function judgedTerms(seed: number, groups: number): Judgement {
  return parse(judge('random_terms', `, ${seed}, ${groups}`));
}

export function specialTerms(): Judgement {
  return parse(judge('special', ''));
}

/** The frames of random runs of map operations, decoded. */
export function mapRuns(seed: number, runs: number): Term[] {
  const bytes = judge('map_runs', `, ${seed}, ${runs}`);
  const frames: Term[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    frames.push(decodeExternal(bytes.subarray(at + 4, at + 4 + size)));
    at += 4 + size;
  }
  return frames;
}

function parse(bytes: Buffer): Judgement {
  const terms: JudgedTerm[] = [];
  const pairs: JudgedPair[] = [];
  let at = 0;
  const word = (): number => {
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  for (let count = bytes.readUInt8(at++); count > 0; count = bytes.readUInt8(at++)) {
    const first = terms.length;
    for (let i = 0; i < count; i++) {
      const size = word();
      const term = decodeExternal(bytes.subarray(at, at + size));
      at += size;
      const [phash2, phash2Small, phash] = [word(), word(), word()];
      const [range, phash2InRange, phashInRange] = [word(), word(), word()];
      terms.push({ term, phash2, phash2Small, phash, range, phash2InRange, phashInRange });
    }
    for (const [i, { term: a }] of terms.entries()) {
      if (i < first) continue;
      for (const { term: b } of terms.slice(i + 1)) pairs.push(judgedPair(a, b, bytes.readUInt8(at++)));
    }
  }
  const sorted: number[] = [];
  while (at < bytes.length) sorted.push(word());
  return { terms, pairs, sorted };
}

function judgedPair(a: Term, b: Term, verdict: number): JudgedPair {
  return {
    a,
    b,
    keyOrder: verdict >> 6 === 3 ? undefined : (verdict >> 6) - 1,
    order: ((verdict >> 4) & 3) - 1,
    equal: (verdict & 8) !== 0,
    identical: (verdict & 4) !== 0,
  };
}
