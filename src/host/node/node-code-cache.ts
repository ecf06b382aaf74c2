/**
 * Translated modules in a folder: a file for each, named by a hash of the build of Enigma, the variant and the .beam file. Files appear by
 * renaming, so processes that share the folder see whole ones or none. Each begins with a checksum of the rest: what is damaged counts as missing.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  futimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { CodeCache } from '../code-cache.ts';

export interface CodeCacheOptions {
  readonly folder: string;
  /** What tells this build of Enigma from all others. */
  readonly build: string;
  /** Bytes that the folder's files may have together; when there are more, those not used for longest go. */
  readonly limit?: number;
}

const LIMIT = 256 * 1024 * 1024;
/** What is left, as a share of the limit, after files had to go: so that this is not needed soon again. */
const KEPT_SHARE = 0.75;
/** Others write too: after so many bytes of its own a process looks how large the folder is. */
const BYTES_BETWEEN_LOOKS = 32 * 1024 * 1024;
const CHECKSUM_BYTES = 32;
const ENTRY = /^[0-9a-f]{64}$/;
const UNFINISHED = /^[0-9a-f]{64}\.[0-9a-f]{16}$/;
const MILLISECONDS_OF_DAY = 86_400_000;

/** What a file says of itself. */
interface Kept {
  readonly path: string;
  readonly size: number;
  readonly usedAt: number;
}

export function nodeCodeCache({ folder, build, limit = LIMIT }: CodeCacheOptions): CodeCache {
  return new FolderCache(folder, build, limit);
}

/** A cache that cannot read or write does without: nothing here throws. */
class FolderCache implements CodeCache {
  private readonly folder: string;
  private readonly build: string;
  private readonly limit: number;
  private isWritable: boolean | undefined;
  /** Bytes that may be written before the folder's size is looked at. */
  private room = 0;

  constructor(folder: string, build: string, limit: number) {
    this.folder = folder;
    this.build = build;
    this.limit = limit;
  }

  find(file: Uint8Array, variant: string): Uint8Array<ArrayBuffer> | undefined {
    const key = this.key(file, variant);
    const whole = readWhole(join(this.folder, key));
    if (whole === undefined || whole.length < CHECKSUM_BYTES) return undefined;
    const entry = whole.subarray(CHECKSUM_BYTES);
    return checksum(key, entry).equals(whole.subarray(0, CHECKSUM_BYTES)) ? entry : undefined;
  }

  keep(file: Uint8Array, variant: string, entry: Uint8Array): void {
    const size = CHECKSUM_BYTES + entry.length;
    if (size > this.limit || !this.prepareFolder()) return;
    const key = this.key(file, variant);
    const path = join(this.folder, key);
    const unfinished = `${path}.${randomBytes(8).toString('hex')}`;
    this.makeRoom(size);
    try {
      writeFileSync(unfinished, Buffer.concat([checksum(key, entry), entry]), { flag: 'wx', mode: 0o600 });
      renameSync(unfinished, path);
    } catch {
      this.isWritable = false;
      remove(unfinished);
    }
  }

  private key(file: Uint8Array, variant: string): string {
    return createHash('sha256').update(`${this.build}\0${variant}\0`).update(file).digest('hex');
  }

  private prepareFolder(): boolean {
    this.isWritable ??= makeFolder(this.folder);
    return this.isWritable;
  }

  private makeRoom(size: number): void {
    this.room -= size;
    if (this.room >= 0) return;
    const left = trim(this.folder, this.limit - size, this.limit * KEPT_SHARE - size);
    this.room = Math.min(this.limit - size - left, BYTES_BETWEEN_LOOKS);
  }
}

function checksum(key: string, entry: Uint8Array): Buffer {
  return createHash('sha256').update(key).update(entry).digest();
}

function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return true;
  } catch {
    return false;
  }
}

/** A file's bytes in an array of their own; undefined when it cannot be read. Notes that it was used. */
function readWhole(path: string): Uint8Array<ArrayBuffer> | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size, mtimeMs } = fstatSync(file);
    const bytes = new Uint8Array(size);
    if (readSync(file, bytes) !== size) return undefined;
    noteUse(file, mtimeMs);
    return bytes;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** The time of modification is that of the last use, to a day. Somebody else's file may not let us say so. */
function noteUse(file: number, usedAt: number): void {
  const now = Date.now();
  if (now - usedAt < MILLISECONDS_OF_DAY) return;
  try {
    futimesSync(file, now / 1000, now / 1000);
  } catch {
    // It counts as not used, and may go early.
  }
}

/** If the cache's files have more than `limit` bytes, removes those not used for longest until `goal` are left. Returns how many are. */
function trim(folder: string, limit: number, goal: number): number {
  const files = keptIn(folder);
  let total = files.reduce((sum, { size }) => sum + size, 0);
  if (total <= limit) return total;
  for (const { path, size } of files.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= goal) break;
    remove(path);
    total -= size;
  }
  return total;
}

/** The cache's own files. What a process that died did not finish goes at once when it is a day old. */
function keptIn(folder: string): Kept[] {
  const files: Kept[] = [];
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const info = statSync(path, { throwIfNoEntry: false });
    if (info === undefined) continue;
    if (ENTRY.test(name)) files.push({ path, size: info.size, usedAt: info.mtimeMs });
    else if (UNFINISHED.test(name) && Date.now() - info.mtimeMs > MILLISECONDS_OF_DAY) remove(path);
  }
  return files;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Another process may do it, or nobody.
  }
}
