import { EXTERNAL_KIND, FUNC_TYPE_BYTE, SECTION } from './module-sections.ts';
import type { FuncType, ValType } from './types.ts';

const textDecoder = new TextDecoder();
const PREAMBLE_BYTES = 8;
const MAGIC_AND_VERSION = '0,97,115,109,1,0,0,0';

/** Reads the binary format from a range of bytes; throws an Error naming the byte where it is malformed. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  offset: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    if (end > bytes.length) throw new Error(`malformed module: ${end} bytes expected, ${bytes.length} given`);
    this.bytes = bytes;
    this.offset = start;
    this.end = end;
  }

  get done(): boolean {
    return this.offset >= this.end;
  }

  fail(what: string, offset = this.offset): never {
    throw new Error(`malformed module at byte ${offset}: ${what}`);
  }

  byte(): number {
    const value = this.bytes[this.offset];
    if (value === undefined || this.offset >= this.end) this.fail('unexpected end');
    this.offset++;
    return value;
  }

  unsigned32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return this.fail('number too long');
  }

  /** An i32, or the 33-bit number of a block type as far as it fits 32 bits, which every valid one does. */
  signed32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return shift < 28 && (byte & 0x40) !== 0 ? value | (-1 << (shift + 7)) : value;
    }
    return this.fail('number too long');
  }

  signed64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(Math.min(64, Number(shift) + 7), value);
    }
    return this.fail('number too long');
  }

  /** The view of the next `count` bytes. */
  view(count: number): DataView {
    const start = this.skip(count);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + start, count);
  }

  name(): string {
    const length = this.unsigned32();
    const start = this.skip(length);
    return textDecoder.decode(this.bytes.subarray(start, start + length));
  }

  /** Passes over bytes; gives where they start. */
  skip(count: number): number {
    const start = this.offset;
    if (count > this.end - start) this.fail('unexpected end');
    this.offset += count;
    return start;
  }

  /** A value type, as the negative number `ValType` is. */
  valType(): ValType {
    return (this.byte() - 0x80) as ValType;
  }

  vector<T>(item: () => T): T[] {
    const count = this.unsigned32();
    if (count > this.end - this.offset) this.fail('vector longer than the module');
    return Array.from({ length: count }, item);
  }

  /** A reader of the next `count` bytes, which are passed over here. */
  part(count: number): ByteReader {
    const start = this.skip(count);
    return new ByteReader(this.bytes, start, start + count);
  }
}

/** A function's body: its bytes in the module, local declarations included. */
export interface Body {
  readonly start: number;
  readonly end: number;
}

/** What a listing needs to know of a module. Functions are counted from the imported ones on, as in the module. */
export interface ModuleContents {
  readonly types: readonly FuncType[];
  /** Type of each function. */
  readonly functionTypes: readonly number[];
  readonly importedFunctions: number;
  readonly bodies: readonly Body[];
  /** From the name section; else `module.name` of an import and the name of an export. */
  readonly functionNames: ReadonlyMap<number, string>;
  readonly localNames: ReadonlyMap<number, ReadonlyMap<number, string>>;
}

interface Draft {
  types: FuncType[];
  readonly functionTypes: number[];
  importedFunctions: number;
  bodies: Body[];
  readonly functionNames: Map<number, string>;
  readonly localNames: Map<number, Map<number, string>>;
}

/** Reads what a listing needs of a module's bytes; throws an Error when they are malformed. */
export function readModule(bytes: Uint8Array): ModuleContents {
  const reader = new ByteReader(bytes);
  if (bytes.subarray(0, PREAMBLE_BYTES).join() !== MAGIC_AND_VERSION) reader.fail('not a WebAssembly 1 module');
  reader.skip(PREAMBLE_BYTES);
  const draft: Draft = {
    types: [],
    functionTypes: [],
    importedFunctions: 0,
    bodies: [],
    functionNames: new Map(),
    localNames: new Map(),
  };
  while (!reader.done) {
    const id = reader.byte();
    readSection(draft, id, reader.part(reader.unsigned32()));
  }
  return draft;
}

function readSection(draft: Draft, id: number, content: ByteReader): void {
  switch (id) {
    case SECTION.type:
      draft.types = content.vector(() => readFuncType(content));
      break;
    case SECTION.import:
      content.vector(() => readImport(draft, content));
      break;
    case SECTION.function:
      content.vector(() => draft.functionTypes.push(content.unsigned32()));
      break;
    case SECTION.export:
      content.vector(() => readExport(draft, content));
      break;
    case SECTION.code:
      draft.bodies = content.vector(() => {
        const size = content.unsigned32();
        const start = content.skip(size);
        return { start, end: start + size };
      });
      break;
    case SECTION.custom:
      if (content.name() === 'name') readNames(draft, content);
      break;
    default:
      break;
  }
}

function readFuncType(content: ByteReader): FuncType {
  if (content.byte() !== FUNC_TYPE_BYTE) content.fail('not a function type', content.offset - 1);
  const params = content.vector(() => content.valType());
  return { params, results: content.vector(() => content.valType()) };
}

function readImport(draft: Draft, content: ByteReader): void {
  const module = content.name();
  const name = content.name();
  const kind = content.byte();
  switch (kind) {
    case EXTERNAL_KIND.func:
      draft.functionNames.set(draft.importedFunctions++, `${module}.${name}`);
      draft.functionTypes.push(content.unsigned32());
      break;
    case EXTERNAL_KIND.table:
      content.byte();
      skipLimits(content);
      break;
    case EXTERNAL_KIND.memory:
      skipLimits(content);
      break;
    case EXTERNAL_KIND.global:
      content.skip(2);
      break;
    default:
      content.fail(`unknown kind of import ${kind}`, content.offset - 1);
  }
}

function skipLimits(content: ByteReader): void {
  const flags = content.byte();
  content.unsigned32();
  if ((flags & 1) !== 0) content.unsigned32();
}

function readExport(draft: Draft, content: ByteReader): void {
  const name = content.name();
  const kind = content.byte();
  const index = content.unsigned32();
  if (kind === EXTERNAL_KIND.func && !draft.functionNames.has(index)) draft.functionNames.set(index, name);
}

function readNames(draft: Draft, content: ByteReader): void {
  while (!content.done) {
    const id = content.byte();
    const names = content.part(content.unsigned32());
    if (id === 1) readNameMap(names, draft.functionNames);
    else if (id === 2) {
      names.vector(() => {
        const func = names.unsigned32();
        draft.localNames.set(func, readNameMap(names, new Map()));
      });
    }
  }
}

function readNameMap(content: ByteReader, into: Map<number, string>): Map<number, string> {
  content.vector(() => {
    const index = content.unsigned32();
    into.set(index, content.name());
  });
  return into;
}
