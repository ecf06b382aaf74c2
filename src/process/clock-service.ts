/** What monitor(time_offset, clock_service) watches: it tells of new time offsets (erl_time_sup.c). */
import type { Fragment } from '../memory/fragment.ts';
import { am, atom } from '../term/atoms.ts';
import { makeBigInt } from '../term/bignum.ts';
import { tuple } from '../term/build.ts';
import type { Term } from '../term/layout.ts';
import { buildFragment } from './fragment-building.ts';
import type { Machine } from './machine.ts';
import type { Monitor, MonitoredObject, MonitorRing } from './monitors.ts';
import { REFERENCE_WORDS } from './references.ts';
import { deliver } from './signals.ts';
import { NOWHERE, type Timer } from './timer.ts';

/** ERTS_SHORT_TIME_CORRECTION_CHECK and ERTS_LONG_TIME_CORRECTION_CHECK, in milliseconds. */
const FIRST_CHECK = 15_000;
const CHECK_INTERVAL = 60_000;
/** Words of {'CHANGE', Ref, time_offset, clock_service, Offset} without the reference; the offset has 64 bits. */
const MESSAGE_WORDS = 6 + 3;

export class ClockService implements MonitoredObject, Timer {
  readonly term = am.clock_service;
  readonly monitorType = am.time_offset;
  monitoredBy: MonitorRing | undefined;
  at = 0;
  order = 0;
  place = NOWHERE;
  private readonly vm: Machine;

  constructor(vm: Machine) {
    this.vm = vm;
    vm.time.offsetChanged = (offset) => this.tell(offset);
  }

  /** Where time may warp, looks at it from now on: there is always a timer, so a machine that is to end when it is idle does not want it. */
  start(): void {
    const { time, timers } = this.vm;
    if (time.settings.warpMode === 'multi_time_warp') timers.add(timers.now() + FIRST_CHECK, this);
  }

  /** Looks whether system time has to warp. */
  fire(): void {
    const { timers, time } = this.vm;
    time.follow();
    timers.add(timers.now() + CHECK_INTERVAL, this);
  }

  private tell(offset: bigint): void {
    for (const monitor of this.monitoredBy ?? []) {
      const process = this.vm.processes.get(monitor.watcher);
      if (process === undefined) throw new Error('a monitor of the time offset outlives its process');
      deliver(this.vm, process, this.message(monitor, offset), am.clock_service);
    }
  }

  private message({ key, tag }: Monitor, offset: bigint): Fragment {
    return buildFragment(MESSAGE_WORDS + REFERENCE_WORDS, [tag?.term ?? atom('CHANGE')], ([first]) => {
      const reference = this.vm.references.term(key);
      return tuple(first as Term, reference, am.time_offset, am.clock_service, makeBigInt(offset));
    });
  }
}
