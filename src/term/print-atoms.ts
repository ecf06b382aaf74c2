/** Atoms, and what is written with names in it: funs, pids, ports and references. */
import { atomName } from './atoms.ts';
import { exportNameOf, funEntryOf } from './fun-entries.ts';
import type { Term } from './layout.ts';
import {
  channelNumber,
  isPid,
  isPort,
  isRef,
  pidNumber,
  pidSerial,
  portHigh,
  portLow,
  refWord,
  refWords,
} from './nodes.ts';
import type { Budget } from './print.ts';
import { encodeUtf8 } from './utf8.ts';

const ESCAPES: Record<string, string> = {
  "'": "\\'",
  '\\': '\\\\',
  '\n': '\\n',
  '\f': '\\f',
  '\t': '\\t',
  '\r': '\\r',
  '\b': '\\b',
  '\v': '\\v',
};

const RESERVED = new Set(
  (
    'after begin case try cond catch andalso orelse end fun if let of receive when bnot not div rem band and bor bxor bsl bsr ' +
    'or xor maybe else'
  ).split(' '),
);

/** How many bytes of UTF-8 an atom's text has. */
export function textBytes(t: Term): number {
  return encodeUtf8(atomName(t)).length;
}

function octal(code: number): string {
  return `\\${code.toString(8).padStart(3, '0')}`;
}

const PLAIN = /^[a-zß-öø-ÿ][a-zA-Z0-9_ß-öø-ÿÀ-ÖØ-Þ]*$/;

/** An atom as erlang:display writes it (print_atom_name in erl_printf_term.c), as byte string. */
export function displayAtom(t: Term): string {
  const name = atomName(t);
  if (PLAIN.test(name)) return byteString(name);
  let text = "'";
  for (const character of name) {
    const code = character.codePointAt(0) as number;
    const escaped = ESCAPES[character];
    if (escaped !== undefined) text += escaped;
    else text += code < 0x20 || (code >= 0x80 && code < 0xa0) ? octal(code) : character;
  }
  return byteString(`${text}'`);
}

/** The bytes of a text in UTF-8, each as the character of that number: what terms are displayed in. */
export function byteString(text: string): string {
  return String.fromCharCode(...encodeUtf8(text));
}

const PLAIN_IN_SOURCE = /^[a-zß-öø-ÿ][a-zA-Z0-9_@ß-öø-ÿÀ-ÖØ-Þ]*$/;
const SOURCE_ESCAPES: Record<string, string> = { ...ESCAPES, '\x1b': '\\e', '\x7f': '\\d' };

/** An atom as `~w` writes it (io_lib:write_atom_as_latin1/1). */
export function quotedAtomText(t: Term): string {
  const name = atomName(t);
  if (PLAIN_IN_SOURCE.test(name) && !RESERVED.has(name)) return name;
  let text = "'";
  for (const character of name) {
    const code = character.codePointAt(0) as number;
    const escaped = SOURCE_ESCAPES[character];
    if (escaped !== undefined) text += escaped;
    else if (code < 0x20 || (code >= 0x80 && code < 0xa0)) text += octal(code);
    else text += code > 0xff ? `\\x{${code.toString(16).toUpperCase()}}` : character;
  }
  return `${text}'`;
}

/** A closure, as byte string: `#Fun<Module.OldIndex.OldUniq>`, the module never quoted. */
export function funText(t: Term): string {
  const entry = funEntryOf(t);
  return `#Fun<${byteString(atomName(entry.module))}.${entry.oldIndex}.${entry.oldUniq}>`;
}

/** `fun Module:Function/Arity`, as byte string. */
export function exportText(t: Term, budget: Budget): string {
  const name = exportNameOf(t);
  budget.left -= textBytes(name.module) + textBytes(name.functionName);
  return `fun ${displayAtom(name.module)}:${displayAtom(name.functionName)}/${name.arity}`;
}

/** A pid, port or reference. */
export function identifierText(t: Term): string {
  if (isPid(t)) return `<${channelNumber(t)}.${pidNumber(t)}.${pidSerial(t)}>`;
  if (isPort(t)) return `#Port<${channelNumber(t)}.${(BigInt(portHigh(t)) << 32n) + BigInt(portLow(t))}>`;
  if (!isRef(t)) throw new Error(`not a term: ${(t >>> 0).toString(16)}`);
  let text = `#Ref<${channelNumber(t)}`;
  for (let i = refWords(t) - 1; i >= 0; i--) text += `.${refWord(t, i)}`;
  return `${text}>`;
}
