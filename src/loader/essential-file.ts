/** A .beam file without what only tools read: what is kept of loaded code, in case that it must be translated once more. */
import { readChunks } from './chunks.ts';

const LEFT_OUT = new Set(['Dbgi', 'Docs', 'Abst', 'ExCk', 'CInf', 'Attr']);
const NAME_BYTES = 4;
const CHUNK_HEADER = 8;
const FORM_HEADER = 12;

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** A copy of a file that can be loaded. */
export function essentialFile(file: Uint8Array): Uint8Array {
  const chunks = [...readChunks(file)].filter(([name]) => !LEFT_OUT.has(name));
  const size = chunks.reduce((sum, [, bytes]) => sum + CHUNK_HEADER + padded(bytes.length), FORM_HEADER);
  const copy = new Uint8Array(size);
  const view = new DataView(copy.buffer);
  const writeName = (at: number, name: string): void => {
    for (let i = 0; i < NAME_BYTES; i++) copy[at + i] = name.charCodeAt(i);
  };
  writeName(0, 'FOR1');
  view.setUint32(4, size - CHUNK_HEADER);
  writeName(8, 'BEAM');
  let at = FORM_HEADER;
  for (const [name, bytes] of chunks) {
    writeName(at, name);
    view.setUint32(at + NAME_BYTES, bytes.length);
    copy.set(bytes, at + CHUNK_HEADER);
    at += CHUNK_HEADER + padded(bytes.length);
  }
  return copy;
}
