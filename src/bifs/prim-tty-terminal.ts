/**
 * Modes, signals and abilities of terminals for prim_tty (tty_init, tty_set, tty_read_signal, those of termcap and of characters in OTP's
 * prim_tty_nif.c). tgoto, which OTP itself never calls, is missing: it raises undef.
 */
import { characterWidth } from '../host/character-widths.ts';
import type { TerminalEntry, TerminalMode } from '../host/terminal.ts';
import { freeFragment } from '../memory/fragment.ts';
import type { Machine } from '../process/machine.ts';
import { iodataArgument } from '../runtime/iodata.ts';
import { am, atom } from '../term/atoms.ts';
import { makeInteger } from '../term/bignum.ts';
import { makeBinary } from '../term/bits.ts';
import { tuple } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { mapGet } from '../term/map.ts';
import { isMap, makeSmall } from '../term/term.ts';
import { int32 } from './nif-arguments.ts';
import {
  descriptorOf,
  failed,
  restoreModes,
  STDIN,
  selectMessage,
  type TerminalSignal,
  type Tty,
  tellReader,
  ttyOf,
  whenEnded,
} from './prim-tty-resource.ts';
import type { BifRow } from './registry.ts';

const BYTES_OF_WCHAR = 4;
const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;

// ---- modes -----------------------------------------------------------------------------------------------------------

function option(options: Term, name: string): boolean | undefined {
  const value = mapGet(options, atom(name));
  if (value === am.true) return true;
  return value === am.false ? false : undefined;
}

/** tty_init(Tty, Device, Options): reads how the terminal is set, for tty_set. Raises badarg. */
function ttyInit(vm: Machine, term: Term, device: Term, options: Term): Term {
  const descriptor = descriptorOf(device);
  if (!isMap(options)) throw badarg();
  const tty = ttyOf(term);
  const { terminal } = vm.host.streams;
  const mode: TerminalMode = {
    canonical: option(options, 'canon'),
    echo: option(options, 'echo'),
    signals: option(options, 'sig'),
  };
  try {
    const found = terminal.settings(descriptor);
    tty.modes = {
      restore: () => terminal.set(STDIN, found),
      apply: () => terminal.set(STDIN, found, mode),
    };
  } catch (error) {
    return failed(error, atom('tcgetattr'));
  }
  return am.ok;
}

/** tty_set(Tty): sets the terminal, until the process that calls ends. */
function ttySet(vm: Machine, term: Term): Term {
  const tty = ttyOf(term);
  try {
    tty.modes?.apply();
  } catch (error) {
    return failed(error, atom('tcsetattr'));
  }
  if (tty.setter !== vm.current.number) whenEnded(vm.current, () => restoreModes(tty));
  tty.setter = vm.current.number;
  return am.ok;
}

// ---- signals ---------------------------------------------------------------------------------------------------------

const SIGNALS = [
  ['sigwinch', 'winch'],
  ['sigcont', 'cont'],
] as const satisfies readonly (readonly [string, TerminalSignal])[];

/** Tells the reader of the next signal; of one that has come already, at once. */
function selectSignal(vm: Machine, tty: Tty, term: Term, reference: Term): void {
  if (tty.signalMessage !== undefined) freeFragment(tty.signalMessage);
  tty.signalMessage = selectMessage(term, reference);
  if (tty.signals.length > 0) tellSignal(vm, tty);
}

function tellSignal(vm: Machine, tty: Tty): void {
  const message = tty.signalMessage;
  tty.signalMessage = undefined;
  if (message !== undefined) tellReader(vm, tty, message);
}

/** Signals of the terminal come to the process that calls, as long as it lives. */
export function selectSignals(vm: Machine, tty: Tty, term: Term, reference: Term): void {
  const { system } = vm.host;
  for (const [name, signal] of SIGNALS) {
    const come = (): void => {
      tty.signals.push(signal);
      tellSignal(vm, tty);
    };
    system.setSignal(name, 'handle', () => vm.fromOutside(come));
  }
  selectSignal(vm, tty, term, reference);
  whenEnded(vm.current, () => {
    for (const [name] of SIGNALS) system.setSignal(name, 'default', () => undefined);
    if (tty.signalMessage !== undefined) freeFragment(tty.signalMessage);
    tty.signalMessage = undefined;
  });
}

/** {ok, winch | cont}, or {error, empty} when none has come. */
function ttyReadSignal(vm: Machine, term: Term, reference: Term): Term {
  const tty = ttyOf(term);
  const signal = tty.signals.shift();
  if (signal === undefined) return tuple(am.error, am.empty);
  selectSignal(vm, tty, term, reference);
  return tuple(am.ok, atom(signal));
}

// ---- termcap ---------------------------------------------------------------------------------------------------------

/** The entry that tgetent read last: one for a virtual machine, as C has one for a process. */
export const entries = new WeakMap<Machine, TerminalEntry>();

/** Text of a C string: up to the first 0. */
export function cText(t: Term): string {
  const bytes = iodataArgument(t);
  const end = bytes.indexOf(0);
  return String.fromCharCode(...(end < 0 ? bytes : bytes.subarray(0, end)));
}

/** Only the first two characters of a code count, in libtinfo, too. */
export function codeOf(t: Term): string {
  return cText(t).slice(0, 2);
}

function tgetent(vm: Machine, kind: Term): Term {
  const entry = vm.host.streams.terminal.entry(cText(kind));
  if (entry === undefined) return tuple(am.error, tuple(atom('tgetent'), atom('enoent')));
  entries.set(vm, entry);
  return am.ok;
}

export function tgetnum(vm: Machine, code: Term): Term {
  return makeSmall(entries.get(vm)?.numbers.get(codeOf(code)) ?? -1);
}

export function tgetflag(vm: Machine, code: Term): Term {
  return entries.get(vm)?.flags.has(codeOf(code)) === true ? am.true : am.false;
}

function tgetstr(vm: Machine, code: Term): Term {
  const value = entries.get(vm)?.strings.get(codeOf(code));
  return value === undefined ? am.false : tuple(am.ok, makeBinary(value));
}

// ---- characters ------------------------------------------------------------------------------------------------------

function isPrintable(code: number): boolean {
  return code >= FIRST_PRINTABLE && code <= LAST_PRINTABLE;
}

function isprint(_vm: Machine, character: Term): Term {
  const code = int32(character);
  if (code === undefined) throw badarg();
  return isPrintable(code) ? am.true : am.false;
}

/** In a locale that is not of UTF-8 only ASCII is known. */
function widthOf(vm: Machine, codePoint: number): number | undefined {
  if (vm.host.files.nameEncoding === 'utf8') return characterWidth(codePoint);
  if (codePoint === 0) return 0;
  return isPrintable(codePoint) ? 1 : undefined;
}

function wcwidth(vm: Machine, character: Term): Term {
  const codePoint = int32(character);
  if (codePoint === undefined) throw badarg();
  const width = widthOf(vm, codePoint);
  return width === undefined ? tuple(am.error, atom('not_printable')) : makeSmall(width);
}

/** Columns of the characters before the first 0; each takes 4 bytes. */
function wcswidth(vm: Machine, characters: Term): Term {
  const bytes = iodataArgument(characters);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let columns = 0;
  for (let at = 0; at + BYTES_OF_WCHAR <= bytes.length; at += BYTES_OF_WCHAR) {
    const codePoint = view.getInt32(at, true);
    if (codePoint === 0) break;
    const width = widthOf(vm, codePoint);
    if (width === undefined) return tuple(am.error, atom('not_printable'));
    columns += width;
  }
  return tuple(am.ok, makeInteger(columns));
}

export const terminalRows: readonly BifRow[] = [
  { name: 'tty_init', arity: 3, fn: ttyInit, until: 27 },
  { name: 'tty_set', arity: 1, fn: ttySet, until: 27 },
  { name: 'tty_read_signal', arity: 2, fn: ttyReadSignal, until: 27 },
  { name: 'tgetent_nif', arity: 1, fn: tgetent, until: 27 },
  { name: 'tgetnum_nif', arity: 1, fn: tgetnum, until: 27 },
  { name: 'tgetflag_nif', arity: 1, fn: tgetflag, until: 27 },
  { name: 'tgetstr_nif', arity: 1, fn: tgetstr, until: 27 },
  { name: 'isprint', arity: 1, fn: isprint },
  { name: 'wcwidth', arity: 1, fn: wcwidth },
  { name: 'wcswidth', arity: 1, fn: wcswidth },
  { name: 'sizeof_wchar', arity: 0, fn: () => makeSmall(BYTES_OF_WCHAR) },
];
