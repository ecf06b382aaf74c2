/**
 * What OTP 28 and later have instead of tty_init/3, tty_set and tgetent (prim_tty_nif.c there): a terminal is raw or as it was found,
 * signals come by os:set_signal, and terminfo is asked by name. tinfo_nif and tty_is_open are missing: they raise undef.
 */
import { PosixError } from '../host/files.ts';
import { STRING_CODES, STRING_NAMES } from '../host/termcap-codes.ts';
import type { TerminalEntry, TerminalMode } from '../host/terminal.ts';
import type { Machine } from '../process/machine.ts';
import { listElements } from '../runtime/apply.ts';
import { withoutDelays, withParameters } from '../runtime/terminfo-parameters.ts';
import { am, atom } from '../term/atoms.ts';
import { makeBinary } from '../term/bits.ts';
import { tuple } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { mapGet } from '../term/map.ts';
import { isMap } from '../term/term.ts';
import { encodeUtf8 } from '../term/utf8.ts';
import { int64, newResource, uint64 } from './nif-arguments.ts';
import {
  descriptorOf,
  failed,
  READ_BYTES,
  readInput,
  restoreModes,
  STDIN,
  selectInput,
  Tty,
  ttyOf,
  whenEnded,
} from './prim-tty-resource.ts';
import { cText, entries, tgetflag, tgetnum } from './prim-tty-terminal.ts';
import type { BifRow } from './registry.ts';

/** No lines, no echo; keys are signals as before. */
const RAW: TerminalMode = { canonical: false, echo: false, signals: undefined };
/** The kind of terminal when TERM is not set. */
/** What tparm takes. */
const MOST_PARAMETERS = 9;
const UNKNOWN_KIND = 'unknown';

/** tty_create(stdout | stderr): {ok, Tty}. Raises badarg. */
function ttyCreate(vm: Machine, device: Term): Term {
  const output = descriptorOf(device);
  if (output === STDIN) throw badarg();
  return tuple(am.ok, newResource(vm, new Tty(output)));
}

function isTerminal(vm: Machine, descriptor: number): boolean {
  try {
    return vm.host.streams.isTerminal(descriptor);
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
    return false;
  }
}

/** Remembers how the terminal is set, before it is changed for the first time. */
function findModes(vm: Machine, tty: Tty): void {
  const { terminal } = vm.host.streams;
  const { output } = tty;
  const found = terminal.settings(output);
  tty.modes = {
    restore: () => terminal.set(output, found),
    apply: () => terminal.set(output, found, RAW),
  };
}

/**
 * tty_init(Tty, #{input := raw | cooked | disabled}): sets the terminal, until the process that calls ends. {error, enotsup} when it is
 * to be raw and is no terminal, {error, {tcsetattr, Code}}. Raises badarg.
 */
function ttyInit(vm: Machine, term: Term, options: Term): Term {
  if (!isMap(options)) throw badarg();
  const tty = ttyOf(term);
  const input = mapGet(options, am.input);
  if (input === undefined) throw badarg();
  const isRaw = input === am.raw;
  if (!isTerminal(vm, tty.output)) return isRaw ? tuple(am.error, am.enotsup) : am.ok;
  try {
    if (isRaw && tty.modes === undefined) findModes(vm, tty);
    if (isRaw) tty.modes?.apply();
    else tty.modes?.restore();
  } catch (error) {
    return failed(error, atom('tcsetattr'));
  }
  if (tty.setter !== vm.current.number) whenEnded(vm.current, () => restoreModes(tty));
  tty.setter = vm.current.number;
  return am.ok;
}

/** tty_select(Tty, Reference): input is told to the process that calls. */
function ttySelect(vm: Machine, term: Term, reference: Term): Term {
  const tty = ttyOf(term);
  selectInput(vm, tty, term, reference);
  tty.reader = vm.current.number;
  return am.ok;
}

/** read_nif(Tty, Reference, Limit). Nothing can be read of a limit of 0, which read(2) tells as the end. Raises badarg. */
function read(vm: Machine, term: Term, reference: Term, limit: Term): Term {
  ttyOf(term);
  const wanted = uint64(limit);
  if (wanted === undefined) throw badarg();
  if (wanted === 0) return tuple(am.error, am.closed);
  return readInput(vm, term, reference, Math.min(wanted, READ_BYTES));
}

/** ncurses takes no kind of terminal that stands for several, nor one that prints on paper. */
function isUsable(entry: TerminalEntry | undefined): entry is TerminalEntry {
  return entry !== undefined && !entry.flags.has('gn') && !entry.flags.has('hc');
}

/** Reads the entry of the terminal that TERM names; {error, {setupterm, enoent}} when it cannot be used. */
function setupterm(vm: Machine): Term {
  const kind = vm.environment.get(encodeUtf8('TERM'));
  const name = kind === undefined || kind.length === 0 ? UNKNOWN_KIND : String.fromCharCode(...kind);
  const entry = vm.host.streams.terminal.entry(name);
  if (!isUsable(entry)) return tuple(am.error, tuple(atom('setupterm'), atom('enoent')));
  entries.set(vm, entry);
  return am.ok;
}

/** {ok, Bytes} of a string by its name in terminfo; false: this terminal has none. Raises badarg for names there are not. */
function tigetstr(vm: Machine, name: Term): Term {
  const code = STRING_CODES[STRING_NAMES.indexOf(cText(name))];
  if (code === undefined) throw badarg();
  const value = entries.get(vm)?.strings.get(code);
  return value === undefined ? am.false : tuple(am.ok, makeBinary(value));
}

/** tputs_nif(Capability, Integers): {ok, Bytes}; {error, {tparm, enotsup}} for operators that are missing here. Raises badarg. */
function tputs(_vm: Machine, capability: Term, parameters: Term): Term {
  const text = cText(capability);
  const numbers = listElements(parameters)?.map(int64);
  if (numbers === undefined || numbers.length > MOST_PARAMETERS) throw badarg();
  if (numbers.includes(undefined)) throw badarg();
  const shown = numbers.length === 0 ? text : withParameters(text, numbers as number[]);
  if (shown === undefined) return tuple(am.error, tuple(atom('tparm'), atom('enotsup')));
  return tuple(am.ok, makeBinary(Uint8Array.from(withoutDelays(shown), (character) => character.charCodeAt(0))));
}

export const rawTerminalRows: readonly BifRow[] = [
  { name: 'tty_create', arity: 1, fn: ttyCreate, since: 28 },
  { name: 'tty_init', arity: 2, fn: ttyInit, since: 28 },
  { name: 'tty_select', arity: 2, fn: ttySelect, since: 28 },
  { name: 'read_nif', arity: 3, fn: read, since: 28 },
  { name: 'setupterm_nif', arity: 0, fn: setupterm, since: 28 },
  { name: 'tigetnum_nif', arity: 1, fn: tgetnum, since: 28 },
  { name: 'tigetflag_nif', arity: 1, fn: tgetflag, since: 28 },
  { name: 'tputs_nif', arity: 2, fn: tputs, since: 28 },
  { name: 'tigetstr_nif', arity: 1, fn: tigetstr, since: 28 },
];
