/** From the bytes of a `.beam` file to a `BeamModule`. */

import { readAtoms } from './atoms.ts';
import type { BeamModule, ExportEntry, LambdaEntry } from './beam-module.ts';
import { type Chunks, optionalChunk, readChunks, requiredChunk } from './chunks.ts';
import { type Code, readCode } from './code.ts';
import { readLines } from './lines.ts';
import { readLiterals, readTermChunk } from './literals.ts';
import { corrupt } from './load-error.ts';
import { md5 } from './md5.ts';
import { readRecords } from './records.ts';
import { readExports, readImports, readLambdas } from './tables.ts';
import { readTypes } from './types.ts';

/**
 * Reads and validates a `.beam` file made by the compiler of OTP 22 to 29. The result refers to `file`, which must not
 * be written to afterwards. Whatever the bytes, this either returns or throws a `LoadError`, in time and memory in
 * proportion to the size of the file (literals decompressed).
 */
export function loadBeam(file: Uint8Array): BeamModule {
  const chunks = readChunks(file);
  const codeChunk = requiredChunk(chunks, 'Code');
  const atoms = readAtoms(chunks);
  const name = atoms[1] ?? '';
  const imports = readImports(requiredChunk(chunks, 'ImpT'), atoms);
  const exports = readExports(requiredChunk(chunks, 'ExpT'), 'ExpT', atoms);
  const locals = chunks.has('LocT') ? readExports(requiredChunk(chunks, 'LocT'), 'LocT', atoms) : [];
  const lambdas = readLambdas(optionalChunk(chunks, 'FunT'), atoms);
  const literals = readLiterals(optionalChunk(chunks, 'LitT'));
  const lines = readLines(optionalChunk(chunks, 'Line'), name);
  const { types, complete } = readTypes(optionalChunk(chunks, 'Type'));
  const strings = optionalChunk(chunks, 'StrT');
  const attributes = readTermChunk(optionalChunk(chunks, 'Attr'), 'Attr');
  const compileInfo = readTermChunk(optionalChunk(chunks, 'CInf'), 'CInf');
  const typeCount = complete ? types.length : 0;
  const records = readRecords(optionalChunk(chunks, 'Recs'), {
    atoms,
    typeCount,
    literalCount: literals.length,
    labelCount: 1,
  });
  const code = readCode(codeChunk, {
    atoms,
    strings,
    literals,
    typeCount,
    importCount: imports.length,
    lambdaCount: lambdas.length,
    lineCount: lines.table.items.length,
    linesComplete: lines.complete,
  });
  checkEntries('ExpT', exports, code);
  checkEntries('LocT', locals, code);
  checkEntries('FunT', lambdas, code);
  return {
    name,
    atoms,
    ...code,
    imports,
    exports,
    locals,
    lambdas,
    literals,
    strings,
    lines: lines.table,
    types,
    records,
    attributes,
    compileInfo,
    md5: moduleMd5(chunks),
    chunks,
  };
}

/** Every entry of a table must name the entry label of a function of the same arity. */
function checkEntries(chunk: string, entries: readonly (ExportEntry | LambdaEntry)[], code: Code): void {
  for (const { name, arity, label } of entries) {
    const target = code.functions[code.functionOfLabel.get(label) ?? -1];
    if (target?.arity !== arity)
      corrupt(chunk, `label ${label} of ${name}/${arity} is not the entry of such a function`);
  }
}

const lambdaHeader = 4;
const lambdaSize = 24;
const oldUniqOffset = 20;

/**
 * The module's checksum: MD5 over the chunks that make up its code, those there are. In FunT the `oldUniq` fields count
 * as 0, as they are made from the checksum. Rule: `beam_lib:md5/1`, `beamfile_read` in beam_file.c.
 */
function moduleMd5(chunks: Chunks): Uint8Array {
  const lambdas = Uint8Array.from(optionalChunk(chunks, 'FunT'));
  for (let at = lambdaHeader; at + lambdaSize <= lambdas.length; at += lambdaSize) {
    lambdas.fill(0, at + oldUniqOffset, at + lambdaSize);
  }
  const plain = (id: string): Uint8Array => optionalChunk(chunks, id);
  const code = ['Atom', 'AtU8', 'Code', 'StrT', 'ImpT', 'ExpT'].map(plain);
  return md5([...code, lambdas, ...['LitT', 'Meta', 'Recs'].map(plain)]);
}
