/** Runs loader_oracle.erl, which writes what native OTP makes of a file. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { erlc, nativeModule, type Release } from '../support/oracle.ts';
import { cacheFolder, repositoryRoot } from '../support/repository.ts';

const oracleSource = readFileSync(join(repositoryRoot, 'test', 'loader', 'loader_oracle.erl'), 'utf8');

/** Runs the work in a new folder, which is removed afterwards. */
export function inFolder<Result>(work: (folder: string) => Result): Result {
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, 'loader-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What `loader_oracle:write(Name, File, Out)` writes for each file. */
export function native(
  release: Release,
  name: string,
  files: readonly string[],
  encoding: BufferEncoding = 'utf8',
): string[] {
  return inFolder((folder) => {
    const calls = files.map((file, i) => ({
      module: 'loader_oracle',
      function: 'write',
      arguments: `[${name}, ${JSON.stringify(file)}, ${JSON.stringify(join(folder, `${i}`))}]`,
    }));
    const results = nativeModule(erlc(oracleSource, { release }), calls, { release });
    return results.map((result, i) => {
      if (result.kind === 'raise') throw new Error(`${files[i]}: ${result.reason.text} ${result.stack.text}`);
      if (result.kind !== 'value') throw new Error(`${files[i]}: ${result.kind}`);
      return readFileSync(join(folder, `${i}`), encoding);
    });
  });
}
