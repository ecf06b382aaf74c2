/** Loading, deleting and purging code: what the code server and the code purger are built on (beam_bif_load.c). */
import type { PreparedModule } from '../../code/module-loader.ts';
import type { MagicHandle } from '../../memory/off-heap.ts';
import { reportError } from '../../process/crash-report.ts';
import type { Machine } from '../../process/machine.ts';
import { release } from '../../process/suspending.ts';
import { callNext } from '../../runtime/apply.ts';
import { am } from '../../term/atoms.ts';
import { binaryBytes, isBinary, makeBinary, subBits } from '../../term/bits.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg, systemLimit } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { formatTerm } from '../../term/print.ts';
import { isAtom, isSmall, smallValue } from '../../term/term.ts';
import { newResource, resourceOf } from '../nif-arguments.ts';
import type { BifTable } from '../registry.ts';
import { elementsOf } from './lists-tuples.ts';
import { boolean } from './type-tests.ts';

/** What erts_internal:prepare_loading/2 gives: can be loaded once. */
class Prepared implements MagicHandle {
  code: PreparedModule | undefined;
  constructor(code: PreparedModule) {
    this.code = code;
  }
  onDrop(): void {
    this.code = undefined;
  }
}

/** As beam_load_report_error in OTP's beam_load.c tells it, without the line of C code. */
function reportFailure(vm: Machine, module: Term, fault: string): void {
  reportError(vm, `Error loading module ${formatTerm(module)}:\n  ${fault}\n`);
}

/** erts_internal:prepare_loading/2: a reference to prepared code, or {error, badfile}. Raises badarg. */
function prepareLoading(vm: Machine, module: Term, file: Term): Term {
  if (!isAtom(module) || !isBinary(file)) throw badarg();
  const prepared = vm.tryPrepare(binaryBytes(file));
  if ('fault' in prepared) {
    reportFailure(vm, module, prepared.fault);
    return tuple(am.error, am.badfile);
  }
  if (prepared.name !== module) {
    reportFailure(vm, module, `module name in object code is ${formatTerm(prepared.name)}`);
    return tuple(am.error, am.badfile);
  }
  return newResource(vm, new Prepared(prepared));
}

function preparedOf(t: Term): PreparedModule {
  const code = resourceOf(t, Prepared)?.code;
  if (code === undefined) throw badarg();
  return code;
}

/** finish_loading([Prepared]): ok, or {not_purged | duplicated | on_load, Modules}. Raises badarg, system_limit. */
function finishLoading(vm: Machine, list: Term): Term {
  const references = elementsOf(list);
  const prepared = references.map(preparedOf);
  if (prepared.length > 1 && prepared.some(({ hasOnLoad }) => hasOnLoad)) throw systemLimit();
  const { result, modules } = vm.loader.finish(prepared);
  if (result === 'ok' || result === 'on_load') {
    for (const reference of references) (resourceOf(reference, Prepared) as Prepared).code = undefined;
  }
  return result === 'ok' ? am.ok : tuple(am[result], listOf(modules));
}

function hasPreparedCodeOnLoad(_vm: Machine, reference: Term): Term {
  return boolean(preparedOf(reference).hasOnLoad);
}

function atomOf(t: Term): Term {
  if (!isAtom(t)) throw badarg();
  return t;
}

function deleteModule(vm: Machine, module: Term): Term {
  const deleted = vm.loader.delete(atomOf(module));
  if (deleted === undefined) return am.undefined;
  if (!deleted) throw badarg();
  return am.true;
}

function checkOldCode(vm: Machine, module: Term): Term {
  return boolean(vm.loader.hasOld(atomOf(module)));
}

/** The module's on_load function is called next. Raises badarg when none is waiting. */
function callOnLoadFunction(vm: Machine, module: Term): Term {
  const slot = isAtom(module) ? vm.loader.onLoadSlot(module) : undefined;
  if (slot === undefined) throw badarg();
  return callNext(slot, []);
}

function finishAfterOnLoad(vm: Machine, module: Term, keep: Term): Term {
  if ((keep !== am.true && keep !== am.false) || !isAtom(module)) throw badarg();
  if (!vm.loader.finishAfterOnLoad(module, keep === am.true)) throw badarg();
  return am.true;
}

/** Those who have called funs of the code that was to be purged go on. */
function resumeCallers(vm: Machine): void {
  for (const number of vm.loader.callersOfHidden.splice(0)) {
    const process = vm.processes.get(number);
    if (process !== undefined) release(vm, process, 1);
  }
}

/** Only the process that runs erts_code_purger may ask. Raises badarg. */
function purgeModule(vm: Machine, module: Term, operation: Term): Term {
  const { loader } = vm;
  if (!isAtom(module)) throw badarg();
  switch (operation) {
    case am.prepare:
    case am.prepare_on_load:
      if (loader.purgedModule !== undefined) throw badarg();
      return boolean(loader.preparePurge(module, operation === am.prepare_on_load));
    case am.abort:
      if (loader.purgedModule !== module) throw badarg();
      loader.abortPurge();
      resumeCallers(vm);
      return am.false;
    case am.complete:
      if (loader.purgedModule !== module) throw badarg();
      loader.completePurge();
      resumeCallers(vm);
      return am.true;
    default:
      throw badarg();
  }
}

/** Modules that are there before any code server is. */
function preLoaded(vm: Machine): Term {
  return listOf(vm.preloaded);
}

/** The md5 of a .beam file as module_info(md5) would give it, undefined for one that cannot be read. */
function beamfileModuleMd5(vm: Machine, file: Term): Term {
  if (!isBinary(file)) throw badarg();
  const md5 = vm.md5OfFile(binaryBytes(file));
  return md5 === undefined ? am.undefined : makeBinary(md5);
}

/** Letters of the name of a chunk. */
const CHUNK_NAME_LENGTH = 4;
const BYTE_BITS = 8;

/**
 * erts_internal:beamfile_chunk/2: the contents of the chunk that is named by a list of four bytes; undefined when the file has no such
 * chunk, an empty one, or is no .beam file. Raises badarg.
 */
function beamfileChunk(vm: Machine, file: Term, name: Term): Term {
  const letters = elementsOf(name);
  const isByte = (t: Term): boolean => isSmall(t) && smallValue(t) >= 0 && smallValue(t) <= 0xff;
  if (letters.length !== CHUNK_NAME_LENGTH || !letters.every(isByte) || !isBinary(file)) throw badarg();
  const bytes = binaryBytes(file);
  const chunk = vm.chunkOfFile(bytes, String.fromCharCode(...letters.map(smallValue)));
  if (chunk === undefined || chunk.length === 0) return am.undefined;
  return subBits(file, (chunk.byteOffset - bytes.byteOffset) * BYTE_BITS, chunk.length * BYTE_BITS);
}

/** Nothing is counted while code runs, as in an emulator without JIT (erl_bif_coverage.c): `cover` changes the code instead. */
function noCoverage(): Term {
  throw badarg();
}

export const codeCoverageBifs: BifTable = {
  module: 'code',
  rows: [
    { name: 'coverage_support', arity: 0, fn: () => am.false },
    { name: 'get_coverage_mode', arity: 0, fn: noCoverage },
    { name: 'get_coverage_mode', arity: 1, fn: noCoverage },
    { name: 'set_coverage_mode', arity: 1, fn: noCoverage },
    { name: 'get_coverage', arity: 2, fn: noCoverage },
    { name: 'reset_coverage', arity: 1, fn: noCoverage },
  ],
};

export const erlangCodeLoadingBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'finish_loading', arity: 1, fn: finishLoading },
    { name: 'has_prepared_code_on_load', arity: 1, fn: hasPreparedCodeOnLoad },
    { name: 'delete_module', arity: 1, fn: deleteModule },
    { name: 'check_old_code', arity: 1, fn: checkOldCode },
    { name: 'call_on_load_function', arity: 1, fn: callOnLoadFunction },
    { name: 'finish_after_on_load', arity: 2, fn: finishAfterOnLoad },
    { name: 'pre_loaded', arity: 0, fn: preLoaded },
  ],
};

export const ertsInternalCodeLoadingBifs: BifTable = {
  module: 'erts_internal',
  rows: [
    { name: 'prepare_loading', arity: 2, fn: prepareLoading },
    { name: 'purge_module', arity: 2, fn: purgeModule },
    { name: 'beamfile_chunk', arity: 2, fn: beamfileChunk },
    { name: 'beamfile_module_md5', arity: 1, fn: beamfileModuleMd5 },
  ],
};
