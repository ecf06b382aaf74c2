/** How long the packet is that some bytes begin with (packet_get_length in OTP's packet_parser.c). */

export type PacketType =
  | 'raw'
  | 'bytes1'
  | 'bytes2'
  | 'bytes4'
  | 'asn1'
  | 'sunrm'
  | 'cdr'
  | 'fcgi'
  | 'line'
  | 'tpkt'
  | 'http'
  | 'httph'
  | 'ssl_tls';

export interface PacketLimits {
  /** The most bytes that a packet may have, 0: any number. */
  readonly packetSize: number;
  /** Lines are cut at this length, 0: never. */
  readonly lineLength: number;
  /** What ends a line. */
  readonly delimiter: number;
}

/** The length in bytes, header included. more: cannot be told yet; invalid: these bytes are no packet. */
export type PacketLength = number | 'more' | 'invalid';

/** Header and payload in bytes. */
interface Sizes {
  readonly header: number;
  readonly payload: number;
}

type Measured = Sizes | 'more' | 'invalid';

const MAX_LENGTH = 2 ** 31 - 1;
const WORD = 2 ** 32;

export const SPACE = 0x20;
export const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

function bigEndian(data: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value = value * 256 + (data[from + i] as number);
  return value;
}

/** A length of `count` bytes in front of the payload. */
function prefixed(data: Uint8Array, count: number): Measured {
  return data.length < count ? 'more' : { header: count, payload: bigEndian(data, 0, count) };
}

/** The highest bit of the four bytes marks a last fragment. */
function sunrm(data: Uint8Array): Measured {
  return data.length < 4 ? 'more' : { header: 4, payload: bigEndian(data, 0, 4) % 2 ** 31 };
}

function asn1(data: Uint8Array): Measured {
  if (data.length < 2) return 'more';
  let at = 1;
  let left = data.length - 1;
  if ((data[0] as number) % 32 === 31) {
    while (left > 0 && (data[at] as number) >= 128) {
      at++;
      left--;
    }
    if (left < 2) return 'more';
    at++;
    left--;
  }
  const length = (data[at] as number) % 128;
  const isLong = (data[at] as number) >= 128;
  at++;
  left--;
  if (!isLong) return { header: at, payload: length };
  if (left < length) return 'more';
  if (length > 4) return 'invalid';
  return { header: at + length, payload: bigEndian(data, at, length) };
}

const CDR_HEADER = 12;
const CDR_MAGIC = [0x47, 0x49, 0x4f, 0x50];

function cdr(data: Uint8Array): Measured {
  if (data.length < CDR_HEADER) return 'more';
  if (!CDR_MAGIC.every((byte, i) => data[i] === byte)) return 'invalid';
  const size = data.slice(8, CDR_HEADER);
  if ((data[6] as number) % 2 === 1) size.reverse();
  return { header: CDR_HEADER, payload: bigEndian(size, 0, 4) };
}

function fcgi(data: Uint8Array): Measured {
  if (data.length < 8) return 'more';
  if (data[0] !== 1) return 'invalid';
  return { header: 8, payload: bigEndian(data, 4, 2) + (data[6] as number) };
}

function tpkt(data: Uint8Array): Measured {
  if (data.length < 4) return 'more';
  return data[0] === 3 ? { header: 4, payload: bigEndian(data, 2, 2) - 4 } : 'invalid';
}

/** A client hello of SSL 2, which has a header of its own. */
export function isSsl2Hello(data: Uint8Array): boolean {
  return (data[0] as number) >= 128 && data[2] === 1;
}

function sslTls(data: Uint8Array): Measured {
  if (data.length < 5) return 'more';
  const payload = isSsl2Hello(data) ? (bigEndian(data, 0, 2) % 32768) - 3 : bigEndian(data, 3, 2);
  return { header: 5, payload };
}

const MEASURES: Readonly<Partial<Record<PacketType, (data: Uint8Array) => Measured>>> = {
  bytes1: (data) => prefixed(data, 1),
  bytes2: (data) => prefixed(data, 2),
  bytes4: (data) => prefixed(data, 4),
  asn1,
  sunrm,
  cdr,
  fcgi,
  tpkt,
  ssl_tls: sslTls,
};

function lineLength(data: Uint8Array, { packetSize, lineLength: cut, delimiter }: PacketLimits): PacketLength {
  const found = data.indexOf(delimiter);
  const length = found + 1;
  if (found < 0) {
    if (packetSize !== 0 && data.length > packetSize) return 'invalid';
    return cut !== 0 && data.length >= cut ? cut : 'more';
  }
  if (packetSize !== 0 && length > packetSize) return 'invalid';
  return cut !== 0 && length > cut ? cut : length;
}

/** A line of HTTP; a header goes on in lines that begin with a blank. */
function httpLength(data: Uint8Array, limits: PacketLimits, isHeader: boolean): PacketLength {
  const { length } = data;
  if ((length === 1 && data[0] === NEWLINE) || (length === 2 && data[0] === RETURN && data[1] === NEWLINE))
    return length;
  const limit = limits.packetSize === 0 ? limits.lineLength : limits.packetSize;
  for (let from = 0; ; ) {
    const end = data.indexOf(NEWLINE, from) + 1;
    if (end === 0) return limit !== 0 && length >= limit ? 'invalid' : 'more';
    const next = data[end];
    if (isHeader && end < length && (next === SPACE || next === TAB) && end > 2) {
      from = end;
      continue;
    }
    if (limit !== 0 && end > limit) return 'invalid';
    return isHeader && end === length ? 'more' : end;
  }
}

export function packetLength(type: PacketType, data: Uint8Array, limits: PacketLimits): PacketLength {
  if (type === 'raw') return data.length === 0 ? 'more' : data.length;
  if (type === 'line') return lineLength(data, limits);
  if (type === 'http' || type === 'httph') return httpLength(data, limits, type === 'httph');
  const sizes = MEASURES[type]?.(data) ?? 'invalid';
  if (typeof sizes === 'string') return sizes;
  const { header, payload } = sizes;
  // Sizes are unsigned 32-bit numbers in OTP, lengths signed ones.
  const unsigned = payload < 0 ? payload + WORD : payload;
  if (limits.packetSize !== 0 && unsigned > limits.packetSize) return 'invalid';
  const total = header + payload;
  return total < header || total > MAX_LENGTH ? 'invalid' : total;
}

/** Where the body of a whole packet lies: from, up to. */
export function bodyRange(type: PacketType, packet: Uint8Array): readonly [number, number] {
  const { length } = packet;
  if (type === 'bytes1') return [1, length];
  if (type === 'bytes2') return [2, length];
  if (type === 'bytes4') return [4, length];
  return [0, type === 'fcgi' ? length - (packet[6] as number) : length];
}
