/**
 * call_time and call_memory: how often each process called a function, and what it used from there until the next such function was
 * entered or left (erts_trace_call_acc and its like in OTP's beam_bp.c).
 */
import type { Fragment } from '../memory/fragment.ts';
import { HTOP } from '../memory/map.ts';
import { loadUnsigned } from '../memory/memory.ts';
import { type ProcessHeap, running } from '../memory/process-heap.ts';
import type { Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import { flatSize, sizeOf } from '../term/copy.ts';
import type { FunctionBreaks } from './breakpoints.ts';
import type { TraceSession } from './sessions.ts';

/** What one process used in one function: microseconds or words. */
interface Used {
  count: number;
  total: number;
}

/** By number of the process. */
export type Usage = Map<number, Used>;

export type UsageKind = 'time' | 'memory';

/** Where a process is, for one session. */
interface Account {
  readonly session: TraceSession;
  readonly kind: UsageKind;
  /** The function that is charged; undefined: none. */
  breaks: FunctionBreaks | undefined;
  /** The moment, or words allocated so far, up to which all is charged. */
  upTo: number;
}

/** A process's part in accounting. */
export class CallAccounts {
  readonly accounts: Account[] = [];
  /** Words that were allocated before the last collection. */
  collectedWords = 0;
}

const MICROSECONDS = 1000;

/** Words allocated on a heap since its last collection. */
function newWords(heap: ProcessHeap): number {
  const isActive = running.heap === heap;
  const top = isActive ? loadUnsigned(HTOP) : heap.top;
  const youngTop = heap.chunkStart === 0 ? top : heap.youngTop;
  let bytes = youngTop - heap.highWater + (heap.chunkStart === 0 ? 0 : top - heap.chunkStart);
  for (let i = 0; i < heap.chunks.length; i += 2) bytes += (heap.chunks[i + 1] as number) - (heap.chunks[i] as number);
  return bytes / 4;
}

function usageOf(breaks: FunctionBreaks | undefined, session: TraceSession, kind: UsageKind): Usage | undefined {
  return breaks?.of(session)?.[kind]?.usage;
}

function charge(usage: Usage | undefined, process: Process, count: number, amount: number): void {
  if (usage === undefined) return;
  const used = usage.get(process.number) ?? { count: 0, total: 0 };
  used.count += count;
  used.total += amount;
  usage.set(process.number, used);
}

export class Accounting {
  private readonly vm: Machine;

  constructor(vm: Machine) {
    this.vm = vm;
  }

  private measure(process: Process, kind: UsageKind): number {
    if (kind === 'time') return this.vm.host.clock.monotonicMilliseconds() * MICROSECONDS;
    return accountsOf(process).collectedWords + newWords(process.heap);
  }

  private find(process: Process, session: TraceSession, kind: UsageKind): Account | undefined {
    return accountsOf(process).accounts.find((one) => one.session === session && one.kind === kind);
  }

  /** A function with accounting is entered; gives the one that was charged until now. */
  entered(
    process: Process,
    session: TraceSession,
    kind: UsageKind,
    breaks: FunctionBreaks,
  ): FunctionBreaks | undefined {
    const now = this.measure(process, kind);
    const known = this.find(process, session, kind);
    if (known?.breaks !== undefined) charge(usageOf(known.breaks, session, kind), process, 0, now - known.upTo);
    charge(usageOf(breaks, session, kind), process, 1, 0);
    if (known === undefined) {
      accountsOf(process).accounts.push({ session, kind, breaks, upTo: this.firstMoment(process, kind, breaks, now) });
      return undefined;
    }
    const previous = known.breaks;
    known.breaks = breaks;
    known.upTo = now;
    return previous;
  }

  /** What a process allocated before its first call is not the function's that it began with. */
  private firstMoment(process: Process, kind: UsageKind, { name }: FunctionBreaks, now: number): number {
    const { module, name: initial, arity } = process.initialCall;
    const isInitial = module === name.module && initial === name.name && arity === name.arity;
    return kind === 'memory' && isInitial ? 0 : now;
  }

  /** It is left; `previous` is charged again. */
  left(process: Process, session: TraceSession, kind: UsageKind, previous: FunctionBreaks | undefined): void {
    const account = this.find(process, session, kind);
    if (account === undefined) return;
    const now = this.measure(process, kind);
    charge(usageOf(account.breaks, session, kind), process, 0, now - account.upTo);
    account.breaks = previous;
    account.upTo = now;
  }

  /** The process gets its turn: the time that it waited is nobody's. */
  scheduledIn(process: Process): void {
    for (const account of process.traceState?.accounts?.accounts ?? []) {
      if (account.kind === 'time') account.upTo = this.measure(process, 'time');
    }
  }

  scheduledOut(process: Process): void {
    for (const account of process.traceState?.accounts?.accounts ?? []) {
      if (account.kind !== 'time') continue;
      const now = this.measure(process, 'time');
      charge(usageOf(account.breaks, account.session, 'time'), process, 0, now - account.upTo);
      account.upTo = now;
    }
  }

  /** The running process takes a message: from now on it counts whole, literals too, wherever it lies. */
  received({ traceState }: Process, { isOnHeap, term }: Fragment): void {
    if (traceState?.accounts === undefined) return;
    const countedByHeap = isOnHeap ? 0 : sizeOf(term);
    traceState.accounts.collectedWords += flatSize(term) - countedByHeap;
  }

  /** Before a collection of the running process. */
  collects(process: Process): void {
    const accounts = process.traceState?.accounts;
    if (accounts !== undefined) accounts.collectedWords += newWords(process.heap);
  }
}

function accountsOf(process: Process): CallAccounts {
  const state = process.tracing();
  state.accounts ??= new CallAccounts();
  return state.accounts;
}
