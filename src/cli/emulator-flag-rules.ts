// lint: table
/** The flags of OTP's emulator and the values that each may have (erl_start and early_init in erl_init.c, erl_check_io.c, erl_alloc.c). */

/** Whether a value will do. */
export type Check = (value: string) => boolean;

/** A flag: letters behind its `-`, and how its value, in the same or in the next argument, is judged. */
export interface FlagRule {
  readonly flag: string;
  /** Without it the flag takes no value. */
  readonly check?: Check;
  /** Said of a bad value, with %s for it. */
  readonly complaint?: string;
  /** The flag is the whole argument; otherwise the value may follow at once. */
  readonly alone?: boolean;
}

/** What atoi and strtol make of a text. */
export function leadingInteger(text: string): number {
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? 0 : value;
}

const INT_MAX = 2 ** 31 - 1;
const LARGEST_TABLE = 2 ** 27 - 1;
const MOST_SCHEDULERS = 1024;
const STACK_SIZES = [20, 8192] as const;

const anything: Check = () => true;
const within =
  (least: number, most: number): Check =>
  (value) =>
    leadingInteger(value) >= least && leadingInteger(value) <= most;
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value);
const either =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const positive = within(1, Number.MAX_SAFE_INTEGER);
const bool = oneOf('true', 'false');
const table = either(oneOf('legacy'), within(1024, LARGEST_TABLE));
const busyWait = oneOf('none', 'very_short', 'short', 'medium', 'long', 'very_long');
const wakeup = oneOf('very_low', 'low', 'medium', 'high', 'very_high');
const bindTypes = oneOf('db', 'default_bind', 'ns', 'nnps', 'nnts', 'ps', 's', 'tnnps', 'ts', 'u');
const isWhole: Check = (value) => /^\s*[+-]?\d+$/.test(value);
const wholeWithin =
  (least: number, most: number): Check =>
  (value) =>
    isWhole(value) && within(least, most)(value);

/** Read first, wherever they stand. Schedulers (-S…) are judged together, in emulator-flags.ts. */
export const EARLY_FLAGS: readonly FlagRule[] = [
  { flag: 'dcg', check: isWhole, complaint: 'bad decentralized counter groups limit: %s' },
  { flag: 'rg', check: wholeWithin(0, INT_MAX), complaint: 'bad reader groups limit: %s' },
  { flag: 'A', check: within(0, MOST_SCHEDULERS), complaint: 'bad number of async threads %s' },
];

/** Read and taken away before the flags of the last list. */
export const MIDDLE_FLAGS: readonly FlagRule[] = [
  { flag: 'IOPt', check: wholeWithin(0, 100), complaint: 'bad I/O poll thread percentage number: %s' },
  { flag: 'IOPp', check: wholeWithin(0, 100), complaint: 'bad I/O pollset percentage number: %s' },
  { flag: 'IOt', check: within(1, MOST_SCHEDULERS), complaint: 'bad I/O poll threads number: %s' },
  { flag: 'IOp', check: positive, complaint: 'bad I/O pollset number: %s' },
  { flag: 'IOs', check: bool, complaint: 'bad +IOs boolean argument: %s' },
  { flag: 'K', check: anything },
];

/** Of those with common first letters the longest comes first. */
export const LATE_FLAGS: readonly FlagRule[] = [
  { flag: 'pc', check: oneOf('unicode', 'latin1'), complaint: 'bad range of printable characters: %s' },
  { flag: 'pad', check: bool, complaint: 'bad async dist value %s' },
  { flag: 'L' },
  { flag: 'V' },
  { flag: 'v' },
  { flag: 'H' },
  { flag: 'hmbs', check: positive, complaint: 'bad heap size %s' },
  { flag: 'hms', check: positive, complaint: 'bad heap size %s' },
  { flag: 'hpds', check: positive, complaint: 'bad initial process dictionary size %s' },
  { flag: 'hmqd', check: oneOf('on_heap', 'off_heap'), complaint: 'Invalid message_queue_data flag: %s' },
  { flag: 'hmaxk', check: bool, complaint: 'bad max heap kill %s' },
  { flag: 'hmaxel', check: bool, complaint: 'bad max heap error logger %s' },
  { flag: 'hmaxib', check: bool, complaint: 'bad max heap include bins %s' },
  { flag: 'hmax', check: within(0, Number.MAX_SAFE_INTEGER), complaint: 'bad max heap size %s' },
  { flag: 'h', check: positive, complaint: 'bad heap size %s' },
  { flag: 'd' },
  { flag: 'ec', alone: true },
  { flag: 'e', check: within(0, INT_MAX), complaint: 'bad maximum number of ets tables %s' },
  { flag: 'i', check: anything },
  { flag: 'JDdump', check: bool, complaint: 'bad +JDdump flag %s' },
  { flag: 'JPperfdirectory', check: anything },
  {
    flag: 'JPperf',
    check: oneOf('true', 'false', 'dump', 'map', 'fp', 'no_fp'),
    complaint: 'bad +JPperf support flag %s',
  },
  {
    flag: 'JPcover',
    check: oneOf('true', 'false', 'function', 'function_counters', 'line', 'line_counters'),
    complaint: 'bad +JPcover flag %s',
  },
  { flag: 'JMsingle', check: bool, complaint: 'bad +JMsingle support flag %s' },
  { flag: 'JD' },
  { flag: 'JP' },
  { flag: 'n', check: oneOf('s', 'a', 'd'), complaint: 'bad -n option %s' },
  { flag: 'P', check: table, complaint: 'bad number of processes %s' },
  { flag: 'Q', check: table, complaint: 'bad number of ports %s' },
  { flag: 'SDPcpu', check: anything },
  { flag: 'SDcpu', check: anything },
  { flag: 'SDio', check: anything },
  { flag: 'SP', check: anything },
  { flag: 'S', check: anything },
  { flag: 'sbt', check: bindTypes, complaint: "setting scheduler bind type '%s' failed: invalid type" },
  { flag: 'sbwtdcpu', check: busyWait, complaint: 'bad dirty CPU scheduler busy wait threshold: %s' },
  { flag: 'sbwtdio', check: busyWait, complaint: 'bad dirty IO scheduler busy wait threshold: %s' },
  { flag: 'sbwt', check: busyWait, complaint: 'bad scheduler busy wait threshold: %s' },
  { flag: 'scl', check: bool, complaint: "bad scheduler compact load value '%s'" },
  { flag: 'sct', check: anything },
  { flag: 'secio', check: anything },
  { flag: 'spp', check: bool, complaint: 'bad port parallelism scheduling hint %s' },
  { flag: 'stbt', check: bindTypes, complaint: "setting scheduler bind type '%s' failed: invalid type" },
  { flag: 'sub', check: bool, complaint: "bad scheduler utilization balancing  value '%s'" },
  {
    flag: 'swct',
    check: oneOf('very_lazy', 'lazy', 'medium', 'eager', 'very_eager'),
    complaint: 'scheduler wake cleanup threshold: %s',
  },
  { flag: 'swtdcpu', check: wakeup, complaint: 'dirty CPU scheduler wakeup threshold: %s' },
  { flag: 'swtdio', check: wakeup, complaint: 'dirty IO scheduler wakeup threshold: %s' },
  { flag: 'swt', check: wakeup, complaint: 'scheduler wakeup threshold: %s' },
  { flag: 'sws', check: oneOf('default', 'legacy'), complaint: 'scheduler wakeup strategy: %s' },
  { flag: 'sssdcpu', check: within(...STACK_SIZES), complaint: 'bad stack size for dirty CPU scheduler threads %s' },
  { flag: 'sssdio', check: within(...STACK_SIZES), complaint: 'bad stack size for dirty IO scheduler threads %s' },
  { flag: 'ssrct' },
  { flag: 'sss', check: within(...STACK_SIZES), complaint: 'bad stack size for scheduler threads %s' },
  { flag: 'sfwi', check: within(0, Number.MAX_SAFE_INTEGER), complaint: 'bad scheduler forced wakeup interval %s' },
  { flag: 't', check: within(8192, INT_MAX), complaint: 'bad atom table size %s' },
  { flag: 'T', check: within(0, 9), complaint: 'bad modified timing level %s' },
  { flag: 'A', check: anything },
  { flag: 'a', check: within(16, 8192), complaint: 'bad stack size for async threads %s' },
  { flag: 'rg', check: anything },
  { flag: 'r' },
  {
    flag: 'C',
    check: oneOf('no_time_warp', 'single_time_warp', 'multi_time_warp'),
    complaint: 'Invalid time warp mode: %s',
  },
  {
    flag: 'W',
    check: (value) => ['i', 'e', 'w'].includes(value.charAt(0)),
    complaint: 'unrecognized warning_map option %s',
  },
  { flag: 'zdbbl', check: within(1, Math.floor(INT_MAX / 1024)), complaint: 'Invalid dbbl limit: %d' },
  {
    flag: 'zdntgc',
    check: either(oneOf('infinity'), wholeWithin(0, 100_000_000)),
    complaint: 'Invalid delayed node table gc: %s',
  },
  {
    flag: 'zebwt',
    check: either(busyWait, oneOf('extremely_long')),
    complaint: 'Invalid ets busy wait threshold: %s',
  },
  { flag: 'zosrl', check: within(1, LARGEST_TABLE), complaint: 'Invalid outstanding requests limit %s' },
  { flag: 'zhft', check: either(oneOf('infinity'), within(0, INT_MAX)), complaint: 'Invalid halt flush timeout %s' },
];
