/** Turns of processes and their collections, as tracers and system monitors are told of them. */

import { RUN_CALL } from '../memory/map.ts';
import { load } from '../memory/memory.ts';
import { slotOfWord } from '../memory/slot-word.ts';
import type { FunctionName, Machine } from '../process/machine.ts';
import { type Process, RUN_START } from '../process/process.ts';
import { placeOfWork } from '../runtime/trap.ts';
import { am } from '../term/atoms.ts';
import type { Term } from '../term/layout.ts';
import { display } from '../term/print.ts';
import { END_OF_STACK, pointOfWord } from '../term/stack-words.ts';
import type { ProcessTracing } from './events.ts';
import { GARBAGE_COLLECTION, RUNNING, RUNNING_PROCS } from './flags.ts';
import { passesHeapLimit } from './heap-limits.ts';

/** Characters of a reason that a line shows. */
const LONGEST_REASON = 200;

interface Turn {
  readonly started: number;
  readonly at: FunctionName | undefined;
}

function isWanted(process: Process, flags: number): boolean {
  return process.traces?.some((ref) => (ref.flags & flags) !== 0) === true;
}

export class Turns {
  private readonly vm: Machine;
  private readonly tracing: ProcessTracing;

  constructor(vm: Machine, tracing: ProcessTracing) {
    this.vm = vm;
    this.tracing = tracing;
  }

  /** Where a process that does not run goes on. */
  place(process: Process): FunctionName | undefined {
    const working = placeOfWork(process);
    if (working !== undefined) return working;
    const { resume, heap } = process;
    if (resume.mode === RUN_START) return process.initialCall;
    if (resume.mode === RUN_CALL && resume.slot !== 0) return this.vm.code.slotInfo(slotOfWord(resume.slot));
    const word = load(this.tracing.calls.frames.from(heap.sp).next);
    return word === END_OF_STACK ? undefined : this.vm.code.returnPoint(pointOfWord(word));
  }

  private now(): number {
    return this.vm.host.clock.monotonicMilliseconds();
  }

  /** A line about a process, where ENIGMA_TRACE_TURNS asks for it. */
  private line(process: Process, what: string, at: FunctionName | undefined): void {
    if (!this.vm.flags.traceTurns) return;
    const place = at === undefined ? '' : ` ${display(at.module)}:${display(at.name)}/${at.arity}`;
    this.vm.host.writeError(`${what} ${display(process.pid)}${place}\n`);
  }

  /** A process has ended in its turn. */
  ended(process: Process, reason: Term): void {
    this.tracing.profile.ended(process);
    if (this.vm.flags.traceTurns)
      this.vm.host.writeError(`end ${display(process.pid)} ${display(reason, LONGEST_REASON)}\n`);
  }

  /** A process that somebody watches gets its turn. */
  begins(process: Process): Turn {
    const at = this.place(process);
    this.line(process, 'in ', at);
    this.tracing.profile.turnBegins(process);
    this.tracing.forgetDeadTracers(process);
    if (isWanted(process, RUNNING | RUNNING_PROCS)) this.tracing.scheduled(process, am.in, at);
    this.tracing.calls.accounting.scheduledIn(process);
    return { started: this.now(), at };
  }

  /** Its turn is over, and it lives. `turn` is undefined where nobody watched it when it began. */
  ends(process: Process, turn: Turn | undefined): void {
    const isMonitored = this.tracing.systemMonitor.settings !== undefined;
    const isTraced = isWanted(process, RUNNING | RUNNING_PROCS);
    this.tracing.calls.accounting.scheduledOut(process);
    this.tracing.profile.turnEnds(process);
    if (!isMonitored && !isTraced && !this.vm.flags.traceTurns) return;
    const at = this.place(process);
    this.line(process, 'out', at);
    if (isTraced) this.tracing.scheduled(process, am.out, at);
    if (isMonitored && turn !== undefined) {
      this.tracing.systemMonitor.scheduled(process, this.now() - turn.started, turn.at, at);
    }
  }

  /** Before a collection: tells of a limit that it would pass. True: the process ends instead. */
  passesHeapLimit(process: Process): boolean {
    return passesHeapLimit(this.vm, process);
  }

  /** It is going to be collected; what is returned, if anything, is to be called afterwards with the words that were gained. */
  collects(process: Process): ((isMajor: boolean, words: number) => void) | undefined {
    this.tracing.calls.accounting.collects(process);
    const isTraced = isWanted(process, GARBAGE_COLLECTION);
    const isMonitored = this.tracing.systemMonitor.settings !== undefined;
    if (!isTraced && !isMonitored) return undefined;
    const willBeMajor = process.heap.needsMajor || process.heap.minorsSinceMajor >= process.heap.fullsweepAfter;
    if (isTraced) this.tracing.collected(process, willBeMajor ? am.gc_major_start : am.gc_minor_start, 0);
    const started = this.now();
    return (isMajor, words) => {
      while (this.now() - started < this.vm.testDelays.collection);
      if (isTraced) this.tracing.collected(process, isMajor ? am.gc_major_end : am.gc_minor_end, Math.max(0, words));
      if (isMonitored) this.tracing.systemMonitor.collected(process, this.now() - started);
    };
  }
}
