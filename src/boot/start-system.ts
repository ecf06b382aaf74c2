/** Puts OTP's own first modules and processes into a virtual machine (erl_start and load_preloaded in OTP's erl_init.c). */
import { ProcessHeap } from '../memory/process-heap.ts';
import { handleFirstSignals } from '../process/os-signals.ts';
import type { Process } from '../process/process.ts';
import { type SpawnOptions, spawnProcess } from '../process/spawn.ts';
import { am, atom } from '../term/atoms.ts';
import { makeBinary } from '../term/bits.ts';
import { listOf } from '../term/build.ts';
import { NIL, type Term } from '../term/layout.ts';
import type { Vm } from '../vm.ts';

/** The modules that OTP links into its emulator, in the order in which it loads them (erts/emulator/Makefile.in). */
export const PRELOADED = [
  'erts_code_purger',
  'erl_init',
  'init',
  'prim_buffer',
  'prim_eval',
  'prim_inet',
  'prim_file',
  'zlib',
  'socket_registry',
  'prim_socket',
  'prim_net',
  'prim_zip',
  'erl_prim_loader',
  'erlang',
  'erts_internal',
  'erl_tracer',
  'erts_literal_area_collector',
  'erts_trace_cleaner',
  'erts_dirty_process_signal_handler',
  'atomics',
  'counters',
  'persistent_term',
] as const;

const LOW_TO_MAX = { normal: 1, high: 2, max: 3 } as const;

/** Processes that the emulator starts itself, in this order: the module whose start/0 they run, and their priority. */
const SYSTEM_PROCESSES = [
  ['erts_code_purger', 'high'],
  ['erts_literal_area_collector', 'high'],
  ['erts_dirty_process_signal_handler', 'normal'],
  ['erts_dirty_process_signal_handler', 'high'],
  ['erts_dirty_process_signal_handler', 'max'],
  ['erts_trace_cleaner', 'normal'],
] as const;

export interface SystemStart {
  /** The .beam file of a preloaded module; undefined: this release has no such module. */
  readonly findModule: (name: string) => Uint8Array | undefined;
  /** Arguments of the emulator that are not its own: what init:start gets. */
  readonly arguments: readonly Uint8Array[];
  /** The module whose boot/1 the first process ends up in; `init` unless told (emulator flag +i). */
  readonly initModule?: string;
}

/** Loads the preloaded modules and makes the first processes; nothing runs yet. */
export function startSystem(vm: Vm, { findModule, arguments: args, initModule = 'init' }: SystemStart): Process {
  for (const name of PRELOADED) {
    const file = findModule(name);
    if (file !== undefined) vm.preloaded.unshift(vm.loadModule(file, { lines: false }).name);
  }
  handleFirstSignals(vm);
  vm.clockService.start();
  const first = spawnFirst(vm, initModule, args);
  for (const [module, priority] of SYSTEM_PROCESSES) {
    if (!vm.preloaded.includes(atom(module))) continue;
    const options = { isSystem: true, priority: LOW_TO_MAX[priority], otherFlags: offHeapMessages() };
    const made = spawn(vm, first, { module: atom(module), name: am.start, args: () => NIL, arity: 0 }, options);
    if (module === 'erts_literal_area_collector') vm.literalReleases.collector = made;
  }
  return first;
}

function offHeapMessages(): Map<Term, Term> {
  return new Map([[am.message_queue_data, am.off_heap]]);
}

function spawnFirst(vm: Vm, initModule: string, args: readonly Uint8Array[]): Process {
  const build = () => listOf([atom(initModule), listOf(args.map((argument) => makeBinary(argument)))]);
  return spawn(vm, undefined, { module: am.erl_init, name: am.start, args: build, arity: 2 }, { isSystem: true });
}

interface FirstCall {
  readonly module: Term;
  readonly name: Term;
  readonly arity: number;
  /** Builds the list of arguments. */
  readonly args: () => Term;
}

/** Builds the arguments on a heap of their own, from which the new process takes a copy. */
function spawn(vm: Vm, parent: Process | undefined, call: FirstCall, options: SpawnOptions): Process {
  const heap = ProcessHeap.create();
  heap.activate();
  const { process } = spawnProcess(vm, parent, call, call.args(), options);
  heap.deactivate();
  heap.destroy();
  return process;
}
