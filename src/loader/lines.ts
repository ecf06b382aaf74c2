/** Source positions: chunk Line. */
import type { LineItem, LineTable } from './beam-module.ts';
import { ByteReader } from './byte-reader.ts';
import { CompactReader, compactTag } from './compact-term.ts';
import { corrupt } from './load-error.ts';
import { decodeUtf8 } from './utf8.ts';

/** A file name is at most 65,535 bytes. */
const maxNameChars = 0xffff;
const unknownPosition: LineItem = { file: 0, line: 0 };

/**
 * The line table. A missing chunk, or one of an unknown version, gives a table of the unknown position only (as in
 * OTP); `complete` is false then and `line` operands mean nothing.
 */
export function readLines(bytes: Uint8Array, module: string): { table: LineTable; complete: boolean } {
  const files = [`${module}.erl`];
  const items = [unknownPosition];
  if (bytes.length === 0) return { table: { files, items, flags: 0 }, complete: false };
  const reader = new ByteReader(bytes, 'Line');
  if (reader.i32() !== 0) return { table: { files, items, flags: 0 }, complete: false };
  const flags = reader.i32();
  reader.i32(); // The number of line instructions: a hint for allocation.
  const itemCount = reader.i32();
  const nameCount = reader.i32();
  reader.checkCount(itemCount, 1);
  reader.checkCount(nameCount, 2);
  readItems(reader, itemCount, nameCount, items);
  for (let i = 0; i < nameCount; i++) {
    const length = reader.u16();
    const name = decodeUtf8(reader.slice(length), 0, length, maxNameChars);
    files.push((name ?? corrupt('Line', 'a file name is not UTF-8')) || `${module}.erl`);
  }
  return { table: { files, items, flags }, complete: true };
}

/** Items are line numbers (tag i) in the file that the last item of tag a chose. */
function readItems(reader: ByteReader, itemCount: number, nameCount: number, items: LineItem[]): void {
  const compact = new CompactReader(reader);
  let file = 0;
  while (items.length <= itemCount) {
    const tag = compact.next();
    if (tag === compactTag.a && compact.value <= nameCount) file = compact.value;
    else if (tag === compactTag.i && compact.value >= 0) items.push({ file, line: compact.value });
    else corrupt('Line', 'has a bad item');
  }
}
