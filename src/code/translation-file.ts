/**
 * Translations as bytes, for a cache between runs. Only what the same build of Enigma wrote is ever read, and only whole (host/code-cache.ts
 * sees to both), so nothing is checked here. A header of JSON, then sections of 32-bit numbers and of bytes:
 *
 *   u32 bytes of the header | u32 bytes of each section … | header | sections, each from a multiple of 4 on
 */
import type { RecordDefinition } from '../loader/beam-module.ts';
import type { Translation } from './translation.ts';

const NUMBERS = [
  'functions',
  'imports',
  'exports',
  'lambdas',
  'lines',
  'relocations',
  'mapKeys',
  'literalLengths',
  'calledImports',
  'returnPoints',
] as const satisfies readonly (keyof Translation)[];
const BYTES = [
  'strings',
  'attributes',
  'compileInfo',
  'md5',
  'literals',
  'wasm',
] as const satisfies readonly (keyof Translation)[];
/** Before the header: its length and that of each section. */
const LENGTHS = 1 + NUMBERS.length + BYTES.length;
const ALIGNMENT = 4;

interface Header {
  readonly name: string;
  readonly atoms: readonly string[];
  readonly onLoad: string | undefined;
  readonly files: readonly string[];
  readonly records: readonly RecordDefinition[];
  readonly integers: readonly string[];
  readonly shared: readonly string[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

function bytesOf(numbers: Int32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** JSON has no bigints: default values of record fields that are some are written as texts. */
function withoutBigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

function withBigints({ default: given, ...field }: RecordDefinition['fields'][number]) {
  if (given?.kind !== 'integer') return { ...field, ...(given === undefined ? {} : { default: given }) };
  const value = typeof given.value === 'string' ? BigInt(given.value) : given.value;
  return { ...field, default: { ...given, value } };
}

/** The translation as bytes. */
export function encodeTranslation(translation: Translation): Uint8Array<ArrayBuffer> {
  const { name, atoms, onLoad, files, records, shared, integers } = translation;
  const header: Header = {
    ...{ name, atoms, onLoad, files, records, shared },
    integers: integers.map(String),
  };
  const sections = [
    encoder.encode(JSON.stringify(header, withoutBigints)),
    ...NUMBERS.map((key) => bytesOf(translation[key])),
    ...BYTES.map((key) => translation[key]),
  ];
  const size = sections.reduce((sum, { length }) => sum + aligned(length), LENGTHS * 4);
  const all = new Uint8Array(size);
  new Int32Array(all.buffer, 0, LENGTHS).set(sections.map(({ length }) => length));
  let at = LENGTHS * 4;
  for (const section of sections) {
    all.set(section, at);
    at += aligned(section.length);
  }
  return all;
}

/** The translation in `file`, which begins at a multiple of 4 in its buffer and belongs to the result. */
export function decodeTranslation(file: Uint8Array<ArrayBuffer>): Translation {
  const lengths = new Int32Array(file.buffer, file.byteOffset, LENGTHS);
  let at = LENGTHS * 4;
  const next = (section: number): Uint8Array<ArrayBuffer> => {
    const start = at;
    const length = lengths[section] as number;
    at += aligned(length);
    return file.subarray(start, start + length);
  };
  const header = JSON.parse(decoder.decode(next(0))) as Header;
  const numbers = Object.fromEntries(
    NUMBERS.map((key, i) => {
      const section = next(1 + i);
      return [key, new Int32Array(section.buffer, section.byteOffset, section.length / 4)];
    }),
  ) as Pick<Translation, (typeof NUMBERS)[number]>;
  const bytes = Object.fromEntries(BYTES.map((key, i) => [key, next(1 + NUMBERS.length + i)])) as {
    [key in (typeof BYTES)[number]]: Uint8Array<ArrayBuffer>;
  };
  return {
    ...header,
    ...numbers,
    ...bytes,
    onLoad: header.onLoad,
    records: header.records.map((record) => ({ ...record, fields: record.fields.map(withBigints) })),
    integers: header.integers.map(BigInt),
  };
}
