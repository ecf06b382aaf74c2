/** erlang:display/1 and display_string/2: output that needs no process (bif.c). */
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { copyOfBytes } from '../../term/bits.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { displayBytes } from '../../term/print.ts';
import { isBitstring, isSmall, smallValue } from '../../term/term.ts';
import { decodeUtf8, encodeUtf8 } from '../../term/utf8.ts';
import type { BifTable } from '../registry.ts';
import { isCodePoint } from './atoms.ts';
import { binarySize } from './binaries.ts';
import { elementsOf } from './lists-tuples.ts';

/** What OTP's emulator itself writes ends its lines so, whatever it is written to (erts_printf_add_cr_to_stdout). */
const LINE_END = [0x0d, 0x0a];

function writeOutput(vm: Machine, content: Uint8Array): void {
  if (vm.host.writeOutput !== undefined) vm.host.writeOutput(content);
  else writeError(vm, content);
}

function writeError(vm: Machine, content: Uint8Array): void {
  const text = decodeUtf8(content, 0, content.length);
  vm.host.writeError(text ?? Array.from(content, (byte) => String.fromCharCode(byte)).join(''));
}

function display(vm: Machine, t: Term): Term {
  const content = displayBytes(t);
  const line = new Uint8Array(content.length + LINE_END.length);
  line.set(content);
  line.set(LINE_END, content.length);
  writeOutput(vm, line);
  return am.true;
}

/** The bytes of a list of characters, in UTF-8, or of a binary. Raises badarg. */
function stringBytes(t: Term): Uint8Array {
  if (isBitstring(t)) {
    binarySize(t);
    return copyOfBytes(t);
  }
  const parts = elementsOf(t).map((character) => {
    if (!isSmall(character) || !isCodePoint(smallValue(character))) throw badarg();
    return String.fromCodePoint(smallValue(character));
  });
  return encodeUtf8(parts.join(''));
}

/** display_string(stdout | stderr | stdin, String). What is typed cannot be pushed back (stdin): badarg with the cause enotsup. */
function displayString(vm: Machine, device: Term, string: Term): Term {
  if (device !== am.stdout && device !== am.stderr && device !== am.stdin) throw badarg();
  const content = stringBytes(string);
  if (device === am.stdin) throw badarg(am.enotsup);
  if (device === am.stdout) writeOutput(vm, content);
  else writeError(vm, content);
  return am.true;
}

/** display_string(Characters) of OTP 25 writes to standard error. Raises badarg for what is no list of characters. */
function displayErrorString(vm: Machine, string: Term): Term {
  if (isBitstring(string)) throw badarg();
  writeError(vm, stringBytes(string));
  return am.true;
}

function displayNewLine(vm: Machine): Term {
  vm.host.writeError('\n');
  return am.true;
}

export const erlangDisplayBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'display', arity: 1, fn: display },
    { name: 'display_string', arity: 1, fn: displayErrorString, until: 25 },
    { name: 'display_nl', arity: 0, fn: displayNewLine, until: 25 },
    { name: 'display_string', arity: 2, fn: displayString },
  ],
};
