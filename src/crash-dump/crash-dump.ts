/** erl_crash.dump, as OTP's crashdump_viewer reads it (erl_crash_dump_v in break.c). No process may be running. */
import { type OpenFile, PosixError } from '../host/files.ts';
import type { Machine } from '../process/machine.ts';
import { dateOfSeconds } from '../runtime/calendar.ts';
import { atomCount } from '../term/atoms.ts';
import { decodeUtf8, encodeUtf8 } from '../term/utf8.ts';
import { dumpProcesses, dumpProcessesDeeply } from './dump-processes.ts';
import {
  dumpAtoms,
  dumpMemory,
  dumpModules,
  dumpNode,
  dumpPorts,
  dumpScheduler,
  dumpTables,
  dumpTimers,
} from './dump-system.ts';
import { DumpEnded, DumpWriter } from './dump-writer.ts';

const SECOND = 1000;
const NANOSECONDS = 1_000_000_000n;
const SECONDS_PER_DAY = 86400;
/** 1970-01-01 was a Thursday. */
const WEEKDAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Owner and group may read it. */
const PERMISSIONS = 0o640;
const STOPPED = '\n=abort:CRASH DUMP SIZE LIMIT REACHED\n';
const NAME = 'erl_crash.dump';

export interface CrashFacts {
  readonly slogan: string;
  /** What erlang:system_info(system_version) says, without the end of its line. */
  readonly systemVersion: string;
  /** Bytes of all memory. */
  readonly memory: number;
}

/** `late`: it took longer than ERL_CRASH_DUMP_SECONDS, after which native OTP is ended by its alarm. */
export type DumpResult = 'none' | 'written' | 'late';

function variable(vm: Machine, name: string): string | undefined {
  const value = vm.environment.get(encodeUtf8(name));
  return value === undefined ? undefined : decodeUtf8(value, 0, value.length);
}

/** As atoi: digits at the beginning, else 0. */
function seconds(vm: Machine): number {
  const text = variable(vm, 'ERL_CRASH_DUMP_SECONDS');
  return text === undefined ? -1 : Number.parseInt(text, 10) || 0;
}

function byteLimit(vm: Machine): number {
  const text = variable(vm, 'ERL_CRASH_DUMP_BYTES') ?? '';
  return /^[+ ]*\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

/** Writes the dump that the environment asks for, and says so where a person looks for errors. */
export function writeCrashDump(vm: Machine, facts: CrashFacts): DumpResult {
  const time = seconds(vm);
  const byteCount = byteLimit(vm);
  const isForHeart = vm.ports.all().some(({ driver }) => driver.name.startsWith('heart '));
  if (time === 0 || byteCount === 0 || (isForHeart && variable(vm, 'ERL_CRASH_DUMP_SECONDS') === undefined))
    return 'none';
  const name = variable(vm, 'ERL_CRASH_DUMP') ?? NAME;
  vm.host.writeError(`\r\nCrash dump is being written to: ${name}...`);
  const { files, clock } = vm.host;
  const bytes = encodeUtf8(name);
  let file: OpenFile;
  try {
    const plain = { exclusive: false, append: false, sync: false, directory: false, skipTypeCheck: true };
    file = files.open(bytes, { ...plain, read: false, write: true });
    files.setPermissions(bytes, PERMISSIONS);
  } catch (error) {
    if (error instanceof PosixError) return 'none';
    throw error;
  }
  const end = time < 0 ? Number.POSITIVE_INFINITY : clock.monotonicMilliseconds() + time * SECOND;
  const limits = { byteCount, isLate: () => clock.monotonicMilliseconds() > end };
  const result = fill(vm, file, facts, new DumpWriter((part) => file.write([part]), limits));
  file.close();
  // A dump that was cut off ends the emulator at once.
  if (result === 'written') vm.host.writeError('done\r\n');
  return result === 'late' ? 'late' : 'written';
}

function fill(vm: Machine, file: OpenFile, facts: CrashFacts, writer: DumpWriter): 'written' | 'full' | 'late' {
  try {
    dumpAll(writer, vm, facts);
    writer.flush();
    return 'written';
  } catch (error) {
    if (!(error instanceof DumpEnded)) throw error;
    if (error.reason === 'full') file.write([encodeUtf8(STOPPED)]);
    return error.reason;
  }
}

/** As ctime(3): Sun Nov 22 23:01:45 2026. */
function timeText(vm: Machine): string {
  const utc = vm.host.clock.systemNanoseconds() / NANOSECONDS;
  const seconds = utc + BigInt(vm.host.clock.localOffsetSeconds?.(Number(utc)) ?? 0);
  const [year, month, day, ...time] = dateOfSeconds(seconds);
  const weekday = WEEKDAYS[Math.floor(Number(seconds) / SECONDS_PER_DAY) % WEEKDAYS.length];
  const clock = time.map((part) => String(part).padStart(2, '0')).join(':');
  return `${weekday} ${MONTHS[month - 1]} ${String(day).padStart(2)} ${clock} ${year}`;
}

function dumpAll(writer: DumpWriter, vm: Machine, { slogan, systemVersion, memory }: CrashFacts): void {
  writer.line('=erl_crash_dump:0.5');
  writer.line(timeText(vm));
  writer.line(`Slogan: ${slogan}`);
  writer.line(`System version: ${systemVersion}`);
  writer.line('Taints: ');
  writer.line(`Atoms: ${atomCount()}`);
  writer.line('Calling Thread: scheduler:1');
  dumpScheduler(writer, vm);
  dumpMemory(writer, vm, memory);
  dumpProcesses(writer, vm);
  dumpPorts(writer, vm);
  dumpTables(writer, vm);
  dumpTimers(writer, vm);
  dumpNode(writer, vm);
  dumpModules(writer, vm);
  dumpProcessesDeeply(writer, vm);
  dumpAtoms(writer);
  writer.line('=end');
}
