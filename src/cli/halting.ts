/** The end of this process, the way that OTP was told to end. */
import process from 'node:process';
import { systemVersion } from '../bifs/erlang/system-info.ts';
import { writeCrashDump } from '../crash-dump/crash-dump.ts';
import type { Flush, Halt } from '../process/machine.ts';
import { whenAllWritten } from '../process/port-signals.ts';
import type { Vm } from '../vm.ts';

const FAILED = 1;
/** ERTS_HALT_FLUSH_TIMEOUT_EXIT_CODE */
const FLUSH_TOOK_TOO_LONG = 255;
/** The longest time that setTimeout takes. */
const LONGEST = 2 ** 31 - 1;

/** Ends the process, after what ports have still to write if that is wanted. */
export function endProcess(vm: Vm, halt: Halt): void {
  vm.writeCallCounts();
  if (halt.kind === 'status') return flushed(vm, halt.flush, () => process.exit(halt.status));
  if (halt.kind === 'abort') {
    process.kill(process.pid, 'SIGABRT');
    return;
  }
  // The emulator itself ends lines so, whatever they are written to.
  vm.host.writeError(`${halt.text}\n`.replaceAll('\n', '\r\n'));
  const facts = { slogan: halt.text, systemVersion: systemVersion(vm), memory: vm.memory.buffer.byteLength };
  if (writeCrashDump(vm, facts) === 'late') process.kill(process.pid, 'SIGALRM');
  else process.exit(FAILED);
}

function flushed(vm: Vm, flush: Flush, done: () => void): void {
  if (flush === undefined) return done();
  if (flush.timeout <= LONGEST) setTimeout(() => process.exit(FLUSH_TOOK_TOO_LONG), flush.timeout);
  whenAllWritten(vm, done);
}
