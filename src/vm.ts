/** A virtual machine: linear memory, code, processes, and what ties them together. All its state hangs off one object. */
import type { BifRow, BifTable } from './bifs/registry.ts';
import { bifTables } from './bifs/tables.ts';
import { CodeTable, type PointOwner } from './code/code-table.ts';
import { generatedImports, Prelude } from './code/generated-imports.ts';
import { Instruments } from './code/instrument.ts';
import { KeptTranslations } from './code/kept-translations.ts';
import { type GeneratedImports, linkModule } from './code/linker.ts';
import type { LoadedModule } from './code/loaded-module.ts';
import { ModuleLoader, type PreparedModule } from './code/module-loader.ts';
import type { FunctionSource } from './code/shared-functions.ts';
import { type Translation, translationOf } from './code/translation.ts';
import type { DebugFlags } from './debug/flags.ts';
import { type IsPlain, plainFunctions } from './debug/plain-functions.ts';
import { EtsTables } from './ets/tables.ts';
import type { Host } from './host/host.ts';
import { bifKey, parseBifKey } from './jit/bif-wrappers.ts';
import { compileModule } from './jit/compile-module.ts';
import type { TranslateOptions } from './jit/module-translator.ts';
import type { BeamModule } from './loader/beam-module.ts';
import { readChunks } from './loader/chunks.ts';
import { essentialFile } from './loader/essential-file.ts';
import { loadBeam } from './loader/load.ts';
import { LoadError } from './loader/load-error.ts';
import { allocateBlock, initAllocator } from './memory/allocator.ts';
import {
  GLOBAL_BREAKPOINT,
  LOCAL_BREAKPOINT,
  REDUCTIONS,
  TRACED_BIFS,
  UNWIND_BASE,
  UNWIND_BYTES,
  UNWIND_TOP,
  X_REGISTERS,
} from './memory/map.ts';
import { loadTerm, plus, store, useMemory } from './memory/memory.ts';
import { installChunkSource, running } from './memory/process-heap.ts';
import { arityOfWord, slotOfWord } from './memory/slot-word.ts';
import { ClockService } from './process/clock-service.ts';
import { Environment } from './process/environment.ts';
import { type HeapDefaults, heapDefaults } from './process/heap-defaults.ts';
import { LiteralReleases } from './process/literal-releases.ts';
import type { Halt, Machine } from './process/machine.ts';
import { DEFAULT_SETTINGS, type MachineSettings } from './process/machine-settings.ts';
import { PersistentTerms } from './process/persistent-terms.ts';
import { PortTable } from './process/port.ts';
import type { Process } from './process/process.ts';
import { ProcessTable } from './process/process-table.ts';
import { References } from './process/references.ts';
import { Registry } from './process/registry.ts';
import { SchedulerWallTime } from './process/scheduler-wall-time.ts';
import { SchedulingBlocks } from './process/scheduling-blocks.ts';
import { defaultTimeSettings, SystemTime } from './process/system-time.ts';
import { type BifCell, type BoundBif, bindBif, bindGuard, CallAgain, traceable } from './runtime/bind-bif.ts';
import { raiseFromBif, raiseUndefined } from './runtime/exceptions.ts';
import { runtimeFunctions } from './runtime/runtime-functions.ts';
import { callLater } from './runtime/trap.ts';
import { RunQueue } from './scheduler/run-queue.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { Timers } from './scheduler/timers.ts';
import { am, atom, atomLimit, atomName } from './term/atoms.ts';
import { listOf } from './term/build.ts';
import { type ExportName, exportTable, funSlots } from './term/fun-entries.ts';
import type { Term } from './term/layout.ts';
import { Nodes, nodes } from './term/nodes.ts';
import { useTermRulesOf } from './term/term-rules.ts';
import { callTracedBif } from './trace/bif-calls.ts';
import type { BreakableCode, CodeFunction } from './trace/breakpoints.ts';
import { callCountLines, countCalls } from './trace/call-counts.ts';
import { ProcessTracing } from './trace/events.ts';
import { TRACE_FRAMES } from './trace/frames.ts';
import { moduleLoaded } from './trace/on-load.ts';
import type { TraceSession } from './trace/sessions.ts';

export interface VmOptions {
  readonly host: Host;
  readonly flags: DebugFlags;
  /** The OTP release whose libraries will run; 27 unless given. */
  readonly otpRelease?: number;
  /** What emulator flags set. */
  readonly settings?: Partial<MachineSettings>;
  /** The .beam file of a module that is called and not loaded, as long as no error handler is. */
  readonly findModule?: (name: string) => Uint8Array | undefined;
}

/** Pages of 64 KiB that memory starts with, and may have. */
const FIRST_PAGES = 64;
const MOST_PAGES = 65536;
/** Slots of the table at first: as many as OTP's own start takes. */
const FIRST_SLOTS = 8192;

/** Arities are below this. */
const EXPORT_KEY = 256;

/** How a module is loaded. */
export interface LoadOptions extends Omit<TranslateOptions, 'isBif'> {
  /** False: its code has no line numbers, as that of OTP's preloaded modules. */
  readonly lines?: boolean;
}

interface Bif {
  readonly row: BifRow;
  readonly table: BifTable;
}

export class Vm implements Machine {
  /** Set whenever a process runs. */
  current!: Process;
  readonly host: Host;
  readonly flags: DebugFlags;
  readonly otpRelease: number;
  readonly memory: WebAssembly.Memory;
  readonly code: CodeTable;
  readonly loader: ModuleLoader;
  readonly settings: MachineSettings;
  readonly heapDefaults: HeapDefaults;
  readonly schedulingBlocks = new SchedulingBlocks();
  readonly processes: ProcessTable;
  readonly registry = new Registry();
  readonly ports: PortTable;
  readonly ets = new EtsTables();
  readonly nodes = new Nodes();
  readonly references: References;
  readonly runQueue = new RunQueue();
  readonly timers: Timers;
  readonly time: SystemTime;
  readonly clockService: ClockService;
  readonly environment: Environment;
  readonly literalReleases = new LiteralReleases(() => this);
  readonly persistentTerms = new PersistentTerms(this.literalReleases);
  readonly scheduler: Scheduler;
  halted: Halt | undefined;
  backtraceDepth = 8;
  systemLogger: Term = am.logger;
  /** Twice the schedulers (erts_beam_bif_load_init). */
  systemRequestsLimit = 2;
  traceControlWord = 0;
  readonly tracing: ProcessTracing;
  internalStateOpen = false;
  readonly loopLimits = new Map<string, number>();
  readonly wallTime = new SchedulerWallTime();
  readonly totals = { reductions: 0, slices: 0, collections: 0, collectedWords: 0 };
  readonly testDelays = { collection: 0 };
  readonly lastStatistics = { reductions: 0, exactReductions: 0, wallClock: 0, runtime: 0 };
  /** Modules that were loaded before the first process ran. */
  preloaded: Term[] = [];

  readonly loadMissing: (module: Term) => boolean;
  /** Told when something from outside may have made a process able to run. */
  onOutside: () => void = () => undefined;
  private readonly isPlain: IsPlain | undefined;
  private readonly callCounts: TraceSession | undefined;
  private readonly prelude: Prelude;
  private readonly bifs = new Map<string, Bif>();
  private readonly imports: GeneratedImports;
  private readonly instruments: Instruments;
  private readonly bifCells = new Map<number, BifCell>();
  /** Gets the slots of BIFs as they are called, if somebody wants to know. */
  private toldOfCalls: ((slot: number) => void) | undefined;

  constructor({ host, flags, otpRelease = 27, settings = {}, findModule = () => undefined }: VmOptions) {
    this.host = host;
    this.flags = flags;
    this.isPlain = plainFunctions(flags.plain);
    this.otpRelease = otpRelease;
    useTermRulesOf(otpRelease);
    this.settings = { ...DEFAULT_SETTINGS, time: defaultTimeSettings(otpRelease), ...settings };
    this.heapDefaults = heapDefaults(this.settings);
    this.processes = new ProcessTable(this.settings.processLimit);
    this.ports = new PortTable(this.settings.portLimit);
    this.loadMissing = (module) => this.loadFound(module, findModule(atomName(module)));
    this.memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES });
    useMemory(this.memory);
    initAllocator();
    prepareUnwinding();
    installChunkSource();
    this.limitAtoms(this.settings.atomLimit);
    nodes.current = this.nodes;
    this.references = new References(new DataView(host.randomBytes(4).buffer).getUint32(0));
    this.timers = new Timers(host.clock);
    this.time = new SystemTime(host.clock, this.settings.time);
    this.clockService = new ClockService(this);
    this.environment = new Environment(host.system.environment());
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: FIRST_SLOTS });
    this.prelude = new Prelude(this.memory, table, {
      callLarge: (func) => callLarge(table, func),
      growStack: (byteCount) => runningHeap().growStack(byteCount),
      prolong: () => Number(this.scheduler.prolong()),
      traceReturn: (pc, value) => this.tracing.calls.returned(pc, value as Term),
    });
    this.code = new CodeTable(table, {
      exportAdapter: (arity) => this.prelude.function(`export${arity}`),
      undefinedLambda: (arity) => this.prelude.function(`lambda${arity}`),
      undefinedExport: (slot, arity) => this.prelude.undefinedExport(slot, arity),
      bif: (name) => this.wrappedBif(name),
    });
    this.loader = new ModuleLoader(this.code, this.literalReleases);
    this.tracing = this.makeTracing();
    this.callCounts = flags.countCalls === undefined ? undefined : countCalls(this.tracing);
    exportTable.current = this.code;
    funSlots.allocate = ({ arity }) => this.code.lambdaSlot(arity);
    this.addBifs();
    this.imports = generatedImports(this.memory, this.prelude, this.functionSources());
    this.instruments = new Instruments(this.code, this.imports);
    this.exportBifs();
    this.scheduler = new Scheduler(this, this.prelude.function('run') as () => number);
  }

  /** One atom more ends the virtual machine (erts_index_put in OTP's index.c). The table is all virtual machines': the latest one's limit holds. */
  private limitAtoms(most: number): void {
    atomLimit.most = most;
    atomLimit.passed = () => {
      this.halted ??= { kind: 'slogan', text: `no more index entries in atom_tab (max=${most})` };
      store(REDUCTIONS, 0);
    };
  }

  // ---- BIFs --------------------------------------------------------------------------------------------------------

  private addBifs(): void {
    for (const table of bifTables) {
      for (const row of table.rows) {
        if ((row.since ?? 0) > this.otpRelease || (row.until ?? this.otpRelease) < this.otpRelease) continue;
        this.bifs.set(bifKey({ module: table.module, name: row.name, arity: row.arity }), { row, table });
      }
    }
  }

  /** Whether a call of this function is a call of a BIF; the translator asks. */
  isBif(module: string, name: string, arity: number): boolean {
    return this.bifs.has(bifKey({ module, name, arity }));
  }

  private functionSources(): Record<'rt' | 'bif' | 'call' | 'guard', FunctionSource> {
    const runtime = runtimeFunctions(this) as Readonly<Record<string, CallableFunction>>;
    return {
      rt: (name) => runtime[name],
      bif: (key) => this.boundBif(key),
      call: (key) => this.calledBif(key),
      guard: (key) => {
        const bif = this.bifs.get(key);
        return bif === undefined ? undefined : bindGuard(this, bif.row, bif.table.pure === true);
      },
    };
  }

  private boundBif(key: string): BoundBif {
    const bif = this.bifs.get(key);
    if (bif === undefined) return this.missingBif(key);
    const [module, name] = [atom(bif.table.module), atom(bif.row.name)];
    return bindBif(this, bif.row, bif.table.pure === true, (args, error) =>
      error instanceof CallAgain ? callLater(this, module, name, args) : raiseFromBif(this, module, name, args, error),
    );
  }

  /** The same with a look whether it is traced. */
  private calledBif(key: string): BoundBif {
    const { module, name, arity } = parseBifKey(key);
    const bif = this.boundBif(key);
    // As in OTP, where it is an instruction: not the call of apply is told of, but that of what is applied.
    if (module === 'erlang' && name === 'apply') return bif;
    const { slot } = this.code.export(atom(module), atom(name), arity);
    return traceable(bif, arity, this.bifCell(slot), (args) => {
      const { work, traceState } = this.current;
      if (work !== undefined) return bif(...args);
      if (traceState?.bifCall?.number !== slot) this.toldOfCalls?.(slot);
      const breaks = this.tracing.breakpoints.at(slot);
      return breaks === undefined ? bif(...args) : callTracedBif(this, breaks, slot, bif, args);
    });
  }

  private markTracedBifs(): void {
    const isTold = this.toldOfCalls !== undefined;
    for (const cell of this.bifCells.values()) cell.isTraced = isTold || cell.hasBreakpoint;
    store(TRACED_BIFS, isTold || [...this.bifCells.values()].some((cell) => cell.isTraced) ? 1 : 0);
  }

  private bifCell(slot: number): BifCell {
    let cell = this.bifCells.get(slot);
    if (cell === undefined) {
      cell = { isTraced: this.toldOfCalls !== undefined, hasBreakpoint: false };
      this.bifCells.set(slot, cell);
    }
    return cell;
  }

  /** A guard BIF that OTP has and this virtual machine does not: calling it raises undef. (Others are looked up when called.) */
  private missingBif(key: string): (...args: Term[]) => Term {
    const { module, name } = parseBifKey(key);
    return (...args) => raiseUndefined(this, atom(module), atom(name), listOf(args));
  }

  /** Every BIF has an export, for `apply` and funs. */
  private exportBifs(): void {
    for (const { row, table } of this.bifs.values()) {
      this.code.export(atom(table.module), atom(row.name), row.arity).state = 'bif';
    }
  }

  private wrappedBif({ module, functionName, arity }: ExportName): CallableFunction {
    const key = bifKey({ module: atomName(module), name: atomName(functionName), arity });
    return this.imports.shared.function(`call ${key} ${'i'.repeat(arity)}:i`);
  }

  // ---- tracing -----------------------------------------------------------------------------------------------------

  private makeTracing(): ProcessTracing {
    const { code } = this;
    const frames = code.allocateSlots(1);
    code.table.set(frames, this.prelude.function('traceReturn'));
    const nowhere = { module: am.undefined, name: am.undefined, arity: 0, slot: 0, file: undefined, line: 0 };
    const owner: PointOwner = {
      returnPoint: (point) => ({ ...nowhere, kind: 'trace', frameWords: code.frameWords(point) }),
      pointKind: () => 'trace',
    };
    const firstPoint = code.addPoints(
      owner,
      TRACE_FRAMES.flatMap(({ pc, frameWords }) => [pc, frameWords]),
      frames,
    );
    const tracing = new ProcessTracing(this, this.breakableCode(), firstPoint);
    this.loader.listener.retires = (module) => tracing.breakpoints.clearModule(module);
    this.loader.listener.loaded = (module) => moduleLoaded(tracing.breakpoints, tracing.sessions.all(), module);
    return tracing;
  }

  private breakableCode(): BreakableCode {
    const { code } = this;
    return {
      functions: (module) => functionsOf(code, module),
      tellCalls: (called) => {
        this.toldOfCalls = called === undefined ? undefined : (slot) => called(slot, false);
        this.markTracedBifs();
        code.tellCalls(called === undefined ? undefined : (slot) => called(slot, true));
      },
      setBreakpoints: (number, isLocal, isGlobal) => {
        const owner = code.numberOwner(number);
        if (owner === undefined) {
          code.fillSlot(number);
          this.bifCell(number).hasBreakpoint = isLocal || isGlobal;
          this.markTracedBifs();
          return;
        }
        const bits = (isLocal ? LOCAL_BREAKPOINT : 0) + (isGlobal ? GLOBAL_BREAKPOINT : 0);
        this.instruments.setBreakpoints(owner, number - owner.firstNumber, bits);
      },
    };
  }

  // ---- code --------------------------------------------------------------------------------------------------------

  private loadFound(module: Term, file: Uint8Array | undefined): boolean {
    return !this.code.modules.has(module) && file !== undefined && this.loadModule(file).name === module;
  }

  /** Loads the module in a .beam file and makes it the current one of its name. Throws LoadError. */
  loadModule(file: Uint8Array, options: LoadOptions = {}): LoadedModule {
    const started = this.host.clock.monotonicMilliseconds();
    const linked = this.prepareModule(file, options).link();
    linked.publish();
    if (this.flags.traceLoad) {
      const took = (this.host.clock.monotonicMilliseconds() - started).toFixed(1);
      this.host.writeError(`load ${atomName(linked.module.name)} ${file.length} bytes ${took} ms\n`);
    }
    return linked.module;
  }

  fromOutside(action: () => void): void {
    action();
    this.onOutside();
  }

  md5OfFile(file: Uint8Array): Uint8Array | undefined {
    return unlessDamaged(() => loadBeam(file).md5);
  }

  chunkOfFile(file: Uint8Array, name: string): Uint8Array | undefined {
    return unlessDamaged(() => readChunks(file).get(name));
  }

  tryPrepare(file: Uint8Array): PreparedModule | { readonly fault: string } {
    try {
      return this.prepareModule(file);
    } catch (error) {
      if (error instanceof LoadError) return { fault: error.message };
      throw error;
    }
  }

  /** Checks and translates a .beam file, or takes what the host's cache has of it. Throws LoadError. */
  prepareModule(file: Uint8Array, options: LoadOptions = {}): PreparedModule {
    const { translation, lasting } = this.translationOf(file, options);
    const kept = essentialFile(lasting);
    return {
      name: atom(translation.name),
      hasOnLoad: translation.onLoad !== undefined,
      link: () => {
        const linked = linkModule(this.code, translation, this.imports);
        linked.module.retranslate = this.retranslator(kept, options);
        return linked;
      },
    };
  }

  /** Holds on to the file, and to nothing else of the module's preparation. */
  private retranslator(file: Uint8Array, options: LoadOptions): () => Translation {
    return () => this.translationOf(file, { ...options, breakpoints: true }).translation;
  }

  /** `file` may be a view of linear memory, `lasting` is none once something is translated: that allocates. */
  private translationOf(file: Uint8Array, options: LoadOptions): { translation: Translation; lasting: Uint8Array } {
    const kept = this.keptTranslations(options);
    const known = kept?.find(file);
    if (known !== undefined) return { translation: known, lasting: file };
    const lasting = file.slice();
    const translation = this.translate(lasting, options);
    kept?.keep(lasting, translation);
    return { translation, lasting };
  }

  private keptTranslations({ lines, notes, onInstruction, breakpoints }: LoadOptions): KeptTranslations | undefined {
    const { codeCache } = this.host;
    if (codeCache === undefined || this.isPlain !== undefined || notes === true || onInstruction !== undefined) return;
    const variant = `OTP ${this.otpRelease}${lines === false ? ' without lines' : ''}${breakpoints === true ? ' with breakpoints' : ''}${this.flags.names ? ' with names' : ''}`;
    return new KeptTranslations(codeCache, variant);
  }

  private namePlain({ name, functions }: BeamModule, isPlain: IsPlain): void {
    for (const func of functions) {
      if (isPlain(name, func.name, func.arity)) this.host.writeError(`plain ${name}:${func.name}/${func.arity}\n`);
    }
  }

  /** What ENIGMA_COUNT_CALLS asks for, when the virtual machine ends. */
  writeCallCounts(): void {
    const { callCounts, flags } = this;
    if (callCounts === undefined || flags.countCalls === undefined) return;
    this.host.writeError(callCountLines(this.tracing, callCounts, flags.countCalls));
  }

  private translate(file: Uint8Array, { lines = true, ...options }: LoadOptions): Translation {
    const loaded = loadBeam(file);
    const beam = lines ? loaded : { ...loaded, lines: { ...loaded.lines, items: [], files: [] } };
    const isBif = (module: string, name: string, arity: number) => this.isBif(module, name, arity);
    if (this.flags.traceLoad && this.isPlain !== undefined) this.namePlain(beam, this.isPlain);
    const { names } = this.flags;
    const plain = this.isPlain === undefined ? {} : { isPlain: this.isPlain };
    return translationOf(beam, compileModule(beam, { ...options, ...plain, names, isBif }));
  }
}

/** Functions of current modules with their numbers; a BIF's is the slot of its export. */
function* functionsOf(code: CodeTable, wanted: Term | undefined): Generator<CodeFunction> {
  for (const module of [...code.modules.values()]) {
    if (wanted !== undefined && module.name !== wanted) continue;
    const exported = new Set(module.exports().map(({ name, arity }) => name * EXPORT_KEY + arity));
    for (const [index, { name, arity }] of module.functions().entries()) {
      const bif = code.isBif(module.name, name, arity) ? code.export(module.name, name, arity) : undefined;
      const isExported = exported.has(name * EXPORT_KEY + arity);
      const number = bif?.slot ?? module.firstNumber + index;
      yield { module: module.name, name, arity, number, isExported, isBif: bif !== undefined };
    }
  }
}

function prepareUnwinding(): void {
  const block = allocateBlock(UNWIND_BYTES);
  store(UNWIND_BASE, block);
  store(UNWIND_TOP, block);
}

function runningHeap() {
  if (running.heap === undefined) throw new Error('no process is running');
  return running.heap;
}

/** Calls a function with more arguments than the trampoline passes itself. */
function callLarge(table: WebAssembly.Table, func: number): number {
  const arity = arityOfWord(func);
  const args: Term[] = [];
  for (let i = 0; i < arity; i++) args.push(loadTerm(plus(X_REGISTERS, 4 * i)));
  const target = table.get(slotOfWord(func)) as (...args: Term[]) => number;
  return target(...args);
}

/** undefined: the bytes are those of no .beam file that can be read. */
function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof LoadError) return undefined;
    throw error;
  }
}
