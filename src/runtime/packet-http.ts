/** Lines of HTTP taken apart (packet_parse_http in OTP's packet_parser.c). All texts are byte ranges of the packet. */
import { SPACE, TAB } from './packet-length.ts';

/** From, up to. */
export type Range = readonly [number, number];

export type HttpUri =
  | { readonly kind: 'star' }
  | { readonly kind: 'path' | 'string'; readonly text: Range }
  | { readonly kind: 'scheme'; readonly scheme: Range; readonly text: Range }
  | {
      readonly kind: 'absolute';
      readonly scheme: 'http' | 'https';
      readonly host: Range;
      /** undefined: none is given. */
      readonly port: number | undefined;
      /** undefined: "/". */
      readonly path: Range | undefined;
    };

export type HttpPart =
  | { readonly kind: 'eoh' }
  | { readonly kind: 'response'; readonly version: Version; readonly status: number; readonly phrase: Range }
  | { readonly kind: 'request'; readonly method: Range; readonly uri: HttpUri; readonly version: Version }
  | { readonly kind: 'header'; readonly name: Range; readonly canonical: string; readonly value: Range };

type Version = readonly [number, number];

/** Names longer than this keep their spelling. */
const MAX_NAME = 50;

const SEPARATORS = new Set(Array.from('()<>@,;:\\"/[]?={} \t', (character) => character.charCodeAt(0)));

function isTokenByte(byte: number | undefined): boolean {
  return byte !== undefined && byte > 32 && byte < 128 && !SEPARATORS.has(byte);
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Reads a line from left to right. */
class LineReader {
  readonly line: Uint8Array;
  readonly end: number;
  at = 0;

  constructor(line: Uint8Array, end: number) {
    this.line = line;
    this.end = end;
  }

  /** Skips bytes of a kind; gives how many. */
  skip(isKind: (byte: number | undefined) => boolean): number {
    const from = this.at;
    while (this.at < this.end && isKind(this.line[this.at])) this.at++;
    return this.at - from;
  }

  /** An integer of 32 bits, as far as there are digits; undefined when there are none. */
  number(): number | undefined {
    const from = this.at;
    let value = 0;
    for (; this.at < this.end && isDigit(this.line[this.at]); this.at++) {
      value = Math.imul(value, 10) + (this.line[this.at] as number) - 0x30;
    }
    return this.at === from ? undefined : value;
  }

  startsWith(text: string): boolean {
    return this.end - this.at >= text.length && textOf(this.line, [this.at, this.at + text.length]) === text;
  }

  version(): Version | undefined {
    const major = this.number();
    if (major === undefined || this.at === this.end || this.line[this.at] !== 0x2e) return undefined;
    this.at++;
    const minor = this.number();
    return minor === undefined ? undefined : [major, minor];
  }
}

/** Bytes as characters of Latin-1. */
export function textOf(line: Uint8Array, [from, to]: Range): string {
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(line[i] as number);
  return text;
}

/** The length of a line without what ends it. */
function trimmedLength(line: Uint8Array): number {
  const { length } = line;
  if (length >= 2 && line[length - 2] === 0x0d) return length - 2;
  return length >= 1 && line[length - 1] === 0x0a ? length - 1 : length;
}

/** A request or status line; undefined when it is none. */
export function parseStartLine(line: Uint8Array): HttpPart | undefined {
  const reader = new LineReader(line, trimmedLength(line));
  return reader.startsWith('HTTP/') ? response(reader) : request(reader);
}

function response(reader: LineReader): HttpPart | undefined {
  reader.at += 5;
  const version = reader.version();
  if (version === undefined || reader.skip(isBlank) === 0) return undefined;
  const status = reader.number() ?? 0;
  if (reader.skip(isBlank) === 0 && reader.at < reader.end) return undefined;
  return { kind: 'response', version, status, phrase: [reader.at, reader.end] };
}

const NOT_BLANK = (byte: number | undefined): boolean => !isBlank(byte);
const OLDEST_VERSION: Version = [0, 9];
const SHORTEST_VERSION = 8;

function request(reader: LineReader): HttpPart | undefined {
  const { line, end } = reader;
  const methodLength = reader.skip(isTokenByte);
  if (reader.at === end || methodLength === 0 || !isBlank(line[reader.at])) return undefined;
  reader.skip(isBlank);
  const from = reader.at;
  if (reader.skip(NOT_BLANK) === 0) return undefined;
  const uri = parseUri(line, [from, reader.at]);
  const method: Range = [0, methodLength];
  reader.skip(isBlank);
  if (reader.at === end) return { kind: 'request', method, uri, version: OLDEST_VERSION };
  if (end - reader.at < SHORTEST_VERSION || !reader.startsWith('HTTP/')) return undefined;
  reader.at += 5;
  const version = reader.version();
  return version === undefined ? undefined : { kind: 'request', method, uri, version };
}

/** A header line, perhaps of several lines, or the empty one behind them; undefined when it is none. */
export function parseHeader(line: Uint8Array): HttpPart | undefined {
  const reader = new LineReader(line, trimmedLength(line));
  if (reader.end === 0) return { kind: 'eoh' };
  const length = reader.skip(isTokenByte);
  if (reader.at === reader.end || line[reader.at] !== 0x3a) return undefined;
  reader.at++;
  reader.skip(isBlank);
  const name: Range = [0, length];
  return { kind: 'header', name, canonical: canonicalName(textOf(line, name)), value: [reader.at, reader.end] };
}

/** A name with a capital at the beginning and behind hyphens, other letters small; long ones as they are. */
function canonicalName(name: string): string {
  if (name.length > MAX_NAME) return name;
  let text = '';
  let isFirst = true;
  for (const character of name) {
    text += isFirst ? character.toUpperCase() : character.toLowerCase();
    isFirst = !isFirst && character === '-';
  }
  return text;
}

// ---- URIs ------------------------------------------------------------------------------------------------------------

function indexIn(line: Uint8Array, byte: number, [from, to]: Range): number {
  const at = line.indexOf(byte, from);
  return at < to ? at : -1;
}

function parseUri(line: Uint8Array, range: Range): HttpUri {
  const [from, to] = range;
  const text = textOf(line, [from, Math.min(to, from + 8)]).toLowerCase();
  if (to - from === 1 && text === '*') return { kind: 'star' };
  if (to - from <= 1 || text.startsWith('/')) return { kind: 'path', text: range };
  if (text.startsWith('http://')) return absoluteUri(line, 'http', [from + 7, to]);
  if (text.startsWith('https://')) return absoluteUri(line, 'https', [from + 8, to]);
  const colon = indexIn(line, 0x3a, range);
  if (colon < 0) return { kind: 'string', text: range };
  return { kind: 'scheme', scheme: [from, colon], text: [colon + 1, to] };
}

function absoluteUri(line: Uint8Array, scheme: 'http' | 'https', range: Range): HttpUri {
  const [from, to] = range;
  const slash = indexIn(line, 0x2f, range);
  const path: Range | undefined = slash < 0 ? undefined : [slash, to];
  const host: Range = [from, slash < 0 ? to : slash];
  const colon = indexIn(line, 0x3a, host);
  if (colon < 0) return { kind: 'absolute', scheme, host, port: undefined, path };
  const bracket = line[from] === 0x5b && from < host[1] ? indexIn(line, 0x5d, host) : -1;
  if (bracket < 0) {
    return { kind: 'absolute', scheme, host: [from, colon], port: portIn(line, [colon + 1, host[1]]), path };
  }
  const lastColon = line.lastIndexOf(0x3a, host[1] - 1);
  const port = lastColon === bracket + 1 ? portIn(line, [bracket + 2, host[1]]) : undefined;
  return { kind: 'absolute', scheme, host: [from, bracket + 1], port, path };
}

/** A port of nothing but digits, other than 0. */
function portIn(line: Uint8Array, [from, to]: Range): number | undefined {
  const reader = new LineReader(line.subarray(from, to), to - from);
  const port = reader.number();
  return port === undefined || port === 0 || reader.at !== reader.end ? undefined : port;
}
