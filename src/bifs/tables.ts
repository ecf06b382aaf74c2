/** All BIF tables of the virtual machine. */

import { atomicsBifs, ertsInternalAtomicsBifs } from './atomics.ts';
import { binaryBifs, binaryListBifs, binarySearchBifs } from './binary/binary.ts';
import { erlDdllBifs } from './erl-ddll.ts';
import { erlTracerBifs } from './erl-tracer.ts';
import { erlangArithBifs } from './erlang/arith.ts';
import { erlangAtomBifs } from './erlang/atoms.ts';
import { erlangBinaryBifs } from './erlang/binaries.ts';
import { erlangByteListBifs } from './erlang/byte-lists.ts';
import { codeCoverageBifs, erlangCodeLoadingBifs, ertsInternalCodeLoadingBifs } from './erlang/code-loading.ts';
import { erlangDateBifs } from './erlang/dates.ts';
import { erlangPacketBifs } from './erlang/decode-packet.ts';
import { erlangDisplayBifs } from './erlang/display.ts';
import { erlangDynamicTraceBifs } from './erlang/dynamic-trace.ts';
import { erlangExceptionBifs } from './erlang/exceptions.ts';
import { erlangExternalBifs } from './erlang/external.ts';
import { erlangFunBifs } from './erlang/funs.ts';
import { erlangHaltBifs } from './erlang/halting.ts';
import { erlangChecksumBifs, erlangHashBifs } from './erlang/hashing.ts';
import { erlangIdentifierBifs } from './erlang/identifiers.ts';
import { erlangIodataBifs } from './erlang/iodata.ts';
import { erlangAppendBifs } from './erlang/list-append.ts';
import { erlangSubtractBifs } from './erlang/list-subtract.ts';
import { erlangListTupleBifs } from './erlang/lists-tuples.ts';
import { erlangLoadNifBifs } from './erlang/load-nif.ts';
import { ertsInternalMemoryBifs } from './erlang/memory.ts';
import { erlangMessageBifs } from './erlang/messages.ts';
import { erlangNodeBifs } from './erlang/nodes.ts';
import { erlangNumberConversionBifs, ertsInternalNumberBifs, stringNumberBifs } from './erlang/number-conversions.ts';
import { erlangDictionaryBifs } from './erlang/process-dictionary.ts';
import { erlangProcessFlagBifs, ertsInternalProcessFlagBifs } from './erlang/process-flags.ts';
import { erlangProcessInfoBifs } from './erlang/process-info.ts';
import { erlangProcessListBifs } from './erlang/process-list.ts';
import { erlangProcessBifs, ertsInternalProcessBifs } from './erlang/processes.ts';
import { erlangSpawnBifs } from './erlang/spawn.ts';
import { erlangSpawnRequestBifs, ertsInternalSpawnRequestBifs } from './erlang/spawn-request.ts';
import { erlangStatisticsBifs, ertsInternalStatisticsBifs } from './erlang/statistics.ts';
import { erlangSuspendingBifs, ertsInternalSuspendingBifs } from './erlang/suspending.ts';
import { erlangSystemFlagBifs } from './erlang/system-flags.ts';
import { erlangSystemInfoBifs } from './erlang/system-info.ts';
import { erlangTimeBifs, ertsInternalTimeBifs, osTimeBifs } from './erlang/time.ts';
import { erlangTypeTestBifs } from './erlang/type-tests.ts';
import { ertsDebugBifs } from './erts-debug.ts';
import { internalStateBifs } from './erts-debug-state.ts';
import { literalAreaBifs, traceCleanerBifs } from './erts-internal/collectors.ts';
import { ertsInternalSystemProcessBifs } from './erts-internal/system-processes.ts';
import { ertsInternalSystemTaskBifs } from './erts-internal/system-tasks.ts';
import { ertsInternalTermBifs } from './erts-internal/terms.ts';
import { etsChunkBifs } from './ets/chunks.ts';
import { ertsInternalEtsInfoBifs, etsInfoBifs } from './ets/info.ts';
import { etsInsertBifs } from './ets/insert.ts';
import { erlangMatchSpecBifs, etsMatchSpecBifs } from './ets/match-specs.ts';
import { ertsInternalEtsWalkBifs, etsObjectBifs } from './ets/objects.ts';
import { etsSelectBifs } from './ets/select.ts';
import { ertsInternalEtsAccessBifs, etsTableBifs } from './ets/tables.ts';
import { etsUpdateBifs } from './ets/update.ts';
import { errorLoggerBifs, ioBifs, netKernelBifs } from './host-facts.ts';
import { listsBifs } from './lists.ts';
import { mapsBifs, mapsBuildBifs } from './maps.ts';
import { mathBifs } from './math.ts';
import { osBifs } from './os.ts';
import { ertsInternalPersistentTermBifs, persistentTermBifs } from './persistent-term.ts';
import { erlangPortBifs, ertsInternalPortBifs } from './ports/ports.ts';
import { primBufferBifs } from './prim-buffer.ts';
import { primFileSystemBifs } from './prim-file/file-system.ts';
import { fileBifs, primFileNameBifs } from './prim-file/names.ts';
import { primFileOpenBifs } from './prim-file/open-files.ts';
import { primTtyBifs } from './prim-tty.ts';
import { reBifs } from './re/re.ts';
import { recordsBifs } from './records.ts';
import type { BifTable } from './registry.ts';
import { debugBreakpointBifs } from './trace/patterns.ts';
import { erlangSystemMonitorBifs } from './trace/system-monitor.ts';
import { erlangSystemProfileBifs } from './trace/system-profile.ts';
import { erlangTraceBifs, ertsInternalTraceBifs } from './trace/trace.ts';
import { unicodeBifs } from './unicode.ts';
import { zlibBifs } from './zlib/zlib.ts';

export const bifTables: readonly BifTable[] = [
  erlangTraceBifs,
  ertsInternalTraceBifs,
  erlangSystemMonitorBifs,
  erlangSystemProfileBifs,
  erlangArithBifs,
  erlangListTupleBifs,
  erlangTypeTestBifs,
  erlangNumberConversionBifs,
  ertsInternalNumberBifs,
  stringNumberBifs,
  mathBifs,
  erlangExceptionBifs,
  erlangMessageBifs,
  erlangDictionaryBifs,
  erlangProcessFlagBifs,
  ertsInternalProcessFlagBifs,
  ertsInternalMemoryBifs,
  erlangProcessInfoBifs,
  erlangProcessListBifs,
  erlangProcessBifs,
  erlangSpawnBifs,
  ertsInternalProcessBifs,
  binaryBifs,
  binarySearchBifs,
  binaryListBifs,
  erlangAtomBifs,
  erlangBinaryBifs,
  erlangByteListBifs,
  erlangIodataBifs,
  erlangDateBifs,
  erlangPacketBifs,
  erlangDisplayBifs,
  erlangExternalBifs,
  codeCoverageBifs,
  erlangCodeLoadingBifs,
  ertsInternalCodeLoadingBifs,
  erlangFunBifs,
  erlangChecksumBifs,
  erlangHashBifs,
  erlangDynamicTraceBifs,
  erlangHaltBifs,
  erlangSpawnRequestBifs,
  ertsInternalSpawnRequestBifs,
  erlangStatisticsBifs,
  ertsInternalStatisticsBifs,
  erlangSuspendingBifs,
  ertsInternalSuspendingBifs,
  erlangSystemFlagBifs,
  literalAreaBifs,
  traceCleanerBifs,
  erlangNodeBifs,
  ertsInternalSystemProcessBifs,
  ertsInternalSystemTaskBifs,
  erlangIdentifierBifs,
  erlangAppendBifs,
  erlangSubtractBifs,
  erlangSystemInfoBifs,
  erlangTimeBifs,
  ertsInternalTimeBifs,
  osTimeBifs,
  ertsInternalTermBifs,
  errorLoggerBifs,
  ertsDebugBifs,
  debugBreakpointBifs,
  internalStateBifs,
  fileBifs,
  ioBifs,
  netKernelBifs,
  listsBifs,
  mapsBifs,
  mapsBuildBifs,
  recordsBifs,
  unicodeBifs,
  atomicsBifs,
  ertsInternalAtomicsBifs,
  erlDdllBifs,
  erlTracerBifs,
  erlangLoadNifBifs,
  osBifs,
  persistentTermBifs,
  ertsInternalPersistentTermBifs,
  erlangPortBifs,
  ertsInternalPortBifs,
  primTtyBifs,
  reBifs,
  primBufferBifs,
  primFileSystemBifs,
  primFileNameBifs,
  primFileOpenBifs,
  zlibBifs,
  etsTableBifs,
  etsInsertBifs,
  etsObjectBifs,
  etsUpdateBifs,
  etsSelectBifs,
  etsChunkBifs,
  etsInfoBifs,
  etsMatchSpecBifs,
  erlangMatchSpecBifs,
  ertsInternalEtsAccessBifs,
  ertsInternalEtsInfoBifs,
  ertsInternalEtsWalkBifs,
];
