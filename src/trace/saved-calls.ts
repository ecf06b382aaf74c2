/** The last calls of processes that have asked for them: process_flag(save_calls, N), process_info(_, last_calls) (save_calls in OTP's erl_trace.c). */
import { REDUCTIONS } from '../memory/map.ts';
import { load } from '../memory/memory.ts';
import type { FunctionName, Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import { am } from '../term/atoms.ts';
import { listOf, tuple } from '../term/build.ts';
import type { Term } from '../term/layout.ts';
import { makeSmall } from '../term/term.ts';
import type { BreakableCode } from './breakpoints.ts';

/** A call, or what is none, by its atom. */
type Saved = FunctionName | { readonly event: Term };

/** The last calls of one process, in a ring. */
export class CallBuffer {
  readonly capacity: number;
  private readonly calls: Saved[] = [];
  private next = 0;
  /** No call has come yet since it was asked for. */
  isWaiting: boolean;

  constructor(capacity: number, isWaiting: boolean) {
    this.capacity = capacity;
    this.isWaiting = isWaiting;
  }

  save(call: Saved): void {
    this.calls[this.next] = call;
    this.next = (this.next + 1) % this.capacity;
  }

  /** Oldest first. */
  all(): readonly Saved[] {
    return [...this.calls.slice(this.next), ...this.calls.slice(0, this.next)];
  }
}

export class SavedCalls {
  private readonly vm: Machine;
  private readonly code: BreakableCode;
  /** Processes that have a buffer: as long as there are any, all code tells of calls from outside. */
  private count = 0;

  constructor(vm: Machine, code: BreakableCode) {
    this.vm = vm;
    this.code = code;
  }

  /** From now on that many calls are kept, 0: none; what was kept is gone. Returns how many there were to be until now. */
  set(process: Process, capacity: number): number {
    const before = process.traceState?.savedCalls;
    if (before === undefined && capacity === 0) return 0;
    process.tracing().savedCalls =
      capacity === 0 ? undefined : new CallBuffer(capacity, before === undefined && process === this.vm.current);
    this.changed((capacity === 0 ? 0 : 1) - (before === undefined ? 0 : 1));
    return before?.capacity ?? 0;
  }

  /** The process has ended. */
  ended(process: Process): void {
    this.set(process, 0);
  }

  private changed(by: number): void {
    const before = this.count;
    this.count += by;
    if (before > 0 === this.count > 0) return;
    this.code.tellCalls(
      this.count === 0 ? undefined : (slot, isCode) => this.save(this.vm.code.slotInfo(slot), isCode),
    );
  }

  /** The running process sends, has received, or has waited long enough. */
  happened(event: Term): void {
    this.save({ event });
  }

  /** The running process calls a function that other modules can call. */
  calls(name: FunctionName): void {
    this.save(name);
  }

  private save(call: Saved, isCode = false): void {
    const { current } = this.vm;
    const buffer = current.traceState?.savedCalls;
    if (buffer === undefined || current.isSensitive) return;
    if (!buffer.isWaiting) return buffer.save(call);
    // In OTP a process gives way before a BIF, but not before it has found the code of another function.
    buffer.isWaiting = false;
    if (!isCode || load(REDUCTIONS) > 0) buffer.save(call);
  }

  /** `{Module, Name, Arity}` and atoms, oldest first; false: none are kept. */
  list(process: Process): Term {
    const buffer = process.traceState?.savedCalls;
    if (buffer === undefined) return am.false;
    return listOf(buffer.all().map((call) => ('event' in call ? call.event : nameTerm(call))));
  }
}

function nameTerm({ module, name, arity }: FunctionName): Term {
  return tuple(module, name, makeSmall(arity));
}
