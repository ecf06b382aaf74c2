/** BIFs whose value comes later. */
import { STATUS, STATUS_SUSPEND } from '../memory/map.ts';
import { store } from '../memory/memory.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';

/** What a BIF returns that suspends the running process: it goes on when `Scheduler.wake` gives it the value of the call. */
export function suspendCurrent(): Term {
  store(STATUS, STATUS_SUSPEND);
  return NON_VALUE;
}
