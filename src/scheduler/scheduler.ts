/**
 * Gives processes their turns. `runSlice` lets one process run until it waits, ends or has used up its reductions; `runFor` does so for a
 * while, so that the host's event loop gets its turn in between (scheduler/pump.ts).
 */
import { type CollectOptions, collect } from '../memory/collector.ts';
import { type Fragment, freeFragment } from '../memory/fragment.ts';
import {
  ATTENTION,
  CURRENT_PID,
  LEAST_NATIVE_STACK,
  MAX_SLICES_ON_STACK,
  NATIVE_BYTES_PER_REDUCTION,
  NATIVE_STACK_RESERVE,
  REDUCTIONS,
  RUN_CALL,
  RUN_MODE,
  RUN_RETURN,
  SLICES_IN_PLACE,
  SLOT,
  SP,
  STATUS_BREAKPOINT,
  STATUS_CALL,
  STATUS_CALL_RAISER,
  STATUS_DONE,
  STATUS_RAISE,
  STATUS_SUSPEND,
  STATUS_UNDEFINED,
  STATUS_UNDEFINED_LAMBDA,
  STATUS_WAIT,
  STATUS_YIELD,
  X_REGISTERS,
} from '../memory/map.ts';
import { load, store } from '../memory/memory.ts';
import { ATTENTION_COLLECT, running } from '../memory/process-heap.ts';
import { arityOfWord } from '../memory/slot-word.ts';
import { reportCrash } from '../process/crash-report.ts';
import type { Machine } from '../process/machine.ts';
import { passMessages, showMessage } from '../process/message-window.ts';
import { verifyOwners } from '../process/owner-lists.ts';
import { type Process, type Resume, RUN_START } from '../process/process.ts';
import { exitProcess } from '../process/signals.ts';
import { startProcess, undefinedExport, undefinedLambda } from '../runtime/apply.ts';
import { exitReason, HANDLER_REGISTERS, handleRaised, liveX, setX } from '../runtime/exceptions.ts';
import { am } from '../term/atoms.ts';
import { type Addr, NIL, NON_VALUE, type Term } from '../term/layout.ts';
import { failing } from '../term/parts.ts';
import { END_OF_STACK, pointOfWord } from '../term/stack-words.ts';

/** CONTEXT_REDS in OTP's erl_vm.h. */
const REDUCTIONS_OF_A_SLICE = 4000;
/** Where every safe point collects, there are to be many. */
const REDUCTIONS_UNDER_STRESS = 100;

/** A process that collects again before it has taken so many reductions is busy (CollectOptions). */
const BUSY_REDUCTIONS = 64_000;

/** `resume` of a process that runs, and of one that waits in a receive: shared, so that nothing is made at each switch. */
const RUNS: Resume = { mode: RUN_RETURN, slot: 0, x: [] };
const WAITS: Resume = { mode: RUN_RETURN, slot: 0, x: [NIL] };

/** Where heaps are verified, all off-heap lists together are, too, after so many collections, or as many as there are processes. */
const COLLECTIONS_BETWEEN_CHECKS = 64;

/** Turns are given without a look at the clock until processes have had so many reductions, a turn counting as TURN_COST at least. */
const UNTIMED_REDUCTIONS = 8000;
const TURN_COST = 200;

/** In milliseconds, where the caller says nothing. */
const LONGEST_TURN = 1;
const MOST_PROLONGATIONS = 100;
/** With ENIGMA_REDUCTIONS, a process goes on in place at the end of each slice whose number is divisible by this. */
const SLICES_OF_TESTS = 4;

/** How many slices' frames may be on a native stack of so many bytes at the same time. */
function slicesOnStack(bytes: number, reductions: number): number {
  const count = Math.floor((bytes - NATIVE_STACK_RESERVE) / (reductions * NATIVE_BYTES_PER_REDUCTION));
  return Math.min(Math.max(count, 1), MAX_SLICES_ON_STACK);
}

/** What becomes of the process after a stop: it goes on at once, or its turn is over. */
type Next = 'on' | 'over';

export class Scheduler {
  private readonly vm: Machine;
  /** The trampoline: runs the process in the VM registers; returns a STATUS_ constant. */
  private readonly run: () => number;
  private readonly budget: number;
  /** Reductions that the running process has been given in this slice. */
  private granted = 0;
  /** How many slices a process may be given besides while its frames are on the native stack. */
  private readonly inPlace: number;
  /** How many of them the running process has had in this turn. */
  private prolongations = 0;
  /** Until when, by the clock, processes may run. */
  private end = 0;
  private collectionsToCheck = COLLECTIONS_BETWEEN_CHECKS;
  /** Processes that waited, some of them for a moment only, with more memory than they need. */
  private readonly toShrink: Process[] = [];

  constructor(vm: Machine, run: () => number) {
    this.vm = vm;
    this.run = run;
    const { reductions, gcStress } = vm.flags;
    this.budget = reductions ?? (gcStress ? REDUCTIONS_UNDER_STRESS : REDUCTIONS_OF_A_SLICE);
    this.inPlace = gcStress ? 0 : slicesOnStack(vm.host.nativeStack ?? LEAST_NATIVE_STACK, this.budget) - 1;
  }

  // ---- turns ---------------------------------------------------------------------------------------------------------

  /** Fires due timers, then gives one process its turn. False: none can run. */
  runSlice(): boolean {
    if (this.vm.halted !== undefined) return false;
    const now = this.vm.timers.now();
    this.end = now + LONGEST_TURN;
    this.vm.timers.fireDue(now);
    const process = this.vm.runQueue.take();
    if (process === undefined) return false;
    this.runProcess(process);
    return true;
  }

  /** Gives turns for about this long. False: no process can run (until the next timer, or something from outside). */
  runFor(milliseconds: number): boolean {
    const { timers, wallTime } = this.vm;
    const start = timers.now();
    let now = start;
    let runs = true;
    this.end = start + milliseconds;
    while (runs && now < start + milliseconds) {
      timers.fireDue(now);
      runs = this.runUntimed();
      now = timers.now();
    }
    if (this.toShrink.length > 0) this.shrinkWaiting();
    wallTime.add(start, now);
    return runs;
  }

  /** Processes that still wait give back the memory that they had plenty of while they were busy. */
  private shrinkWaiting(): void {
    for (const process of this.toShrink) {
      const { heap } = process;
      process.isToShrink = false;
      if (process.state !== 'waiting' || !heap.isRoomy || process.traces !== undefined) continue;
      heap.activate();
      store(ATTENTION, 0);
      store(REDUCTIONS, this.granted);
      heap.savedReductions = 0;
      this.collect(process, 0, [], true);
      heap.deactivate();
    }
    this.toShrink.length = 0;
  }

  /** Gives turns until it is time to look at the clock. False: no process can run. */
  private runUntimed(): boolean {
    const { vm } = this;
    let left = UNTIMED_REDUCTIONS;
    while (left > 0) {
      const process = vm.halted === undefined ? vm.runQueue.take() : undefined;
      if (process === undefined) return false;
      const before = vm.totals.reductions;
      this.runProcess(process);
      left -= Math.max(TURN_COST, vm.totals.reductions - before);
    }
    return true;
  }

  /** Gives turns until no process can run. Timers that are not due are left alone. */
  runUntilIdle(): void {
    while (this.runSlice());
  }

  /** Milliseconds until a process can run again: 0 now, undefined: only something from outside can make one run. */
  idleTime(): number | undefined {
    if (!this.vm.runQueue.isEmpty) return 0;
    const now = this.vm.timers.now();
    const next = this.vm.timers.next();
    return next === undefined ? undefined : Math.max(0, next - now);
  }

  /** Gives a process that a BIF has suspended (STATUS_SUSPEND) the value of that call. It owns the fragment. */
  wake(process: Process, value: Fragment): void {
    if (process.state !== 'suspended') return freeFragment(value);
    process.heap.attachFragment(value);
    process.save(RUN_RETURN, 0, [value.term]);
    this.vm.runQueue.add(process);
  }

  // ---- one slice -----------------------------------------------------------------------------------------------------

  private runProcess(process: Process): void {
    const { vm, budget } = this;
    vm.current = process;
    store(CURRENT_PID, process.pid);
    const turn = this.isWatched(process) ? vm.tracing.turns.begins(process) : undefined;
    process.state = 'running';
    process.heap.activate();
    process.heap.savedReductions = 0;
    store(ATTENTION, 0);
    store(REDUCTIONS, budget);
    showMessage(process.mailbox);
    this.granted = budget;
    this.prolongations = 0;
    store(SLICES_IN_PLACE, this.inPlace);
    let next: Next = this.settled(process, this.restore(process));
    while (next === 'on') next = this.settled(process, this.stopped(process, this.run()));
    const taken = this.takenBy(process);
    vm.totals.reductions += taken;
    vm.totals.slices++;
    if (running.heap !== process.heap) return;
    process.reductions += taken;
    process.heap.deactivate();
    if (turn !== undefined || process.traces !== undefined) vm.tracing.turns.ends(process, turn);
  }

  /**
   * The running process has come to a budget check without reductions. True: nobody else wants to run, and it goes on where it is with as
   * many as before.
   */
  prolong(): boolean {
    const { vm, budget } = this;
    const { current: process, timers } = vm;
    if (load(ATTENTION) !== 0 || process.collectNext || !vm.runQueue.isEmpty || vm.halted !== undefined) return false;
    if (process.pendingExit !== undefined || process.suspendCount > 0 || this.isWatched(process)) return false;
    if (process.traces !== undefined || ++this.prolongations > MOST_PROLONGATIONS || !this.mayProlong()) return false;
    const now = timers.now();
    if (now >= this.end || (timers.next() ?? Number.POSITIVE_INFINITY) <= now) return false;
    const taken = this.granted - load(REDUCTIONS);
    vm.totals.reductions += taken;
    vm.totals.slices++;
    process.reductions += taken;
    this.granted = budget;
    store(REDUCTIONS, budget);
    return true;
  }

  /** Slices of another length are for tests: most of those end in earnest. */
  private mayProlong(): boolean {
    return this.vm.flags.reductions === undefined || this.vm.totals.slices % SLICES_OF_TESTS === 0;
  }

  /** Somebody wants to know when its turns begin and end. */
  private isWatched(process: Process): boolean {
    return process.traceState !== undefined || this.vm.tracing.watchesTurns;
  }

  /** Puts where the process goes on into the VM registers. */
  private restore(process: Process): Next {
    const { mode, slot, x } = process.resume;
    process.hibernates = false;
    process.resume = RUNS;
    if (process.collectNext) this.collect(process, 0, x);
    if (mode === RUN_START) {
      const [module, name, args] = x as [Term, Term, Term];
      startProcess(this.vm, module, name, args);
      return process.raised === undefined ? 'on' : this.raised(process);
    }
    setX(x);
    store(RUN_MODE, mode);
    store(SLOT, slot);
    return 'on';
  }

  /** A collection may have ended the process. */
  private settled(process: Process, next: Next): Next {
    const { pendingExit } = process;
    return pendingExit === undefined || process.state === 'exited' ? next : this.exit(process, pendingExit.term);
  }

  /** Generated code has left for the reason `status`. */
  private stopped(process: Process, status: number): Next {
    if (process.pendingExit !== undefined) return this.exit(process, process.pendingExit.term);
    switch (status) {
      case STATUS_YIELD:
        return this.yielded(process);
      case STATUS_CALL:
      case STATUS_CALL_RAISER:
        return this.called(process);
      case STATUS_BREAKPOINT:
        if (this.vm.tracing.calls.stopped(process)) return this.called(process);
        store(X_REGISTERS, NIL);
        return this.goOn(process, RUN_RETURN, 1);
      case STATUS_WAIT:
        return this.waits(process);
      case STATUS_RAISE:
        return this.raised(process);
      case STATUS_UNDEFINED:
        undefinedExport(this.vm);
        return this.called(process);
      case STATUS_UNDEFINED_LAMBDA:
        undefinedLambda(this.vm);
        return this.called(process);
      case STATUS_SUSPEND:
        if (process.hibernates) return this.hibernate(process);
        this.safePoint(process, 0);
        if (process.state === 'running') process.state = 'suspended';
        return 'over';
      case STATUS_DONE:
        process.watcher?.done?.(liveX(1)[0] as Term);
        return this.exit(process, am.normal);
      default:
        throw new Error(`generated code left with status ${status}`);
    }
  }

  /** After a call was prepared, or an exception raised instead. */
  private called(process: Process): Next {
    return process.raised === undefined ? this.goOn(process, RUN_CALL, arityOfWord(load(SLOT))) : this.raised(process);
  }

  /** X0 is to be given to the frame at SP; a handler wants the other X registers of an exception, too. */
  private yielded(process: Process): Next {
    const word = load(load(SP) as Addr);
    const kind = word === END_OF_STACK ? 'call' : this.vm.code.pointKind(pointOfWord(word));
    return this.goOn(process, RUN_RETURN, kind === 'try' || kind === 'catch' ? HANDLER_REGISTERS : 1);
  }

  /** Goes on with `live` X registers, in this slice if reductions are left, else in a later one. */
  private goOn(process: Process, mode: number, live: number): Next {
    this.safePoint(process, live);
    store(RUN_MODE, mode);
    if (load(REDUCTIONS) > 0) return 'on';
    process.save(mode, load(SLOT), liveX(live));
    this.vm.runQueue.add(process);
    return 'over';
  }

  /**
   * It goes on when a message comes. Those that are there have been looked at; or nobody looks at any (`receive after T -> … end`), and then
   * they are no reason to go on.
   */
  private waits(process: Process): Next {
    const hadUnread = process.mailbox.unread !== undefined;
    this.safePoint(process, 0);
    if (process.heap.isRoomy && !process.isToShrink) {
      process.isToShrink = true;
      this.toShrink.push(process);
    }
    process.resume = WAITS;
    const hasNew = !hadUnread && process.mailbox.unread !== undefined;
    if (hasNew || process.receiveTimeout === 'passed') this.vm.runQueue.add(process);
    else process.state = 'waiting';
    return 'over';
  }

  /** Goes on with what the BIF has left in `resume` when there is a message (erts_hibernate): hibernate/3 a call, without a stack. */
  private hibernate(process: Process): Next {
    if (process.resume.mode === RUN_START) store(SP, process.heap.stackTop - 4);
    process.heap.needsMajor = true;
    process.mailbox.rewind();
    this.collect(process, 0, [], true);
    if (process.mailbox.length > 0) this.vm.runQueue.add(process);
    else process.state = 'waiting';
    return 'over';
  }

  private raised(process: Process): Next {
    this.safePoint(process, 0);
    if (process.pendingExit !== undefined) return 'over';
    const uncaught = handleRaised(this.vm);
    if (uncaught === undefined) return this.goOn(process, RUN_RETURN, HANDLER_REGISTERS);
    const reason = exitReason(this.vm, uncaught);
    if (uncaught.class === am.error) reportCrash(this.vm, process, reason);
    return this.exit(process, reason);
  }

  private exit(process: Process, reason: Term): Next {
    exitProcess(this.vm, process, reason);
    return 'over';
  }

  // ---- collections ---------------------------------------------------------------------------------------------------

  /** A collection, if one is asked for. The first `live` X registers hold terms. */
  private safePoint(process: Process, live: number): void {
    const { gcStress } = this.vm.flags;
    const wanted = load(ATTENTION) === ATTENTION_COLLECT;
    if (wanted || gcStress || process.collectNext) this.collect(process, live, []);
  }

  /**
   * Collects a process that does not run, in the turn of the one that runs: its stack is whole, and `resume` has its registers. It pays with
   * its own reductions. False: that has ended it (max_heap_size).
   */
  collectNow(process: Process): boolean {
    const { vm } = this;
    const [attention, reductions] = [load(ATTENTION), load(REDUCTIONS)];
    vm.current.heap.deactivate();
    process.heap.activate();
    store(ATTENTION, 0);
    store(REDUCTIONS, this.granted);
    process.heap.savedReductions = 0;
    this.collect(process, 0, [], true);
    process.reductions += this.granted - load(REDUCTIONS);
    process.heap.deactivate();
    const { pendingExit } = process;
    if (pendingExit !== undefined) exitProcess(vm, process, pendingExit.term);
    vm.current.heap.activate();
    store(ATTENTION, attention);
    store(REDUCTIONS, reductions);
    return pendingExit === undefined;
  }

  /** Reductions that the running process has taken in its slice. */
  private takenBy({ heap }: Process): number {
    return this.granted - load(REDUCTIONS) - heap.savedReductions;
  }

  /** Reductions that a process has taken, those of the slice that goes on too. */
  reductionsOf(process: Process): number {
    return process.reductions + (process === this.vm.current ? this.takenBy(process) : 0);
  }

  /** Reductions that all processes have taken, those of the slice that goes on too. */
  allReductions(): number {
    return this.vm.totals.reductions + this.takenBy(this.vm.current);
  }

  /** Has a process that does not run end at once what its BIF is in the middle of: the terms that it holds are to be looked at. */
  endWork(process: Process): void {
    const { vm } = this;
    const { work } = process;
    if (work === undefined) return;
    const { current } = vm;
    const [attention, reductions] = [load(ATTENTION), load(REDUCTIONS)];
    current.heap.deactivate();
    process.heap.activate();
    vm.current = process;
    process.work = undefined;
    try {
      let part = work.next();
      while (part.done !== true) part = work.next();
      process.save(RUN_RETURN, 0, [part.value]);
    } catch (error) {
      process.work = failing(error);
    }
    process.heap.deactivate();
    vm.current = current;
    current.heap.activate();
    store(ATTENTION, attention);
    store(REDUCTIONS, reductions);
  }

  /** A process whose memory somebody watches is collected as often as in OTP, and gets no more than there. */
  private mayBeRoomy({ heap, traces }: Process): boolean {
    return heap.limit.words === 0 && traces === undefined;
  }

  /**
   * Collects; `x` are terms that are not in X registers yet. A process that is going to wait, or is collected because somebody
   * asked for it, gives back what it has in plenty.
   */
  private collect(process: Process, live: number, x: Term[], givesBack = process.collectNext): void {
    const { heap } = process;
    if (!process.mayBeCollected) {
      process.collectNext = true;
      return;
    }
    const { gcStress, verifyHeap } = this.vm.flags;
    const taken = process.reductions + this.takenBy(process);
    if (heap.limit.words !== 0 && this.vm.tracing.turns.passesHeapLimit(process)) return;
    const options: CollectOptions = {
      live,
      busy: !givesBack && this.mayBeRoomy(process) && taken - process.reductionsAtCollection < BUSY_REDUCTIONS,
      fit: process.hibernates,
      stress: gcStress || verifyHeap,
      visitRoots: (visit) => {
        process.visitRoots(visit);
        for (let i = 0; i < x.length; i++) if (x[i] !== NON_VALUE) x[i] = visit(x[i] as Term);
      },
    };
    process.collectNext = false;
    process.reductionsAtCollection = taken;
    // At a handler of a `catch`, X0 holds no term.
    const isHole = live > 0 && load(X_REGISTERS) === NON_VALUE;
    if (isHole) store(X_REGISTERS, NIL);
    const watch = this.vm.tracing.turns.collects(process);
    const shows = process.mailbox.onHeap > 0 && process === this.vm.current;
    if (shows) passMessages(process.mailbox);
    const { reductions, kind, before, after } = collect(heap, options);
    if (shows) showMessage(process.mailbox);
    if (gcStress || verifyHeap) this.checkOwners();
    this.vm.totals.collections++;
    this.vm.totals.collectedWords += Math.max(0, before - after);
    watch?.(kind === 'major', before - after);
    if (this.vm.flags.traceGc) {
      this.vm.host.writeError(`gc ${process.number} ${kind} ${before} -> ${after} words\n`);
    }
    if (isHole) store(X_REGISTERS, NON_VALUE);
    store(REDUCTIONS, load(REDUCTIONS) + heap.savedReductions - reductions);
    heap.savedReductions = 0;
  }

  private checkOwners(): void {
    if (this.collectionsToCheck-- > 0) return;
    verifyOwners(this.vm);
    this.collectionsToCheck = Math.max(COLLECTIONS_BETWEEN_CHECKS, this.vm.processes.count);
  }
}
