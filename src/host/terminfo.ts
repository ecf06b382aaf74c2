/** Reads compiled terminfo entries: term(5), both sizes of numbers. What follows the standard part (names of their own) is skipped. */
import { FLAG_CODES, NUMBER_CODES, STRING_CODES } from './termcap-codes.ts';
import type { TerminalEntry } from './terminal.ts';

const MAGIC_16_BIT_NUMBERS = 0o432;
const MAGIC_32_BIT_NUMBERS = 0o1036;
const HEADER_BYTES = 12;
const SHORT = 2;

class Reader {
  private readonly view: DataView;
  private at = 0;

  constructor(file: Uint8Array) {
    this.view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  }

  short(): number {
    this.at += SHORT;
    return this.view.getInt16(this.at - SHORT, true);
  }

  shorts(count: number): number[] {
    return Array.from({ length: count }, () => this.short());
  }

  longs(count: number): number[] {
    return Array.from({ length: count }, () => {
      this.at += 2 * SHORT;
      return this.view.getInt32(this.at - 2 * SHORT, true);
    });
  }

  bytes(count: number): Uint8Array {
    this.at += count;
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.at - count, count);
  }

  /** Numbers begin at even offsets. */
  align(): void {
    this.at += this.at % SHORT;
  }
}

/** The string at an offset of the string table, without the 0 that ends it; undefined: none, or one that was taken away. */
function stringAt(table: Uint8Array, offset: number | undefined): Uint8Array | undefined {
  if (offset === undefined || offset < 0) return undefined;
  const end = table.indexOf(0, offset);
  return end < 0 ? undefined : table.slice(offset, end);
}

function present<Value>(codes: readonly string[], value: (i: number) => Value | undefined): Map<string, Value> {
  const found = new Map<string, Value>();
  codes.forEach((code, i) => {
    const it = value(i);
    if (it !== undefined && !found.has(code)) found.set(code, it);
  });
  return found;
}

/** undefined when the file is no compiled entry. */
export function readTerminfo(file: Uint8Array): TerminalEntry | undefined {
  if (file.length < HEADER_BYTES) return undefined;
  const reader = new Reader(file);
  const magic = reader.short();
  if (magic !== MAGIC_16_BIT_NUMBERS && magic !== MAGIC_32_BIT_NUMBERS) return undefined;
  const [names = 0, flagCount = 0, numberCount = 0, stringCount = 0, tableBytes = 0] = reader.shorts(5);
  try {
    reader.bytes(names);
    const flags = reader.bytes(flagCount);
    reader.align();
    const numbers = magic === MAGIC_32_BIT_NUMBERS ? reader.longs(numberCount) : reader.shorts(numberCount);
    const offsets = reader.shorts(stringCount);
    const table = reader.bytes(tableBytes);
    return {
      flags: new Set(present(FLAG_CODES, (i) => flags[i] === 1 || undefined).keys()),
      numbers: present(NUMBER_CODES, (i) => ((numbers[i] ?? -1) < 0 ? undefined : numbers[i])),
      strings: present(STRING_CODES, (i) => stringAt(table, offsets[i])),
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
