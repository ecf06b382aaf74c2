/**
 * Drivers that are loaded at run time (erl_bif_ddll.c). Here none can be: the answers are those of an OTP on a platform without dynamic
 * libraries, and no driver is linked in.
 */

import { buildFragment } from '../process/fragment-building.ts';
import type { Machine } from '../process/machine.ts';
import { deliver } from '../process/signals.ts';
import { iodataBytes } from '../runtime/iodata.ts';
import { characterList, nativeBytes } from '../runtime/native-names.ts';
import { am, atomName } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import { NIL, type Term } from '../term/layout.ts';
import {
  isAtom,
  isBitstring,
  isList,
  isLocalRef,
  isSmall,
  isTuple,
  smallValue,
  tupleArity,
  tupleElement,
} from '../term/term.ts';
import { elementsOf, pairOf } from './erlang/arguments.ts';
import type { BifTable } from './registry.ts';

const MESSAGE_WORDS = 16;

/** What erl_ddll:format_error/1 says of answers that this module or another OTP may have given. */
const TEXTS: ReadonlyMap<Term, string> = new Map([
  [am.inconsistent, 'Driver name and/or driver options are inconsistent with currently loaded driver'],
  [am.linked_in_driver, 'Driver is statically linked and cannot be loaded/unloaded'],
  [am.permanent, 'DDLL driver is permanent an cannot be unloaded/loaded'],
  [am.not_loaded, 'DDLL driver is not loaded'],
  [am.not_loaded_by_this_process, 'DDLL driver was not loaded by this process'],
  [am.not_pending, 'DDLL load not pending for this driver name'],
  [am.already_loaded, 'DDLL driver is already loaded successfully'],
  [am.pending_reload, 'Driver reloading is already pending'],
  [am.pending_process, 'Driver is loaded by others when attempting option {reload, pending_driver}'],
]);

/** Errors of loading, by their atoms and their codes. */
const LOAD_ERRORS: readonly { readonly name: Term; readonly code: number; readonly text: string }[] = [
  { name: am.no_error, code: 0, text: 'No error' },
  { name: am.no_driver_init, code: -1, text: 'No driver init in dynamic library' },
  { name: am.driver_init_failed, code: -2, text: 'Driver init failed' },
  { name: am.bad_driver_name, code: -3, text: 'Bad driver name' },
  { name: am.driver_name_to_long, code: -4, text: 'Driver name to long' },
  {
    name: am.driver_incorrect_version,
    code: -5,
    text: 'Driver compiled with incorrect version of erl_driver.h',
  },
  { name: am.no_ddll_available, code: -6, text: 'DDLL functionality not available on this platform' },
  { name: am.unspecified_error, code: -7, text: 'Unspecified dynamic library error' },
  { name: am.symbol_not_found, code: -8, text: 'Symbol not found in dynamic library' },
];
/** Codes up to this one are of the dynamic linker. */
const FIRST_DYNAMIC_CODE = -10;

/** Raises badarg for what is no name of a driver: an atom or iodata. */
function checkName(t: Term): void {
  const isName = isAtom(t) ? atomName(t) !== '' : (isList(t) || isBitstring(t)) && iodataBytes(t) !== undefined;
  if (!isName) throw badarg();
}

function checkOption(option: Term): void {
  const pair = pairOf(option);
  if (pair === undefined) throw badarg();
  const { key, value } = pair;
  if (key === am.driver_options) {
    for (const each of elementsOf(value)) if (each !== am.kill_ports) throw badarg();
  } else if ((key !== am.monitor && key !== am.reload) || (value !== am.pending_driver && value !== am.pending)) {
    throw badarg();
  }
}

function tryLoad(vm: Machine, path: Term, name: Term, options: Term): Term {
  let reload = false;
  for (const option of elementsOf(options)) {
    checkOption(option);
    if (pairOf(option)?.key === am.reload) reload = true;
  }
  checkName(name);
  const isPath = isList(path) ? nativeBytes(path, vm.host.files.nameEncoding) !== undefined : isBitstring(path);
  if (!isPath) throw badarg();
  return tuple(am.error, reload ? am.not_loaded : am.no_ddll_available);
}

function tryUnload(_vm: Machine, name: Term, options: Term): Term {
  for (const option of elementsOf(options)) {
    if (option === am.kill_ports) continue;
    const pair = pairOf(option);
    const isMonitor = pair?.key === am.monitor && (pair.value === am.pending_driver || pair.value === am.pending);
    if (!isMonitor) throw badarg();
  }
  checkName(name);
  return tuple(am.error, am.not_loaded);
}

/** A driver that nobody knows is unloaded, and that is said at once. */
function monitor(vm: Machine, type: Term, what: Term): Term {
  const pair = pairOf(what);
  if (type !== am.driver || pair === undefined) throw badarg();
  const { key: name, value: event } = pair;
  checkName(name);
  if (event !== am.loaded && event !== am.unloaded && event !== am.unloaded_only) throw badarg();
  const key = vm.references.fresh();
  const message = buildFragment(MESSAGE_WORDS, [name], ([copy]) =>
    tuple(am.DOWN, vm.references.term(key), am.driver, copy as Term, am.unloaded),
  );
  deliver(vm, vm.current, message);
  return vm.references.term(key);
}

function demonitor(_vm: Machine, ref: Term): Term {
  if (!isLocalRef(ref)) throw badarg();
  return am.true;
}

/** Every driver is unknown. */
function info(_vm: Machine, _name: Term, _item: Term): Term {
  throw badarg();
}

function textOfCode(code: number): string {
  const known = LOAD_ERRORS.find((error) => error.code === code);
  if (known !== undefined) return known.text;
  return code > FIRST_DYNAMIC_CODE ? 'Unspecified error' : 'Unknown dlload error';
}

function formatError(_vm: Machine, error: Term): Term {
  const text = TEXTS.get(error) ?? LOAD_ERRORS.find(({ name }) => name === error)?.text;
  if (text !== undefined) return characterList(text);
  const isOpenError = isTuple(error) && tupleArity(error) === 2 && tupleElement(error, 1) === am.open_error;
  if (!isOpenError || !isSmall(tupleElement(error, 2))) throw badarg();
  return characterList(textOfCode(smallValue(tupleElement(error, 2))));
}

export const erlDdllBifs: BifTable = {
  module: 'erl_ddll',
  rows: [
    { name: 'try_load', arity: 3, fn: tryLoad },
    { name: 'try_unload', arity: 2, fn: tryUnload },
    { name: 'loaded_drivers', arity: 0, fn: () => tuple(am.ok, NIL) },
    { name: 'info', arity: 2, fn: info },
    { name: 'format_error_int', arity: 1, fn: formatError },
    { name: 'monitor', arity: 2, fn: monitor },
    { name: 'demonitor', arity: 1, fn: demonitor },
  ],
};
