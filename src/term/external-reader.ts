/** Reading the numbers and atoms of the external term format. Lengths have been checked (external-scan.ts). */
import { atom, existingAtom, MAX_ATOM_CHARACTERS, noteAtom, recentAtom } from './atoms.ts';
import { badarg } from './erlang-error.ts';
import { ATOM_EXT, ATOM_UTF8_EXT, SMALL_ATOM_EXT, SMALL_ATOM_UTF8_EXT } from './external-tags.ts';
import type { Term } from './layout.ts';
import { codePointCount, decodeUtf8 } from './utf8.ts';

/** A position in bytes that are being decoded. */
export class ExternalReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly #safe: boolean;
  readonly #view: DataView;

  /** `safe`: atoms that do not exist are refused. */
  constructor(bytes: Uint8Array, at: number, safe: boolean) {
    this.bytes = bytes;
    this.at = at;
    this.#safe = safe;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  byte(): number {
    return this.bytes[this.at++] as number;
  }

  uint16(): number {
    const value = ((this.bytes[this.at] as number) << 8) | (this.bytes[this.at + 1] as number);
    this.at += 2;
    return value;
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  int32(): number {
    const { bytes, at } = this;
    this.at = at + 4;
    const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
    return high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  }

  double(): number {
    this.at += 8;
    return this.#view.getFloat64(this.at - 8);
  }

  /** The atom behind this tag. Raises badarg when the tag is no atom's, the text is malformed or too long, or (safe) unknown. */
  atomOf(tag: number): Term {
    switch (tag) {
      case SMALL_ATOM_UTF8_EXT:
        return this.#utf8(this.byte());
      case ATOM_UTF8_EXT:
        return this.#utf8(this.uint16());
      case SMALL_ATOM_EXT:
        return this.#latin1(this.byte());
      case ATOM_EXT:
        return this.#latin1(this.uint16());
      default:
        throw badarg();
    }
  }

  #utf8(length: number): Term {
    const from = this.at;
    this.at += length;
    const recent = recentAtom(this.bytes, from, length);
    if (recent !== undefined) return recent;
    const text = decodeUtf8(this.bytes, from, this.at);
    if (text === undefined || codePointCount(text, MAX_ATOM_CHARACTERS) > MAX_ATOM_CHARACTERS) throw badarg();
    const named = this.#named(text);
    noteAtom(named, this.bytes, from, length);
    return named;
  }

  #latin1(length: number): Term {
    let text = '';
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.byte());
    return this.#named(text);
  }

  #named(text: string): Term {
    if (!this.#safe) return atom(text);
    const known = existingAtom(text);
    if (known === undefined) throw badarg();
    return known;
  }
}
