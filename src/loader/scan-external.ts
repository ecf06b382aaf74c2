/**
 * Structural check of the external term format, without building terms: no recursion, no allocation, one pass.
 * A slice that passes can be decoded without running past its end, and no count in it exceeds the bytes there are.
 * What only decoding finds out remains to the decoder: equal keys in a map, pids and ports that this node cannot have.
 * Rules: `decoded_size` and `dec_term` in OTP's external.c. Not accepted in files: the compressed form, the local
 * form, atom cache references and the tags OTP uses internally.
 */
import { decodeUtf8 } from './utf8.ts';

const versionMagic = 131;
const maxAtomChars = 255;
const maxRefWords = 5;
const maxFunFree = 255;
const maxTupleSize = 0xffffff;

const tag = {
  smallInteger: 97,
  integer: 98,
  float: 99,
  atom: 100,
  reference: 101,
  port: 102,
  pid: 103,
  smallTuple: 104,
  largeTuple: 105,
  nil: 106,
  string: 107,
  list: 108,
  binary: 109,
  bitBinary: 77,
  smallBig: 110,
  largeBig: 111,
  newFun: 112,
  export: 113,
  newReference: 114,
  smallAtom: 115,
  map: 116,
  atomUtf8: 118,
  smallAtomUtf8: 119,
  v4Port: 120,
  newerReference: 90,
  newPort: 89,
  newPid: 88,
  newFloat: 70,
} as const;

/**
 * Where the term that starts at `start` (its version byte) ends in `bytes`, or -1 if it is not well formed.
 * Bytes behind it are not looked at.
 */
export function scanExternal(bytes: Uint8Array, start = 0): number {
  if (bytes[start] !== versionMagic) return -1;
  return new Scanner(bytes, start + 1).run();
}

class Scanner {
  private readonly bytes: Uint8Array;
  private at: number;
  /** Terms still to come. */
  private pending = 1;
  private failed = false;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  run(): number {
    while (this.pending > 0 && !this.failed) {
      this.pending -= 1;
      this.term();
    }
    return this.failed || this.at > this.bytes.length ? -1 : this.at;
  }

  /** Ends the scan: what is skipped or expected after this no longer matters. */
  private fail(): void {
    this.failed = true;
  }

  private u8(): number {
    return this.bytes[this.at++] ?? 0;
  }

  private u16(): number {
    return this.u8() * 0x100 + this.u8();
  }

  private u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  private skip(count: number): void {
    this.at += count;
    if (this.at > this.bytes.length) this.fail();
  }

  /** `count` more terms follow, each at least one byte. */
  private expect(count: number): void {
    this.pending += count;
    if (this.pending > this.bytes.length - this.at) this.fail();
  }

  private term(): void {
    switch (this.u8()) {
      case tag.nil:
        break;
      case tag.smallInteger:
        this.skip(1);
        break;
      case tag.integer:
        this.skip(4);
        break;
      case tag.smallTuple:
        this.expect(this.u8());
        break;
      case tag.largeTuple:
        this.largeTuple();
        break;
      case tag.list:
        this.expect(this.u32() + 1);
        break;
      case tag.map:
        this.expect(this.u32() * 2);
        break;
      case tag.string:
        this.skip(this.u16());
        break;
      case tag.binary:
        this.skip(this.u32());
        break;
      case tag.bitBinary:
        this.bitBinary();
        break;
      case tag.smallBig:
        this.skip(this.u8() + 1);
        break;
      case tag.largeBig:
        this.skip(this.u32() + 1);
        break;
      case tag.newFloat:
        this.newFloat();
        break;
      case tag.float:
        this.floatText();
        break;
      default:
        this.at -= 1;
        this.rareTerm();
        break;
    }
  }

  private rareTerm(): void {
    switch (this.bytes[this.at]) {
      case tag.pid:
      case tag.newPid:
        this.pid();
        break;
      case tag.port:
        this.node(5);
        break;
      case tag.newPort:
        this.node(8);
        break;
      case tag.v4Port:
        this.node(12);
        break;
      case tag.reference:
        this.node(5);
        break;
      case tag.newReference:
        this.reference(1);
        break;
      case tag.newerReference:
        this.reference(4);
        break;
      case tag.export:
        this.exportFun();
        break;
      case tag.newFun:
        this.fun();
        break;
      default:
        this.atom();
        break;
    }
  }

  private largeTuple(): void {
    const size = this.u32();
    if (size > maxTupleSize) this.fail();
    this.expect(size);
  }

  private bitBinary(): void {
    const size = this.u32();
    const lastBits = this.u8();
    if (lastBits > 8 || (lastBits === 0) !== (size === 0)) this.fail();
    this.skip(size);
  }

  private newFloat(): void {
    const exponent = ((this.bytes[this.at] ?? 0) << 8) | (this.bytes[this.at + 1] ?? 0);
    if ((exponent & 0x7ff0) === 0x7ff0) this.fail();
    this.skip(8);
  }

  private floatText(): void {
    const start = this.at;
    this.skip(31);
    if (this.failed) return;
    let text = '';
    for (let i = start; i < this.at && this.bytes[i] !== 0; i++) text += String.fromCharCode(this.bytes[i] ?? 0);
    if (!/^[-+ ]?\d+(\.\d*)?(e[-+]?\d+)?$/iu.test(text) || !Number.isFinite(Number(text))) this.fail();
  }

  private atom(): void {
    const kind = this.u8();
    const wide = kind === tag.atom || kind === tag.atomUtf8;
    if (!wide && kind !== tag.smallAtom && kind !== tag.smallAtomUtf8) this.fail();
    const length = wide ? this.u16() : this.u8();
    const start = this.at;
    this.skip(length);
    if (this.failed) return;
    const utf8 = kind === tag.atomUtf8 || kind === tag.smallAtomUtf8;
    const good = utf8 ? decodeUtf8(this.bytes, start, this.at, maxAtomChars) !== undefined : length <= maxAtomChars;
    if (!good) this.fail();
  }

  /** A node name, then `after` bytes; the tag is not read yet. */
  private node(after: number): void {
    this.at += 1;
    this.atom();
    this.skip(after);
  }

  private pid(): void {
    const kind = this.bytes[this.at];
    if (kind !== tag.pid && kind !== tag.newPid) this.fail();
    this.node(kind === tag.newPid ? 12 : 9);
  }

  private reference(creation: number): void {
    this.at += 1;
    const words = this.u16();
    if (words === 0 || words > maxRefWords) this.fail();
    this.atom();
    this.skip(creation + 4 * words);
  }

  private smallInteger(): void {
    if (this.u8() !== tag.smallInteger) this.fail();
    this.skip(1);
  }

  private integer(): void {
    const kind = this.u8();
    if (kind === tag.integer) this.skip(4);
    else if (kind === tag.smallInteger) this.skip(1);
    else this.fail();
  }

  private exportFun(): void {
    this.at += 1;
    this.atom();
    this.atom();
    this.smallInteger();
  }

  private fun(): void {
    this.at += 1;
    this.skip(4 + 1 + 16 + 4);
    const free = this.u32();
    if (free > maxFunFree) this.fail();
    this.atom();
    this.integer();
    this.integer();
    this.pid();
    this.expect(free);
  }
}
