/** The terminal as prim_tty holds it (TTYResource in OTP's prim_tty_nif.c). */
import { PosixError } from '../host/files.ts';
import { type Fragment, freeFragment } from '../memory/fragment.ts';
import type { MagicHandle } from '../memory/off-heap.ts';
import { buildFragment } from '../process/fragment-building.ts';
import type { Machine } from '../process/machine.ts';
import type { Owned, Process } from '../process/process.ts';
import { deliver } from '../process/signals.ts';
import { am, atom } from '../term/atoms.ts';
import { makeBinary } from '../term/bits.ts';
import { tuple } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { resourceOf } from './nif-arguments.ts';

export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
/** Bytes of a read at most. */
export const READ_BYTES = 1024;
const MESSAGE_WORDS = 16;

/** What a running terminal is told by signals: its window has another size, the program goes on after it was stopped. */
export type TerminalSignal = 'winch' | 'cont';

export class Tty implements MagicHandle {
  /** Number of the file that is written to. */
  readonly output: number;
  /** Number of the process that reads; set by tty_select. */
  reader: number | undefined;
  /** Number of the process that called tty_set last. */
  setter: number | undefined;
  /** How the terminal was set when tty_init was called, and what sets it as tty_init was told; undefined before that. */
  modes: { readonly restore: () => void; readonly apply: () => void } | undefined;
  /** Signals that have come and are not read. */
  readonly signals: TerminalSignal[] = [];
  /** The message that waits for the next signal. */
  signalMessage: Fragment | undefined;

  constructor(output: number = STDOUT) {
    this.output = output;
  }

  onDrop(): void {}
}

/** Raises badarg. */
export function ttyOf(t: Term): Tty {
  const tty = resourceOf(t, Tty);
  if (tty === undefined) throw badarg();
  return tty;
}

const DESCRIPTORS: ReadonlyMap<Term, number> = new Map([
  [am.stdin, STDIN],
  [am.stdout, STDOUT],
  [am.stderr, STDERR],
]);

/** Number of the file that stdin, stdout or stderr stands for. Raises badarg. */
export function descriptorOf(device: Term): number {
  const descriptor = DESCRIPTORS.get(device);
  if (descriptor === undefined) throw badarg();
  return descriptor;
}

/** {error, Code}, or {error, {Call, Code}}, for a PosixError; anything else is thrown on. */
export function failed(error: unknown, call?: Term): Term {
  if (!(error instanceof PosixError)) throw error;
  const code = atom(error.code);
  return tuple(am.error, call === undefined ? code : tuple(call, code));
}

/** {select, Tty, Reference, ready_input}, to be delivered later. */
export function selectMessage(term: Term, reference: Term): Fragment {
  return buildFragment(MESSAGE_WORDS, [term, reference], ([resource, copy]) =>
    tuple(am.select, resource as Term, copy as Term, am.ready_input),
  );
}

/** Sends {select, Tty, Reference, ready_input} to the reader as soon as there is something to read. */
export function selectInput(vm: Machine, tty: Tty, term: Term, reference: Term): void {
  const message = selectMessage(term, reference);
  vm.host.streams.input(STDIN).onReadable(() => vm.fromOutside(() => tellReader(vm, tty, message)));
}

/** {ok, Bytes} of what has come, at most `limit` bytes, and selects again; {error, closed} or {error, {read, Code}}. */
export function readInput(vm: Machine, term: Term, reference: Term, limit: number): Term {
  const tty = ttyOf(term);
  let content: Uint8Array | 'closed';
  try {
    content = vm.host.streams.input(STDIN).read(limit);
  } catch (error) {
    return failed(error, atom('read'));
  }
  if (content === 'closed') return tuple(am.error, am.closed);
  selectInput(vm, tty, term, reference);
  return tuple(am.ok, makeBinary(content));
}

/** Sets the terminal as it was found. As in C, it does not matter when that fails: the terminal may have gone. */
export function restoreModes(tty: Tty): void {
  try {
    tty.modes?.restore();
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
  }
}

/** Sends the reader a message, or drops it when there is none. */
export function tellReader(vm: Machine, tty: Tty, message: Fragment): void {
  const process = tty.reader === undefined ? undefined : vm.processes.get(tty.reader);
  if (process === undefined) freeFragment(message);
  else deliver(vm, process, message);
}

/** Calls `action` when the process has ended (enif_monitor_process). */
export function whenEnded(process: Process, action: () => void): void {
  const owned: Owned = { ownerEnded: action };
  process.owned ??= new Set();
  process.owned.add(owned);
}
