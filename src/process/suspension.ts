/** BIFs whose value comes later. */
import { RUN_CALL, RUN_RETURN, STATUS, STATUS_SUSPEND } from '../memory/map.ts';
import { store } from '../memory/memory.ts';
import { slotWord } from '../memory/slot-word.ts';
import { am } from '../term/atoms.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';
import type { Machine } from './machine.ts';
import type { Port } from './port.ts';

/** What a BIF returns that suspends the running process: it goes on when `Scheduler.wake` gives it the value of the call. */
export function suspendCurrent(): Term {
  store(STATUS, STATUS_SUSPEND);
  return NON_VALUE;
}

/** What a BIF returns that lets others run before its value is there: the slice ends (ERTS_BIF_YIELD_RETURN). */
export function yieldWith(vm: Machine, value: Term): Term {
  vm.current.save(RUN_RETURN, 0, [value]);
  vm.runQueue.add(vm.current);
  return suspendCurrent();
}

/**
 * What the BIF erlang:Name or erts_internal:Name returns that can do nothing while a port is busy: the process is suspended, and the BIF
 * called once more when the port is busy no longer, or is closed.
 */
export function waitForPort(
  vm: Machine,
  port: Port,
  { module = am.erlang, name }: { readonly module?: Term; readonly name: Term },
  args: readonly Term[],
): Term {
  const slot = vm.code.exportSlot(module, name, args.length);
  if (slot === undefined) throw new Error('a BIF has no slot');
  vm.current.save(RUN_CALL, slotWord(slot, args.length), [...args]);
  port.suspended.push(vm.current);
  return suspendCurrent();
}
