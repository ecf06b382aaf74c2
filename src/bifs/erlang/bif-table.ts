/** Which of our BIFs are in OTP's bif.tab: the rest are NIFs, instructions, or of later releases there. */
import type { Machine } from '../../process/machine.ts';
import { am, atomName } from '../../term/atoms.ts';
import type { Term } from '../../term/layout.ts';

const NIF_MODULES = ['erl_tracer', 'prim_buffer', 'prim_file', 'prim_tty', 'zlib'];
/** Modules whose BIFs came with a release. */
const MODULES_SINCE: Readonly<Record<string, number>> = { records: 29 };
const FUNCTIONS_SINCE: Readonly<Record<string, number>> = {
  'max/2': 26,
  'min/2': 26,
};
/** Of module erlang: what BIFs go on with (runtime/trap.ts); OTP has exports of its own for that. */
const TRAPS = ['re_run_trap/3', 'ptab_list_continue/2'];
/** Those of them whose export is in no table of OTP's. */
const UNSEEN = ['ptab_list_continue/2'];
const INSTRUCTIONS = ['apply/2', 'apply/3', 'hibernate/0', 'yield/0'];

/** Calls of these are instructions, yet they count as built in (erts_is_builtin). */
export function isInstruction(module: Term, name: Term, arity: number): boolean {
  return module === am.erlang && INSTRUCTIONS.includes(`${atomName(name)}/${arity}`);
}

/** Whether programs cannot see that there is such a function. */
export function isUnseen(module: Term, name: Term, arity: number): boolean {
  return module === am.erlang && UNSEEN.includes(`${atomName(name)}/${arity}`);
}

/** Whether OTP's bif.tab of this release has the BIF. */
export function isInBifTable(vm: Machine, module: Term, name: Term, arity: number): boolean {
  const moduleName = atomName(module);
  if (NIF_MODULES.includes(moduleName) || isInstruction(module, name, arity)) return false;
  const ofErlang = module === am.erlang ? `${atomName(name)}/${arity}` : '';
  if (TRAPS.includes(ofErlang)) return false;
  const ofFunction = FUNCTIONS_SINCE[ofErlang];
  return vm.otpRelease >= (ofFunction ?? MODULES_SINCE[moduleName] ?? 0);
}
