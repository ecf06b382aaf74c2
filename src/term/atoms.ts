/**
 * The atom table: one for each JavaScript realm, since atoms are never freed and mean the same in every virtual machine.
 * An atom's term holds its index; its text (up to 255 characters of UTF-8) is here.
 */
import { PREDEFINED_ATOMS, type PredefinedAtom } from './atom-names.ts';
import type { Term } from './layout.ts';
import { immediateValue, makeAtom } from './term.ts';
import { encodeUtf8 } from './utf8.ts';

/** Characters (code points) that an atom's text can have (MAX_ATOM_CHARACTERS in OTP's atom.h). */
export const MAX_ATOM_CHARACTERS = 255;

const names: string[] = [];
/** The first atoms, whose texts have been counted, and their bytes. */
const textSizes = { counted: 0, bytes: 0 };
/** Texts in UTF-8 of the atoms that were asked for, by index. */
const texts: (Uint8Array | undefined)[] = [];
const RECENT_ATOMS = 4096;
/** Indexes of atoms, each at the place that its text gives; -1: none. */
const recent = new Int32Array(RECENT_ATOMS).fill(-1);
const indexes = new Map<string, number>();

/** Atoms that there may be, and what is done about the first one more, and each after it. */
export const atomLimit = { most: Number.POSITIVE_INFINITY, passed: (): void => undefined };

/** The atom of this text; made when it does not exist. The caller has checked the length. */
export function atom(name: string): Term {
  const known = indexes.get(name);
  if (known !== undefined) return makeAtom(known);
  indexes.set(name, names.length);
  names.push(name);
  if (names.length > atomLimit.most) atomLimit.passed();
  return makeAtom(names.length - 1);
}

/** The atom of this text, or undefined when no such atom exists (list_to_existing_atom, `safe` decoding). */
export function existingAtom(name: string): Term | undefined {
  const known = indexes.get(name);
  return known === undefined ? undefined : makeAtom(known);
}

/** The text of an atom. */
export function atomName(t: Term): string {
  return names[immediateValue(t)] as string;
}

/** The text of an atom in UTF-8: not to be written. */
export function atomBytes(t: Term): Uint8Array {
  const index = immediateValue(t);
  const known = texts[index];
  if (known !== undefined) return known;
  const text = encodeUtf8(names[index] as string);
  texts[index] = text;
  return text;
}

/** The atom of a text in UTF-8, which is the `size` bytes from `from` on, if it is one of those that were asked for lately. */
export function recentAtom(bytes: Uint8Array, from: number, size: number): Term | undefined {
  const index = recent[placeOf(bytes, from, size)] as number;
  if (index < 0) return undefined;
  return isText(index, bytes, from, size) ? makeAtom(index) : undefined;
}

function isText(index: number, bytes: Uint8Array, from: number, size: number): boolean {
  const name = names[index] as string;
  // What has as many characters as bytes is ASCII: no bytes need be made of it.
  if (name.length === size) {
    for (let i = 0; i < size; i++) {
      const byte = bytes[from + i] as number;
      if (byte !== name.charCodeAt(i) || byte >= 128) return false;
    }
    return true;
  }
  const text = name.length < size ? atomBytes(makeAtom(index)) : undefined;
  if (text?.length !== size) return false;
  for (let i = 0; i < size; i++) if (text[i] !== bytes[from + i]) return false;
  return true;
}

/** Has `recentAtom` find it. */
export function noteAtom(t: Term, bytes: Uint8Array, from: number, size: number): void {
  recent[placeOf(bytes, from, size)] = immediateValue(t);
}

function placeOf(bytes: Uint8Array, from: number, size: number): number {
  let hash = size;
  for (let i = from; i < from + size; i++) hash = (hash * 31 + (bytes[i] as number)) | 0;
  return (hash ^ (hash >>> 10)) & (RECENT_ATOMS - 1);
}

/** Bytes of the texts of all atoms. */
export function atomTextBytes(): number {
  const { counted } = textSizes;
  for (let i = counted; i < names.length; i++) textSizes.bytes += encodeUtf8(names[i] as string).length;
  textSizes.counted = names.length;
  return textSizes.bytes;
}

export function atomCount(): number {
  return names.length;
}

/** Atoms that TypeScript code names: `am.badarg`. Names that are no identifiers are spelled as in `am['$end_of_table']`. */
export const am = Object.fromEntries(PREDEFINED_ATOMS.map((name) => [name, atom(name)])) as Record<
  PredefinedAtom,
  Term
>;
