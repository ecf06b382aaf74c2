/** What the tests of the external term format and of printing share: random terms from native OTP, and zlib from the host. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { atom, atomName } from '../../src/term/atoms.ts';
import type { Inflate } from '../../src/term/external-decode.ts';
import { type ExportName, exportTable, funEntryAt, funEntryCount, NamesOnly } from '../../src/term/fun-entries.ts';
import { erlc, nativeModule } from '../support/oracle.ts';
import { cacheFolder, repositoryRoot } from '../support/repository.ts';

/** Milliseconds: making and encoding so many terms takes native OTP a minute on a busy machine. */
const PATIENCE = 300_000;

/** Calls a function of external-terms.erl; gives the rows of the fields it wrote. */
export function nativeRows(name: string, seed: number, count: number, fieldsPerRow: number): Buffer[][] {
  const beam = erlc(readFileSync(join(repositoryRoot, 'test', 'term', 'external-terms.erl'), 'utf8'));
  const folder = mkdtempSync(join(cacheFolder, 'terms-'));
  try {
    const file = join(folder, 'rows');
    const call = {
      module: 'external-terms',
      function: name,
      arguments: `[${JSON.stringify(file)}, ${seed}, ${count}]`,
    };
    const [result] = nativeModule(beam, [call], { timeout: PATIENCE });
    if (result?.kind !== 'value' || result.value.text !== 'ok') throw new Error(`${name}: ${JSON.stringify(result)}`);
    return rowsOf(readFileSync(file), fieldsPerRow);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rowsOf(all: Buffer, fieldsPerRow: number): Buffer[][] {
  const fields: Buffer[] = [];
  for (let at = 0; at < all.length; ) {
    const end = at + 4 + all.readUInt32BE(at);
    fields.push(all.subarray(at + 4, end));
    at = end;
  }
  const rows: Buffer[][] = [];
  for (let i = 0; i < fields.length; i += fieldsPerRow) rows.push(fields.slice(i, i + fieldsPerRow));
  return rows;
}

export const inflate: Inflate = (stream, size) => {
  try {
    const { buffer, engine } = inflateSync(stream, { info: true, maxOutputLength: size + 1 }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return buffer.length === size ? { content: buffer, consumed: engine.bytesWritten } : undefined;
  } catch {
    return undefined;
  }
};

export function deflate(content: Uint8Array, level: number): Uint8Array {
  return deflateSync(content, { level });
}

const ACTIVE = new Set(['lists:map/2', 'erlang:self/0', 'zq m:zqf/3', 'zqm:Zq/255']);

class SomeExports extends NamesOnly {
  override isActive(name: ExportName): boolean {
    const text = `${atomName(name.module)}:${atomName(name.functionName)}/${name.arity}`;
    return ACTIVE.has(text);
  }
}

/** Makes the functions that native OTP has and external-terms.erl uses known here too. */
export function useSomeExports(): void {
  exportTable.current = new SomeExports();
  for (const name of ['lists', 'map', 'erlang', 'self']) atom(name);
}

/** Marks the functions of external-terms.erl's closures as loaded, which they are in native OTP. */
export function markLoaded(): void {
  for (let number = 0; number < funEntryCount(); number++) {
    const entry = funEntryAt(number);
    const isOwn = atomName(entry.module) === 'external-terms';
    if (isOwn && entry.code === undefined) entry.code = { functionName: entry.module, free: 0 };
  }
}
