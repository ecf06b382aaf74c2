/**
 * What BIFs and runtime functions see of the virtual machine. vm.ts implements it; tests have small ones of their own.
 * A BIF is `(vm: Machine, ...args: Term[]) => Term` (bifs/registry.ts).
 */

import type { ModuleLoader, PreparedModule } from '../code/module-loader.ts';
import type { DebugFlags } from '../debug/flags.ts';
import type { EtsTables } from '../ets/tables.ts';
import type { Host } from '../host/host.ts';
import type { ReturnPointKind } from '../jit/compiled-module.ts';
import type { RunQueue } from '../scheduler/run-queue.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { Timers } from '../scheduler/timers.ts';
import type { Term } from '../term/layout.ts';
import type { Nodes } from '../term/nodes.ts';
import type { ProcessTracing } from '../trace/events.ts';
import type { ClockService } from './clock-service.ts';
import type { Environment } from './environment.ts';
import type { HeapDefaults } from './heap-defaults.ts';
import type { LiteralReleases } from './literal-releases.ts';
import type { MachineSettings } from './machine-settings.ts';
import type { PersistentTerms } from './persistent-terms.ts';
import type { PortTable } from './port.ts';
import type { Process } from './process.ts';
import type { ProcessTable } from './process-table.ts';
import type { References } from './references.ts';
import type { Registry } from './registry.ts';
import type { SchedulerWallTime } from './scheduler-wall-time.ts';
import type { SchedulingBlocks } from './scheduling-blocks.ts';
import type { SystemTime } from './system-time.ts';

/** An Erlang function: two atoms and an arity. */
export interface FunctionName {
  readonly module: Term;
  readonly name: Term;
  readonly arity: number;
}

/** A place where a frame goes on, as stack traces and the search for handlers need it. */
export interface ReturnPointInfo extends FunctionName {
  readonly kind: ReturnPointKind;
  /** Table slot of the function. */
  readonly slot: number;
  /** Words of the frame, return address included. */
  readonly frameWords: number;
  /** Source file as the `Line` chunk names it; undefined when the line is not known. */
  readonly file: string | undefined;
  readonly line: number;
}

/** What programs may ask of a loaded module. */
export interface NameAndArity {
  readonly name: Term;
  readonly arity: number;
}

/** An export that something has named: whether it is there. */
export interface NamedExport {
  readonly functionName: Term;
  readonly arity: number;
  readonly state: 'undefined' | 'bif' | 'loaded';
}

export interface ModuleFacts {
  /** Prototypes of its native records by name (runtime/native-records.ts). */
  readonly records: ReadonlyMap<Term, Term>;
  functions(): readonly NameAndArity[];
  /** External terms; empty when the file had none. */
  readonly attributes: Uint8Array;
  readonly compileInfo: Uint8Array;
  readonly md5: Uint8Array;
  /** Bytes of its WebAssembly. */
  readonly codeBytes: number;
}

/** Loaded code by table slot and by return point. */
export interface CodeTable {
  /** The current modules by name. */
  readonly modules: ReadonlyMap<Term, ModuleFacts>;
  /** Their old code. */
  readonly oldModules: ReadonlyMap<Term, ModuleFacts>;
  /** Slot of an exported function or BIF that can be called now; undefined when M:F/A has no code. */
  exportSlot(module: Term, name: Term, arity: number): number | undefined;
  /** Calls the function in a slot, which must be a BIF's. */
  callSlot(slot: number, args: readonly Term[]): Term;
  /** The function that a slot belongs to, with or without code. */
  slotInfo(slot: number): FunctionName;
  /** The exported function or BIF that has this slot. */
  exportAt(slot: number): { readonly module: Term; readonly functionName: Term; readonly arity: number } | undefined;
  /** `point` is the number in a return address or catch tag; never 0, the end of the stack. */
  returnPoint(point: number): ReturnPointInfo;
  /** Its kind alone, which is looked up fast. */
  pointKind(point: number): ReturnPointInfo['kind'];
  /** Words of the frame that goes on at a return point, return address included. */
  frameWords(point: number): number;
  /** Whether a return point belongs to the old code of a module. */
  isOldPoint(point: number, module: Term): boolean;
  /** All exports of a module that anything has named, in the order in which it did so. */
  exportsOf(module: Term): readonly NamedExport[];
  /** Whether M:F/A is a BIF. */
  isBif(module: Term, name: Term, arity: number): boolean;
  /** All BIFs, those that OTP has as NIFs too. */
  bifs(): Iterable<FunctionName>;
}

/** Whether what ports have still to write is written before the end, and after how many milliseconds the end comes all the same. */
export type Flush = { readonly timeout: number } | undefined;

/** How the virtual machine was told to end: with a status, by a signal as of abort(3), or with a text and status 1. */
export type Halt =
  | { readonly kind: 'status'; readonly status: number; readonly flush: Flush }
  | { readonly kind: 'abort' }
  | { readonly kind: 'slogan'; readonly text: string };

export interface Machine {
  /** Set: no process runs any more. */
  halted: Halt | undefined;
  /** The process whose heap is in the VM registers. Only valid while one runs. */
  current: Process;
  readonly settings: MachineSettings;
  readonly heapDefaults: HeapDefaults;
  readonly schedulingBlocks: SchedulingBlocks;
  readonly processes: ProcessTable;
  readonly registry: Registry;
  readonly ports: PortTable;
  readonly code: CodeTable;
  readonly host: Host;
  readonly nodes: Nodes;
  readonly references: References;
  readonly runQueue: RunQueue;
  readonly scheduler: Scheduler;
  readonly timers: Timers;
  readonly time: SystemTime;
  readonly clockService: ClockService;
  readonly environment: Environment;
  readonly literalReleases: LiteralReleases;
  readonly persistentTerms: PersistentTerms;
  readonly ets: EtsTables;
  readonly flags: DebugFlags;
  /** Entries of a stack trace at most (erlang:system_flag(backtrace_depth, _)); 8 at first. */
  backtraceDepth: number;
  /** Who gets reports of processes that end with an error: a pid, `logger`, or `undefined` for nobody. */
  systemLogger: Term;
  /** Whether erts_debug:set_internal_state/2 has been opened to the test suites. */
  internalStateOpen: boolean;
  /** What it has set, by the name of the limit. */
  readonly loopLimits: Map<string, number>;
  /** erlang:system_flag(outstanding_system_requests_limit, _) */
  systemRequestsLimit: number;
  /** erlang:system_flag(trace_control_word, _) */
  traceControlWord: number;
  readonly tracing: ProcessTracing;
  readonly wallTime: SchedulerWallTime;
  /** What has been done since the start. */
  readonly totals: { reductions: number; slices: number; collections: number; collectedWords: number };
  /** Milliseconds that a collection lasts at least, for OTP's suites (erts_debug:set_internal_state/2). */
  readonly testDelays: { collection: number };
  /** The totals when erlang:statistics/1 was last asked for them. */
  readonly lastStatistics: { reductions: number; exactReductions: number; wallClock: number; runtime: number };
  /** Modules that were loaded before the first process ran. */
  readonly preloaded: readonly Term[];
  /** The generations of code. */
  readonly loader: ModuleLoader;
  /** Checks and translates a .beam file; for one that cannot be loaded, says why. */
  /** Does what something from outside has called for: messages, ends of ports. Not while Erlang code runs. */
  readonly fromOutside: (action: () => void) => void;
  /** `file` may be a view of linear memory. */
  readonly tryPrepare: (file: Uint8Array) => PreparedModule | { readonly fault: string };
  /** What module_info(md5) would give for a .beam file; undefined for one that cannot be read. */
  readonly md5OfFile: (file: Uint8Array) => Uint8Array | undefined;
  /** A chunk of a .beam file, as a view into it; undefined when there is no such chunk, or no such file. */
  readonly chunkOfFile: (file: Uint8Array, name: string) => Uint8Array | undefined;
  /** Where no code server runs: loads the module if it can be found. */
  readonly loadMissing?: (module: Term) => boolean;
  /** The release whose code runs: 25, 27, 29 … */
  readonly otpRelease: number;
}
