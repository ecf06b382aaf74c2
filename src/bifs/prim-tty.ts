/**
 * What prim_tty gets from C (prim_tty_nif.c) as far as standard input and output that are no terminal of a shell need it. Functions of
 * terminals (tty_init, tty_set, those of termcap) are missing: the module's own raise undef.
 */
import { PosixError } from '../host/files.ts';
import { freeFragment } from '../memory/fragment.ts';
import type { MagicHandle } from '../memory/off-heap.ts';
import { buildFragment } from '../process/fragment-building.ts';
import type { Machine } from '../process/machine.ts';
import { deliver } from '../process/signals.ts';
import { am, atom } from '../term/atoms.ts';
import { makeInteger } from '../term/bignum.ts';
import { makeBinary } from '../term/bits.ts';
import { tuple } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import { NIL, type Term } from '../term/layout.ts';
import { makeSmall } from '../term/term.ts';
import { ioVector, newResource, resourceOf } from './nif-arguments.ts';
import type { BifTable } from './registry.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
/** Bytes of a read at most. */
const READ_BYTES = 1024;
/** MAXIOV: elements of one write. */
const VECTOR_LIMIT = 1024;
const MESSAGE_WORDS = 16;
const WCHAR_BYTES = 4;

class Tty implements MagicHandle {
  /** Number of the process that reads; set by tty_select. */
  reader: number | undefined;
  onDrop(): void {}
}

function ttyOf(t: Term): Tty {
  const tty = resourceOf(t, Tty);
  if (tty === undefined) throw badarg();
  return tty;
}

const DESCRIPTORS: ReadonlyMap<Term, number> = new Map([
  [am.stdin, STDIN],
  [am.stdout, STDOUT],
  [am.stderr, STDERR],
]);

/** isatty(stdin | stdout | stderr): a boolean, or ebadf when nothing is open there. Raises badarg. */
function isatty(vm: Machine, device: Term): Term {
  const descriptor = DESCRIPTORS.get(device);
  if (descriptor === undefined) throw badarg();
  try {
    return vm.host.streams.isTerminal(descriptor) ? am.true : am.false;
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
    return am.ebadf;
  }
}

function ttyCreate(vm: Machine): Term {
  return tuple(am.ok, newResource(vm, new Tty()));
}

/** Whether the locale of the environment is one of UTF-8. */
function setlocale(vm: Machine, tty: Term): Term {
  ttyOf(tty);
  return vm.host.files.nameEncoding === 'utf8' ? am.true : am.false;
}

function failed(error: unknown, call?: Term): Term {
  if (!(error instanceof PosixError)) throw error;
  const code = atom(error.code);
  return tuple(am.error, call === undefined ? code : tuple(call, code));
}

function writeNif(vm: Machine, tty: Term, list: Term): Term {
  ttyOf(tty);
  let rest = list;
  while (rest !== NIL) {
    const vector = ioVector(rest, VECTOR_LIMIT);
    if (vector === undefined) throw badarg();
    try {
      vm.host.streams.write(STDOUT, vector.parts);
    } catch (error) {
      return failed(error);
    }
    rest = vector.rest;
  }
  return am.ok;
}

/** Sends {select, Tty, Reference, ready_input} to the reader as soon as there is something to read. */
function selectInput(vm: Machine, tty: Tty, term: Term, reference: Term): void {
  const message = buildFragment(MESSAGE_WORDS, [term, reference], ([resource, copy]) =>
    tuple(am.select, resource as Term, copy as Term, am.ready_input),
  );
  const tell = (): void => {
    const process = tty.reader === undefined ? undefined : vm.processes.get(tty.reader);
    if (process === undefined) freeFragment(message);
    else deliver(vm, process, message);
  };
  vm.host.streams.input(STDIN).onReadable(() => vm.fromOutside(tell));
}

/** Signals of terminals (winch, cont) are not told: nothing here depends on the size of the window while it runs. */
function ttySelect(vm: Machine, term: Term, _signalReference: Term, readReference: Term): Term {
  const tty = ttyOf(term);
  tty.reader = vm.current.number;
  selectInput(vm, tty, term, readReference);
  return am.ok;
}

function readNif(vm: Machine, term: Term, reference: Term): Term {
  const tty = ttyOf(term);
  let content: Uint8Array | 'closed';
  try {
    content = vm.host.streams.input(STDIN).read(READ_BYTES);
  } catch (error) {
    return failed(error, atom('read'));
  }
  if (content === 'closed') return tuple(am.error, am.closed);
  selectInput(vm, tty, term, reference);
  return tuple(am.ok, makeBinary(content));
}

function ttyWindowSize(vm: Machine, tty: Term): Term {
  ttyOf(tty);
  const { streams } = vm.host;
  const size = streams.windowSize(STDIN) ?? streams.windowSize(STDOUT);
  if (size === undefined) return tuple(am.error, am.enotsup);
  return tuple(am.ok, tuple(makeInteger(size.columns), makeInteger(size.rows)));
}

function ttyEncoding(_vm: Machine, tty: Term): Term {
  ttyOf(tty);
  return am.utf8;
}

export const primTtyBifs: BifTable = {
  module: 'prim_tty',
  rows: [
    { name: 'isatty', arity: 1, fn: isatty },
    { name: 'tty_create', arity: 0, fn: ttyCreate },
    { name: 'setlocale', arity: 1, fn: setlocale },
    { name: 'tty_select', arity: 3, fn: ttySelect },
    { name: 'tty_window_size', arity: 1, fn: ttyWindowSize },
    { name: 'tty_encoding', arity: 1, fn: ttyEncoding },
    { name: 'write_nif', arity: 2, fn: writeNif },
    { name: 'read_nif', arity: 2, fn: readNif },
    { name: 'sizeof_wchar', arity: 0, fn: () => makeSmall(WCHAR_BYTES) },
  ],
};
