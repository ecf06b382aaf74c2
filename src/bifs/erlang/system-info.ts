/** erlang:system_info/1 (erl_bif_info.c). What it says of schedulers, memory and host is true of this virtual machine, not of OTP's. */

import { HEAP_SIZES } from '../../memory/heap-sizes.ts';
import type { Machine } from '../../process/machine.ts';
import { listOfText } from '../../runtime/number-text.ts';
import { distributionReport, moduleReport, processesReport, systemReport } from '../../runtime/system-reports.ts';
import { withWholeStack } from '../../runtime/whole-stack.ts';
import { am, atom, atomCount } from '../../term/atoms.ts';
import { MAX_BIG_DIGITS, makeBigInt, makeInteger } from '../../term/bignum.ts';
import { makeBinary } from '../../term/bits.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isTuple, makeSmall, tupleArity, tupleElement } from '../../term/term.ts';
import { encodeUtf8 } from '../../term/utf8.ts';
import type { BifTable } from '../registry.ts';
import { isInBifTable } from './bif-table.ts';
import { heapLimitTerm } from './heap-limits.ts';
import { allocatedAreas, allocatorInfo, allocatorNames, requestMemory } from './memory.ts';
import { release } from './releases.ts';

const WORD_BYTES = 4;
const SCHEDULERS = 1;
const ETS_LIMIT = 8192;
const REDUCTIONS = 4000;
const DIST_BUFFER_LIMIT = 2 ** 20;
const ARCHITECTURE = 'wasm32-unknown-enigma';

type Item = (vm: Machine) => Term;

const number =
  (value: number): Item =>
  () =>
    makeInteger(value);
const name =
  (value: Term): Item =>
  () =>
    value;
const text =
  (value: string): Item =>
  () =>
    listOfText(value);

/** What erlang:system_info(system_version) says, without the end of its line. */
export function systemVersion(vm: Machine): string {
  return `Erlang/OTP ${vm.otpRelease} [erts-${release(vm).erts}] [enigma] [wasm] [smp:1:1] [ds:0:0:0]`;
}

const VERSION_ITEMS: Readonly<Record<string, Item>> = {
  otp_release: (vm) => listOfText(String(vm.otpRelease)),
  version: (vm) => listOfText(release(vm).erts),
  system_version: (vm) => listOfText(`${systemVersion(vm)}\n`),
  compat_rel: (vm) => makeInteger(vm.otpRelease),
  nif_version: (vm) => listOfText(release(vm).nif),
  driver_version: (vm) => listOfText(release(vm).driver),
  machine: text('BEAM'),
  endian: name(am.little),
  os_type: ({ host }) => tuple(atom(host.system.family), atom(host.system.name)),
  os_version: ({ host }) => tuple(...host.system.version.map((part) => makeInteger(part))),
  system_architecture: text(ARCHITECTURE),
  build_type: () => atom('opt'),
  emu_type: () => atom('opt'),
  emu_flavor: () => atom('jit'),
  c_compiler_used: () => tuple(am.undefined, am.undefined),
  hipe_architecture: name(am.undefined),
};

const SCHEDULER_ITEMS: Readonly<Record<string, Item>> = {
  schedulers: number(SCHEDULERS),
  schedulers_online: number(SCHEDULERS),
  schedulers_total: number(SCHEDULERS),
  schedulers_active: number(SCHEDULERS),
  schedulers_state: () => tuple(makeSmall(SCHEDULERS), makeSmall(SCHEDULERS), makeSmall(SCHEDULERS)),
  all_schedulers_state: () =>
    listOf([tuple(am.normal, makeSmall(SCHEDULERS), makeSmall(SCHEDULERS), makeSmall(SCHEDULERS))]),
  scheduler_id: number(1),
  scheduler_bind_type: () => atom('unbound'),
  scheduler_bindings: () => tuple(am.unbound),
  run_queues: number(SCHEDULERS),
  dirty_cpu_schedulers: number(0),
  dirty_cpu_schedulers_online: number(0),
  dirty_io_schedulers: number(0),
  multi_scheduling: (vm) => atom(vm.schedulingBlocks.state(vm.processes)),
  multi_scheduling_blockers: name(NIL),
  normal_multi_scheduling_blockers: name(NIL),
  logical_processors: number(1),
  logical_processors_available: number(1),
  logical_processors_online: number(1),
  cpu_topology: name(am.undefined),
  cpu_quota: () => atom('unknown'),
  update_cpu_info: () => atom('unchanged'),
  smp_support: name(am.true),
  threads: name(am.true),
  thread_pool_size: number(1),
  async_threads: number(1),
  io_thread: name(am.false),
  context_reductions: number(REDUCTIONS),
};

const LIMIT_ITEMS: Readonly<Record<string, Item>> = {
  process_limit: (vm) => makeInteger(vm.processes.limit),
  process_count: (vm) => makeInteger(vm.processes.count),
  port_limit: (vm) => makeInteger(vm.ports.limit),
  port_count: (vm) => makeInteger(vm.ports.count),
  atom_limit: (vm) => makeInteger(vm.settings.atomLimit),
  atom_count: () => makeInteger(atomCount()),
  ets_limit: number(ETS_LIMIT),
  ets_count: ({ ets }) => makeInteger(ets.all().length),
  outstanding_system_requests_limit: ({ systemRequestsLimit }) => makeInteger(systemRequestsLimit),
  dist_buf_busy_limit: number(DIST_BUFFER_LIMIT),
  max_integer: () => makeBigInt(2n ** BigInt(MAX_BIG_DIGITS * 32) - 1n),
};

const HEAP_ITEMS: Readonly<Record<string, Item>> = {
  wordsize: number(WORD_BYTES),
  heap_sizes: () => listOf(HEAP_SIZES.map((words) => makeInteger(words))),
  heap_type: () => atom('private'),
  fullsweep_after: (vm) => tuple(am.fullsweep_after, makeInteger(vm.heapDefaults.fullsweepAfter)),
  min_heap_size: (vm) => tuple(am.min_heap_size, makeInteger(vm.heapDefaults.minHeapWords)),
  min_bin_vheap_size: (vm) => tuple(am.min_bin_vheap_size, makeInteger(vm.heapDefaults.minVirtualHeapWords)),
  max_heap_size: (vm) => heapLimitTerm(vm, vm.heapDefaults.limit),
  garbage_collection: ({ heapDefaults: { limit, minVirtualHeapWords, minHeapWords, fullsweepAfter } }) =>
    listOf([
      tuple(am.max_heap_size, makeInteger(limit.words)),
      tuple(am.min_bin_vheap_size, makeInteger(minVirtualHeapWords)),
      tuple(am.min_heap_size, makeInteger(minHeapWords)),
      tuple(am.fullsweep_after, makeInteger(fullsweepAfter)),
    ]),
  message_queue_data: (vm) => (vm.settings.offHeapMessages ? am.off_heap : am.on_heap),
  allocator: () => tuple(am.undefined, NIL, NIL, NIL),
  alloc_util_allocators: allocatorNames,
  allocated_areas: allocatedAreas,
  constant_pool_support: name(am.true),
  literal_test: () => atom('tag'),
};

const TIME_ITEMS: Readonly<Record<string, Item>> = {
  time_offset: ({ time }) => atom(time.offsetState),
  time_correction: ({ time }) => (time.settings.correction ? am.true : am.false),
  time_warp_mode: ({ time }) => atom(time.settings.warpMode),
  tolerant_timeofday: ({ time }) =>
    atom(time.settings.correction && time.offsetState === 'final' ? 'enabled' : 'disabled'),
  start_time: (vm) => makeBigInt(vm.time.start),
  end_time: () => makeBigInt(2n ** 63n - 1n),
  modified_timing_level: name(am.undefined),
};

/** The functions of OTP's bif.tab that are here, as {Module, Function, Arity}. */
function snifs(vm: Machine): Term {
  const bifs = [...vm.code.bifs()].filter(({ module, name, arity }) => isInBifTable(vm, module, name, arity));
  return listOf(bifs.map(({ module, name, arity }) => tuple(module, name, makeSmall(arity))));
}

const OTHER_ITEMS: Readonly<Record<string, Item>> = {
  snifs,
  creation: (vm) => makeInteger(vm.nodes.self.creation),
  dist_ctrl: name(NIL),
  async_dist: name(am.false),
  system_logger: (vm) => vm.systemLogger,
  taints: name(NIL),
  break_ignored: name(am.false),
  debug_compiled: name(am.false),
  lock_checking: name(am.false),
  lock_counting: name(am.false),
  kernel_poll: name(am.false),
  eager_check_io: name(am.true),
  port_parallelism: name(am.false),
  port_tasks: name(am.true),
  dynamic_trace: name(am.none),
  dynamic_trace_probes: name(am.false),
  sequential_tracer: (vm) => tuple(am.sequential_tracer, vm.tracing.sequential.tracerTerm()),
  trace_control_word: (vm) => makeInteger(vm.traceControlWord),
  halt_flush_timeout: name(am.infinity),
  beam_jump_table: name(am.true),
  ets_always_compress: name(am.false),
  ets_realloc_moves: name(am.false),
};

const ITEMS: ReadonlyMap<Term, Item> = new Map(
  [VERSION_ITEMS, SCHEDULER_ITEMS, LIMIT_ITEMS, HEAP_ITEMS, TIME_ITEMS, OTHER_ITEMS].flatMap((items) =>
    Object.entries(items).map(([item, read]) => [atom(item), read] as const),
  ),
);

/** Items of the form {Item, Argument}: the size of a word, the topology of the host. */
function itemOf(vm: Machine, t: Term): Term {
  if (tupleArity(t) !== 2 && tupleArity(t) !== 3) throw badarg();
  const item = tupleElement(t, 1);
  const isOfAllocators = item === am.allocator || item === am.allocator_sizes;
  if (tupleArity(t) === 3) {
    if (!isOfAllocators && item !== atom('memory_internal')) throw badarg();
    return requestMemory(vm, tupleElement(t, 2), tupleElement(t, 3));
  }
  const argument = tupleElement(t, 2);
  if (item === am.wordsize && (argument === am.internal || argument === am.external)) return makeSmall(WORD_BYTES);
  if (item === am.cpu_topology && [am.defined, am.detected, am.used].includes(argument as never)) return am.undefined;
  if (isOfAllocators) return allocatorInfo(vm, item, argument);
  throw badarg();
}

/** Items that are told as text in a binary; they show the stack of the process that asks, too. */
const REPORTS: ReadonlyMap<Term, (vm: Machine) => string> = new Map([
  [am.info, systemReport],
  [atom('procs'), processesReport],
  [am.loaded, moduleReport],
  [atom('dist'), distributionReport],
]);

/** system_info/1. Raises badarg for what is no item. */
function systemInfo(vm: Machine, item: Term): Term {
  if (isTuple(item)) return itemOf(vm, item);
  const report = REPORTS.get(item);
  if (report !== undefined) {
    return withWholeStack(vm, am.erlang, atom('system_info'), [item]) ?? makeBinary(encodeUtf8(report(vm)));
  }
  const read = ITEMS.get(item);
  if (read === undefined) throw badarg();
  return read(vm);
}

export const erlangSystemInfoBifs: BifTable = {
  module: 'erlang',
  rows: [{ name: 'system_info', arity: 1, fn: systemInfo }],
};
