/** erlang:decode_packet/3 (erl_bif_port.c). */
import { HTTP_HEADERS, HTTP_METHODS } from '../../runtime/http-names.ts';
import {
  type HttpPart,
  type HttpUri,
  parseHeader,
  parseStartLine,
  type Range,
  textOf,
} from '../../runtime/packet-http.ts';
import {
  bodyRange,
  isSsl2Hello,
  type PacketLimits,
  type PacketType,
  packetLength,
} from '../../runtime/packet-length.ts';
import { am, atom } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { bitSize, copyOfBytes, makeBinary, subBits } from '../../term/bits.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isBitstring, isList, makeSmall } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { natural, pairOf } from './arguments.ts';
import { elementsOf } from './lists-tuples.ts';

interface Kind {
  readonly type: PacketType;
  /** Texts are binaries instead of lists. */
  readonly binaries: boolean;
}

const KINDS: ReadonlyMap<Term, Kind> = new Map(
  (
    [
      [makeSmall(0), 'raw'],
      [makeSmall(1), 'bytes1'],
      [makeSmall(2), 'bytes2'],
      [makeSmall(4), 'bytes4'],
      [am.raw, 'raw'],
      [am.asn1, 'asn1'],
      [am.sunrm, 'sunrm'],
      [am.cdr, 'cdr'],
      [am.fcgi, 'fcgi'],
      [am.line, 'line'],
      [am.tpkt, 'tpkt'],
      [am.http, 'http'],
      [am.httph, 'httph'],
      [am.http_bin, 'http'],
      [am.httph_bin, 'httph'],
      [am.ssl_tls, 'ssl_tls'],
    ] as const
  ).map(([name, type]) => [name, { type, binaries: name === am.http_bin || name === am.httph_bin }]),
);

const MAX_UNSIGNED = 2 ** 32 - 1;
const MAX_BYTE = 255;

function limitsOf(list: Term, type: PacketType): PacketLimits {
  const limits = { packetSize: 0, lineLength: 0, delimiter: 0x0a };
  for (const option of elementsOf(list)) {
    const pair = pairOf(option);
    const value = pair === undefined ? undefined : natural(pair.value);
    if (pair === undefined || value === undefined || value > MAX_UNSIGNED) throw badarg();
    if (pair.key === am.packet_size) limits.packetSize = value;
    else if (pair.key === am.line_length) limits.lineLength = value;
    else if (pair.key === am.line_delimiter && type === 'line' && value <= MAX_BYTE) limits.delimiter = value;
    else throw badarg();
  }
  return limits;
}

/** A packet, what it is taken from, and how texts in it are given out. */
class Packet {
  private readonly source: Term;
  private readonly binaries: boolean;
  readonly bytes: Uint8Array;

  constructor(source: Term, bytes: Uint8Array, binaries: boolean) {
    this.source = source;
    this.bytes = bytes;
    this.binaries = binaries;
  }

  part([from, to]: Range): Term {
    return subBits(this.source, from * 8, (to - from) * 8);
  }

  text(range: Range): Term {
    if (this.binaries) return this.part(range);
    return listOf(Array.from(this.bytes.subarray(range[0], range[1]), makeSmall));
  }

  /** A text that need not be in the packet. */
  string(text: string): Term {
    const codes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return this.binaries ? makeBinary(codes) : listOf(Array.from(codes, makeSmall));
  }
}

function uriTerm(packet: Packet, uri: HttpUri): Term {
  switch (uri.kind) {
    case 'star':
      return am['*'];
    case 'path':
      return tuple(am.abs_path, packet.text(uri.text));
    case 'string':
      return packet.text(uri.text);
    case 'scheme':
      return tuple(am.scheme, packet.text(uri.scheme), packet.text(uri.text));
    case 'absolute': {
      const port = uri.port === undefined ? am.undefined : makeInteger(uri.port);
      const path = uri.path === undefined ? packet.string('/') : packet.text(uri.path);
      return tuple(am.absoluteURI, am[uri.scheme], packet.text(uri.host), port, path);
    }
  }
}

function httpTerm(packet: Packet, part: HttpPart): Term {
  switch (part.kind) {
    case 'eoh':
      return am.http_eoh;
    case 'response':
      return tuple(am.http_response, versionTerm(part.version), makeInteger(part.status), packet.text(part.phrase));
    case 'request': {
      const method = textOf(packet.bytes, part.method);
      const methodTerm = HTTP_METHODS.includes(method) ? atom(method) : packet.text(part.method);
      return tuple(am.http_request, methodTerm, uriTerm(packet, part.uri), versionTerm(part.version));
    }
    case 'header': {
      const index = HTTP_HEADERS.indexOf(part.canonical) + 1;
      const name = index > 0 ? atom(part.canonical) : packet.string(part.canonical);
      return tuple(am.http_header, makeSmall(index), name, packet.text(part.name), packet.text(part.value));
    }
  }
}

function versionTerm([major, minor]: readonly [number, number]): Term {
  return tuple(makeInteger(major), makeInteger(minor));
}

/** `{ssl_tls, [], ContentType, {Major, Minor}, Data}`. A hello of SSL 2 gets the header of a later one. */
function sslTerm({ bytes }: Packet): Term {
  const isOld = isSsl2Hello(bytes);
  const [type, major, minor] = isOld ? [22, bytes[3], bytes[4]] : [bytes[0], bytes[1], bytes[2]];
  let data = bytes.subarray(5);
  if (isOld) {
    const length = bytes.length - 3;
    data = new Uint8Array(4 + length);
    data.set([1, Math.floor(length / 65536) % 256, Math.floor(length / 256) % 256, length % 256]);
    data.set(bytes.subarray(3), 4);
  }
  const version = versionTerm([major as number, minor as number]);
  return tuple(am.ssl_tls, NIL, makeSmall(type as number), version, makeBinary(data.slice()));
}

/** What a whole packet stands for. */
function packetTerm(packet: Packet, type: PacketType): Term {
  const { bytes } = packet;
  if (type === 'ssl_tls') return sslTerm(packet);
  if (type !== 'http' && type !== 'httph') return packet.part(bodyRange(type, bytes));
  const part = type === 'http' ? parseStartLine(bytes) : parseHeader(bytes);
  return part === undefined ? tuple(am.http_error, packet.text([0, bytes.length])) : httpTerm(packet, part);
}

/** `{ok, Packet, Rest}`, `{more, Length | undefined}` or `{error, invalid}`. Raises badarg. */
function decodePacket(type: Term, binary: Term, options: Term): Term {
  const kind = KINDS.get(type);
  if (kind === undefined) throw badarg(am.badopt);
  if (!isBitstring(binary) || !isList(options)) throw badarg();
  const limits = limitsOf(options, kind.type);
  if (bitSize(binary) % 8 !== 0) throw badarg();
  const content = copyOfBytes(binary);
  const length = packetLength(kind.type, content, limits);
  if (length === 'invalid') return tuple(am.error, am.invalid);
  if (length === 'more' || length === 0) return tuple(am.more, am.undefined);
  if (length > content.length) return tuple(am.more, makeInteger(length));
  const packet = new Packet(binary, content.subarray(0, length), kind.binaries);
  return tuple(am.ok, packetTerm(packet, kind.type), subBits(binary, length * 8, (content.length - length) * 8));
}

export const erlangPacketBifs: BifTable = {
  module: 'erlang',
  pure: true,
  rows: [{ name: 'decode_packet', arity: 3, fn: decodePacket }],
};
