/** Funs, and what is known of functions and modules (erl_bif_info.c, bif.c, beam_bif_load.c). */
import type { Machine, ModuleFacts, NameAndArity } from '../../process/machine.ts';
import { MAX_ARGUMENTS } from '../../runtime/apply.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { makeBinary } from '../../term/bits.ts';
import { cons, listOf, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { decodeExternal } from '../../term/external-decode.ts';
import { exportNameOf, freeCount, funEntryOf, makeExportFun } from '../../term/fun-entries.ts';
import { FUN_ARITY, FUN_FREE, NIL, type Term } from '../../term/layout.ts';
import {
  field,
  fieldTerm,
  isAtom,
  isClosure,
  isFun,
  isSmall,
  makeLocalPid,
  makeSmall,
  smallValue,
} from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { isInBifTable, isInstruction, isUnseen } from './bif-table.ts';
import { boolean } from './type-tests.ts';

const INIT_PROCESS = makeLocalPid(0);

// ---- funs ------------------------------------------------------------------------------------------------------------

/** Module and name of the function behind a fun; the name is [] while a closure's module is not loaded. */
function functionOf(fun: Term): { module: Term; name: Term } {
  if (isClosure(fun)) {
    const entry = funEntryOf(fun);
    return { module: entry.module, name: entry.code?.functionName ?? NIL };
  }
  const { module, functionName } = exportNameOf(fun);
  return { module, name: functionName };
}

function closureItem(fun: Term, item: Term): Term | undefined {
  const entry = funEntryOf(fun);
  switch (item) {
    case am.type:
      return am.local;
    case am.pid:
      return INIT_PROCESS;
    case am.new_index:
      return makeInteger(entry.index);
    case am.new_uniq:
      return makeBinary(entry.uniq);
    case am.index:
      return makeInteger(entry.oldIndex);
    case am.uniq:
      return makeInteger(entry.oldUniq);
    case am.refc:
      // Closures are not counted: one is there.
      return makeSmall(1);
    case am.env:
      return listOf(Array.from({ length: freeCount(fun) }, (_, i) => fieldTerm(fun, FUN_FREE + 4 * i)));
    default:
      return undefined;
  }
}

const CLOSURE_ITEMS: readonly Term[] = [am.pid, am.new_index, am.new_uniq, am.index, am.uniq, am.refc];

function exportItem(item: Term): Term | undefined {
  if (item === am.type) return am.external;
  if (item === am.env) return NIL;
  return CLOSURE_ITEMS.includes(item) ? am.undefined : undefined;
}

/** fun_info/2: `{Item, Value}`. Raises badarg. */
function funInfo(_vm: Machine, fun: Term, item: Term): Term {
  if (!isFun(fun)) throw badarg();
  if (item === am.module) return tuple(item, functionOf(fun).module);
  if (item === am.name) return tuple(item, functionOf(fun).name);
  if (item === am.arity) return tuple(item, makeSmall(field(fun, FUN_ARITY)));
  const value = isClosure(fun) ? closureItem(fun, item) : exportItem(item);
  if (value === undefined) throw badarg();
  return tuple(item, value);
}

function funInfoMfa(_vm: Machine, fun: Term): Term {
  if (!isFun(fun)) throw badarg();
  const { module, name } = functionOf(fun);
  return tuple(module, name, makeSmall(field(fun, FUN_ARITY)));
}

function makeFun(_vm: Machine, module: Term, functionName: Term, arity: Term): Term {
  const wanted = isSmall(arity) ? smallValue(arity) : -1;
  if (!isAtom(module) || !isAtom(functionName) || wanted < 0 || wanted > MAX_ARGUMENTS) throw badarg();
  return makeExportFun({ module, functionName, arity: wanted });
}

// ---- functions and modules -------------------------------------------------------------------------------------------

function functionArguments(module: Term, name: Term, arity: Term): number {
  if (!isAtom(module) || !isAtom(name) || !isSmall(arity)) throw badarg();
  return smallValue(arity);
}

function isBuiltin(vm: Machine, module: Term, name: Term, arity: Term): Term {
  const wanted = functionArguments(module, name, arity);
  const isBif = vm.code.isBif(module, name, wanted) && isInBifTable(vm, module, name, wanted);
  return boolean(isInstruction(module, name, wanted) || isBif);
}

function functionExported(vm: Machine, module: Term, name: Term, arity: Term): Term {
  const wanted = functionArguments(module, name, arity);
  const isThere = vm.code.exportSlot(module, name, wanted) !== undefined && !isUnseen(module, name, wanted);
  return boolean(isInstruction(module, name, wanted) || isThere);
}

function moduleLoaded(vm: Machine, module: Term): Term {
  if (!isAtom(module)) throw badarg();
  return boolean(vm.code.modules.has(module));
}

function loaded(vm: Machine): Term {
  return listOf([...vm.code.modules.keys()]);
}

function functionList(functions: readonly NameAndArity[]): Term {
  return listOf(functions.map(({ name, arity }) => tuple(name, makeSmall(arity))));
}

function chunkTerm(chunk: Uint8Array): Term {
  return chunk.length === 0 ? NIL : decodeExternal(chunk);
}

/** What a module exports, last the first that anything named: exported_from_module of erl_bif_info.c walks the export table. */
function exportsOf(vm: Machine, module: Term): Term {
  const there = vm.code
    .exportsOf(module)
    .filter(({ state, functionName, arity }) => state !== 'undefined' && !isUnseen(module, functionName, arity));
  return functionList(there.reverse().map(({ functionName, arity }) => ({ name: functionName, arity })));
}

type ModuleItem = (facts: ModuleFacts, vm: Machine, module: Term) => Term;

const MODULE_ITEMS: ReadonlyMap<Term, ModuleItem> = new Map<Term, ModuleItem>([
  [am.module, (_facts, _vm, module) => module],
  [am.exports, (_facts, vm, module) => exportsOf(vm, module)],
  [am.functions, (facts) => functionList(facts.functions())],
  [am.attributes, (facts) => chunkTerm(facts.attributes)],
  [am.compile, (facts) => chunkTerm(facts.compileInfo)],
  [am.md5, (facts) => makeBinary(facts.md5)],
  [am.nifs, () => NIL],
  [am.native, () => am.false],
  [am.native_addresses, () => NIL],
]);

function moduleItem(vm: Machine, module: Term, item: Term): Term {
  const facts = isAtom(module) ? vm.code.modules.get(module) : undefined;
  const read = MODULE_ITEMS.get(item);
  if (facts === undefined || read === undefined) throw badarg();
  return read(facts, vm, module);
}

/** get_module_info/1, behind module_info/0. Raises badarg. */
function moduleInfo(vm: Machine, module: Term): Term {
  let list: Term = NIL;
  for (const item of [am.md5, am.compile, am.attributes, am.exports, am.module]) {
    list = cons(tuple(item, moduleItem(vm, module, item)), list);
  }
  return list;
}

export const erlangFunBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'fun_info', arity: 2, fn: funInfo },
    { name: 'fun_info_mfa', arity: 1, fn: funInfoMfa },
    { name: 'make_fun', arity: 3, fn: makeFun },
    { name: 'is_builtin', arity: 3, fn: isBuiltin },
    { name: 'function_exported', arity: 3, fn: functionExported },
    { name: 'module_loaded', arity: 1, fn: moduleLoaded },
    { name: 'loaded', arity: 0, fn: loaded },
    { name: 'get_module_info', arity: 1, fn: moduleInfo },
    { name: 'get_module_info', arity: 2, fn: moduleItem },
  ],
};
