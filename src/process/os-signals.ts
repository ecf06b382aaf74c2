/** Signals of the operating system (sys.c in OTP). */
import { am, atomName } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import type { Term } from '../term/layout.ts';
import { buildFragment } from './fragment-building.ts';
import type { Machine } from './machine.ts';
import { deliver } from './signals.ts';

const MESSAGE_WORDS = 4;

/** From now on this signal comes to process erl_signal_server as `{notify, Signal}`; while there is no such process, nobody hears of it. */
export function handleSignal(vm: Machine, signal: Term): void {
  vm.host.system.setSignal(atomName(signal), 'handle', () => vm.fromOutside(() => notify(vm, signal)));
}

/** Those that are handled from the start (init_break_handler, erts_sys_unix_later_init). */
export function handleFirstSignals(vm: Machine): void {
  for (const signal of [am.sigquit, am.sigterm, am.sigusr1]) handleSignal(vm, signal);
}

function notify(vm: Machine, signal: Term): void {
  const server = vm.registry.whereis(am.erl_signal_server);
  if (server === undefined) return;
  deliver(
    vm,
    server,
    buildFragment(MESSAGE_WORDS, [], () => tuple(am.notify, signal)),
  );
}
