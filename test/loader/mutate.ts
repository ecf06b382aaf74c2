/** Damage to .beam files, of the kinds that a loader must survive. All choices come from the random source. */
import { inflateSync } from 'node:zlib';
import type { RandomSource } from '../support/random.ts';

export interface Chunk {
  id: string;
  data: Buffer;
}

/** The chunks of an undamaged file. */
export function splitChunks(file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 12; at < file.length; ) {
    const size = file.readUInt32BE(at + 4);
    chunks.push({ id: file.toString('latin1', at, at + 4), data: Buffer.from(file.subarray(at + 8, at + 8 + size)) });
    at += 8 + size + ((4 - (size % 4)) % 4);
  }
  return chunks;
}

/** A file of these chunks. */
export function joinChunks(chunks: readonly Chunk[]): Buffer {
  const body = chunks.flatMap(({ id, data }) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    return [Buffer.from(id, 'latin1'), size, data, Buffer.alloc((4 - (data.length % 4)) % 4)];
  });
  const content = Buffer.concat([Buffer.from('BEAM'), ...body]);
  const header = Buffer.from('FOR1\0\0\0\0');
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

type Mutation = (file: Buffer, random: RandomSource) => Buffer;

const extremes = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const pick = <T>(items: readonly T[], random: RandomSource): T => items[random(items.length)] as T;

function flip(bytes: Buffer, from: number, random: RandomSource): void {
  for (let i = 1 + random(8); i > 0 && bytes.length > from; i--) {
    bytes[from + random(bytes.length - from)] = random(4) === 0 ? pick([0, 0xff, 0x7f, 0x80], random) : random(256);
  }
}

/** Does something to one of the chunks named (or another, if there is none), and puts the file together again. */
function inChunk(names: readonly string[], damage: (data: Buffer, random: RandomSource) => Buffer): Mutation {
  return (file, random) => {
    const chunks = splitChunks(file);
    const usable = chunks.filter(({ data }) => data.length > 4);
    const candidates = usable.filter(({ id }) => names.includes(id));
    const chunk = pick(candidates.length > 0 ? candidates : usable, random);
    chunk.data = damage(chunk.data, random);
    return joinChunks(chunks);
  };
}

const readChunks = ['AtU8', 'Code', 'StrT', 'ImpT', 'ExpT', 'FunT', 'LitT', 'LocT', 'Attr', 'CInf', 'Line', 'Type'];
const codeHeader = 20;

export const mutations: Readonly<Record<string, Mutation>> = {
  'bytes anywhere': (file, random) => {
    const bytes = Buffer.from(file);
    flip(bytes, 0, random);
    return bytes;
  },
  truncation: (file, random) => file.subarray(0, random(file.length)),
  'chunk length': (file, random) => {
    const chunks = splitChunks(file);
    const bytes = joinChunks(chunks);
    let at = 12;
    for (const { data } of chunks.slice(0, random(chunks.length)))
      at += 8 + data.length + ((4 - (data.length % 4)) % 4);
    const size = random(2) === 0 ? pick(extremes, random) : (bytes.readUInt32BE(at + 4) + random(64) - 32) >>> 0;
    bytes.writeUInt32BE(size, at + 4);
    return bytes;
  },
  'chunks exchanged': (file, random) => {
    const chunks = splitChunks(file);
    const [one, other] = [pick(chunks, random), pick(chunks, random)];
    [one.id, other.id] = [other.id, one.id];
    return joinChunks(chunks);
  },
  'chunk removed': (file, random) => {
    const chunks = splitChunks(file);
    chunks.splice(random(chunks.length), 1);
    return joinChunks(chunks);
  },
  'bytes in a chunk': inChunk(readChunks, (data, random) => {
    flip(data, 0, random);
    return data;
  }),
  'count in a chunk': inChunk(readChunks, (data, random) => {
    const at = 4 * random(Math.min(6, Math.floor(data.length / 4)));
    data.writeUInt32BE(random(2) === 0 ? pick(extremes, random) : (data.readUInt32BE(at) + random(9) - 4) >>> 0, at);
    return data;
  }),
  'compact terms in code': inChunk(['Code'], (data, random) => {
    flip(data, codeHeader, random);
    return data;
  }),
  'code cut or stretched': inChunk(['Code'], (data, random) => {
    const at = codeHeader + random(Math.max(1, data.length - codeHeader));
    const inserted = Buffer.from(Array.from({ length: random(12) }, () => random(256)));
    return Buffer.concat([data.subarray(0, at), inserted, data.subarray(Math.min(data.length, at + random(12)))]);
  }),
  'compressed literals': inChunk(['LitT'], (data, random) => {
    flip(data, random(2) === 0 ? 0 : 4, random);
    return data;
  }),
  'plain literals': inChunk(['LitT'], (data, random) => {
    const plain = data.readUInt32BE(0) === 0 ? data.subarray(4) : inflateOr(data.subarray(4));
    const damaged = Buffer.concat([Buffer.alloc(4), plain]);
    flip(damaged, 4, random);
    return damaged;
  }),
};

/** A file without LitT has another chunk damaged instead; that one is not compressed. */
function inflateOr(data: Buffer): Buffer {
  try {
    return inflateSync(data);
  } catch {
    return data;
  }
}
