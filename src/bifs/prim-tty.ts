/** What prim_tty gets from C (prim_tty_nif.c): reading and writing here, terminals in prim-tty-terminal.ts and, from OTP 28 on, prim-tty-raw.ts. */
import { PosixError } from '../host/files.ts';
import type { Machine } from '../process/machine.ts';
import { am } from '../term/atoms.ts';
import { makeInteger } from '../term/bignum.ts';
import { tuple } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import { NIL, type Term } from '../term/layout.ts';
import { ioVector, newResource } from './nif-arguments.ts';
import { rawTerminalRows } from './prim-tty-raw.ts';
import { descriptorOf, failed, READ_BYTES, readInput, STDIN, selectInput, Tty, ttyOf } from './prim-tty-resource.ts';
import { selectSignals, terminalRows } from './prim-tty-terminal.ts';
import type { BifTable } from './registry.ts';

/** MAXIOV: elements of one write. */
const VECTOR_LIMIT = 1024;

/** isatty(stdin | stdout | stderr): a boolean, or ebadf when nothing is open there. Raises badarg. */
function isatty(vm: Machine, device: Term): Term {
  const descriptor = descriptorOf(device);
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

function writeNif(vm: Machine, tty: Term, list: Term): Term {
  const { output } = ttyOf(tty);
  let rest = list;
  while (rest !== NIL) {
    const vector = ioVector(rest, VECTOR_LIMIT);
    if (vector === undefined) throw badarg();
    try {
      vm.host.streams.write(output, vector.parts);
    } catch (error) {
      return failed(error);
    }
    rest = vector.rest;
  }
  return am.ok;
}

function ttySelect(vm: Machine, term: Term, signalReference: Term, readReference: Term): Term {
  const tty = ttyOf(term);
  tty.reader = vm.current.number;
  selectSignals(vm, tty, term, signalReference);
  selectInput(vm, tty, term, readReference);
  return am.ok;
}

function readNif(vm: Machine, term: Term, reference: Term): Term {
  return readInput(vm, term, reference, READ_BYTES);
}

function ttyWindowSize(vm: Machine, tty: Term): Term {
  const { output } = ttyOf(tty);
  const { streams } = vm.host;
  const size = streams.windowSize(STDIN) ?? streams.windowSize(output);
  if (size === undefined || (size.columns === 0 && size.rows === 0)) return tuple(am.error, am.enotsup);
  return tuple(am.ok, tuple(makeInteger(size.columns || -1), makeInteger(size.rows || -1)));
}

function ttyEncoding(_vm: Machine, tty: Term): Term {
  ttyOf(tty);
  return am.utf8;
}

export const primTtyBifs: BifTable = {
  module: 'prim_tty',
  rows: [
    { name: 'isatty', arity: 1, fn: isatty },
    { name: 'tty_create', arity: 0, fn: ttyCreate, until: 27 },
    { name: 'setlocale', arity: 1, fn: setlocale },
    { name: 'tty_select', arity: 3, fn: ttySelect, until: 27 },
    { name: 'tty_window_size', arity: 1, fn: ttyWindowSize },
    { name: 'tty_encoding', arity: 1, fn: ttyEncoding },
    { name: 'write_nif', arity: 2, fn: writeNif },
    { name: 'read_nif', arity: 2, fn: readNif, until: 27 },
    ...terminalRows,
    ...rawTerminalRows,
  ],
};
