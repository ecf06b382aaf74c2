/** The settings of open_port/2 (open_port in erl_bif_port.c). */
import { listElements } from '../../runtime/apply.ts';
import { am } from '../../term/atoms.ts';
import type { Term } from '../../term/layout.ts';
import { boolean, natural, pairOf } from '../erlang/arguments.ts';

export interface PortOptions {
  /** Bytes of the length before each packet; 0: no packets. */
  packetBytes: number;
  /** Longest part of a line; 0: no lines. */
  lineBytes: number;
  read: boolean;
  write: boolean;
  binary: boolean;
  /** Tell the end of input by a message, and stay open. */
  eof: boolean;
  exitStatus: boolean;
  useStdio: boolean;
  redirectStderr: boolean;
  env: Term | undefined;
  args: Term | undefined;
  arg0: Term | undefined;
  cd: Term | undefined;
}

const PACKET_BYTES = [1, 2, 4];
const LINE_BYTES = 512;

/** Settings that are accepted and change nothing. */
function isWithoutEffect(key: Term, value: Term): boolean {
  if (key === am.parallelism) return boolean(value) !== undefined;
  if (key !== am.busy_limits_port && key !== am.busy_limits_msgq) return false;
  const pair = pairOf(value);
  return (
    value === am.disabled ||
    (pair !== undefined && natural(pair.key) !== undefined && natural(pair.value) !== undefined)
  );
}

function setPair(options: PortOptions, key: Term, value: Term): boolean {
  const size = natural(value) ?? 0;
  switch (key) {
    case am.packet:
      options.packetBytes = size;
      return PACKET_BYTES.includes(size);
    case am.line:
      options.lineBytes = size;
      return size > 0;
    case am.env:
      options.env = value;
      return true;
    case am.args:
      options.args = value;
      return true;
    case am.arg0:
      options.arg0 = value;
      return true;
    case am.cd:
      options.cd = value;
      return true;
    default:
      return isWithoutEffect(key, value);
  }
}

const FLAGS: ReadonlyMap<Term, (options: PortOptions) => void> = new Map<Term, (options: PortOptions) => void>([
  [am.stream, (options) => (options.packetBytes = 0)],
  [am.use_stdio, (options) => (options.useStdio = true)],
  [am.nouse_stdio, (options) => (options.useStdio = false)],
  [am.stderr_to_stdout, (options) => (options.redirectStderr = true)],
  [am.line, (options) => (options.lineBytes = LINE_BYTES)],
  [am.binary, (options) => (options.binary = true)],
  [am.in, (options) => (options.read = true)],
  [am.out, (options) => (options.write = true)],
  [am.eof, (options) => (options.eof = true)],
  [am.hide, () => undefined],
  [am.exit_status, (options) => (options.exitStatus = true)],
  [am.overlapped_io, () => undefined],
]);

/** undefined: something in the list is no setting, or two exclude each other. */
export function portOptions(list: Term): PortOptions | undefined {
  const options: PortOptions = {
    packetBytes: 0,
    lineBytes: 0,
    read: false,
    write: false,
    binary: false,
    eof: false,
    exitStatus: false,
    useStdio: true,
    redirectStderr: false,
    env: undefined,
    args: undefined,
    arg0: undefined,
    cd: undefined,
  };
  const elements = listElements(list);
  if (elements === undefined) return undefined;
  for (const element of elements) {
    const pair = pairOf(element);
    const set = FLAGS.get(element);
    if (pair !== undefined ? !setPair(options, pair.key, pair.value) : set === undefined) return undefined;
    set?.(options);
  }
  if (!options.read && !options.write) {
    options.read = true;
    options.write = true;
  }
  const excluded = (options.lineBytes > 0 && options.packetBytes > 0) || (options.redirectStderr && !options.useStdio);
  return excluded ? undefined : options;
}
