/** os: environment variables, process number, signals (erl_bif_os.c, erl_osenv.c). Its times are in erlang/time.ts. */
import type { SignalAction } from '../host/system.ts';
import type { Machine } from '../process/machine.ts';
import { handleSignal } from '../process/os-signals.ts';
import { characterList, nativeBytes, nativeName } from '../runtime/native-names.ts';
import { am, atomName } from '../term/atoms.ts';
import { listOf, tuple } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { isAtom } from '../term/term.ts';
import type { BifTable } from './registry.ts';

const EQUALS = 0x3d;

function valueArgument(vm: Machine, t: Term): Uint8Array {
  const bytes = isAtom(t) ? undefined : nativeBytes(t, vm.host.files.nameEncoding);
  if (bytes === undefined) throw badarg();
  return bytes;
}

function nameArgument(vm: Machine, t: Term): Uint8Array {
  const bytes = valueArgument(vm, t);
  if (bytes.includes(EQUALS)) throw badarg();
  return bytes;
}

function getenv(vm: Machine, name: Term): Term {
  const value = vm.environment.get(nameArgument(vm, name));
  return value === undefined ? am.false : nativeName(value, vm.host.files.nameEncoding);
}

function putenv(vm: Machine, name: Term, value: Term): Term {
  const key = nameArgument(vm, name);
  vm.environment.set(key, valueArgument(vm, value));
  return am.true;
}

function unsetenv(vm: Machine, name: Term): Term {
  vm.environment.remove(nameArgument(vm, name));
  return am.true;
}

/** All variables as [{Name, Value}], in no particular order. */
function environment(vm: Machine): Term {
  const { nameEncoding } = vm.host.files;
  const variables = Array.from(vm.environment.all(), ({ name, value }) =>
    tuple(nativeName(name, nameEncoding), nativeName(value, nameEncoding)),
  );
  return listOf(variables);
}

const ACTIONS = new Map<Term, SignalAction>([
  [am.ignore, 'ignore'],
  [am.default, 'default'],
  [am.handle, 'handle'],
]);

/** Those that a program may set (signalterm_to_signum). */
const SIGNALS: ReadonlySet<Term> = new Set([
  am.sighup,
  am.sigquit,
  am.sigabrt,
  am.sigalrm,
  am.sigterm,
  am.sigusr1,
  am.sigusr2,
  am.sigchld,
  am.sigstop,
  am.sigtstp,
]);

/** Those that came with OTP 28. */
const LATER_SIGNALS: ReadonlySet<Term> = new Set([am.sigcont, am.sigwinch]);
const RELEASE_OF_LATER_SIGNALS = 28;

function mayBeSet(vm: Machine, signal: Term): boolean {
  return SIGNALS.has(signal) || (vm.otpRelease >= RELEASE_OF_LATER_SIGNALS && LATER_SIGNALS.has(signal));
}

function setSignal(vm: Machine, signal: Term, action: Term): Term {
  const wanted = ACTIONS.get(action);
  if (wanted === undefined) throw badarg(am.badopt);
  if (!mayBeSet(vm, signal)) throw badarg();
  if (wanted === 'handle') handleSignal(vm, signal);
  else vm.host.system.setSignal(atomName(signal), wanted, () => undefined);
  return am.ok;
}

export const osBifs: BifTable = {
  module: 'os',
  rows: [
    { name: 'getenv', arity: 1, fn: getenv },
    { name: 'putenv', arity: 2, fn: putenv },
    { name: 'unsetenv', arity: 1, fn: unsetenv },
    { name: 'env', arity: 0, fn: environment },
    { name: 'getpid', arity: 0, fn: (vm: Machine) => characterList(vm.host.system.processId) },
    { name: 'set_signal', arity: 2, fn: setSignal },
  ],
};
