/** The settings of open_port/2 (open_port in erl_bif_port.c). */
import type { Machine } from '../../process/machine.ts';
import { listElements } from '../../runtime/apply.ts';
import { nativeBytes } from '../../runtime/native-names.ts';
import { am } from '../../term/atoms.ts';
import { bitSize, copyOfBytes } from '../../term/bits.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isAtom, isBitstring } from '../../term/term.ts';
import { boolean, natural, pairOf } from '../erlang/arguments.ts';

export interface Variable {
  readonly name: Uint8Array;
  /** undefined: the variable is taken away. */
  readonly value: Uint8Array | undefined;
}

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
  parallelism: boolean;
  /** Bytes to be written that make the port busy, and under which it is so no more. */
  busyLimits: { readonly low: number; readonly high: number };
  /** Whether `busyLimits` was given. */
  hasBusyLimits: boolean;
  /** Changes of the environment. */
  env: readonly Variable[];
  args: readonly Uint8Array[] | undefined;
  arg0: Uint8Array | undefined;
  cd: Term;
}

const PACKET_BYTES = [1, 2, 4];
const LINE_BYTES = 512;
const HIGH_BYTES = 8192;
const LEAST_BUSY_LIMIT = 1;
const EQUALS = 0x3d;

const NEVER_BUSY = { low: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** A limit of either kind; undefined when it is none. */
function busyLimits(value: Term): { low: number; high: number } | undefined {
  if (value === am.disabled) return NEVER_BUSY;
  const pair = pairOf(value);
  const [low, high] = [natural(pair?.key ?? NIL), natural(pair?.value ?? NIL)];
  if (low === undefined || high === undefined || low < LEAST_BUSY_LIMIT || high < LEAST_BUSY_LIMIT) return undefined;
  return { low: Math.min(low, high), high };
}

/**
 * Bytes of a file name or argument: a deep list of characters, an atom, or a binary of such bytes. undefined: it is none
 * (erts_convert_filename_to_native).
 */
export function fileNameBytes(vm: Machine, t: Term): Uint8Array | undefined {
  if (!isBitstring(t)) return nativeBytes(t, vm.host.files.nameEncoding);
  const bytes = copyOfBytes(t);
  return bitSize(t) % 8 !== 0 || bytes.includes(0) ? undefined : bytes;
}

function variable(vm: Machine, t: Term): Variable | undefined {
  const pair = pairOf(t);
  if (pair === undefined) return undefined;
  const { nameEncoding } = vm.host.files;
  if (isAtom(pair.key) || (isAtom(pair.value) && pair.value !== am.false)) return undefined;
  const name = nativeBytes(pair.key, nameEncoding);
  // A first `=` is part of the name, as Windows has them.
  if (name === undefined || name.indexOf(EQUALS, 1) > 0) return undefined;
  if (pair.value === am.false || pair.value === NIL) return { name, value: undefined };
  const value = nativeBytes(pair.value, nameEncoding);
  return value === undefined ? undefined : { name, value };
}

function allOf<Element>(list: Term, convert: (t: Term) => Element | undefined): Element[] | undefined {
  const elements = listElements(list)?.map(convert);
  return elements === undefined || elements.includes(undefined) ? undefined : (elements as Element[]);
}

type SetPair = (options: PortOptions, value: Term, vm: Machine) => boolean;

/** Each tells whether the value is right. */
const PAIRS: ReadonlyMap<Term, SetPair> = new Map<Term, SetPair>([
  [
    am.packet,
    (options, value) => {
      options.packetBytes = natural(value) ?? 0;
      return PACKET_BYTES.includes(options.packetBytes);
    },
  ],
  [
    am.line,
    (options, value) => {
      options.lineBytes = natural(value) ?? 0;
      return options.lineBytes > 0;
    },
  ],
  [
    am.env,
    (options, value, vm) => {
      options.env = allOf(value, (each) => variable(vm, each)) ?? [];
      return options.env.length === (listElements(value)?.length ?? -1);
    },
  ],
  [
    am.args,
    (options, value, vm) => {
      options.args = allOf(value, (each) => fileNameBytes(vm, each));
      return options.args !== undefined;
    },
  ],
  [
    am.arg0,
    (options, value, vm) => {
      options.arg0 = fileNameBytes(vm, value);
      return options.arg0 !== undefined;
    },
  ],
  [
    am.cd,
    (options, value) => {
      options.cd = value;
      return true;
    },
  ],
  [
    am.parallelism,
    (options, value) => {
      options.parallelism = value === am.true;
      return boolean(value) !== undefined;
    },
  ],
  [
    am.busy_limits_port,
    (options, value) => {
      options.busyLimits = busyLimits(value) ?? NEVER_BUSY;
      options.hasBusyLimits = true;
      return busyLimits(value) !== undefined;
    },
  ],
  // What is sent to a port is done at once: there is no queue of messages that could be full.
  [am.busy_limits_msgq, (_, value) => busyLimits(value) !== undefined],
]);

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
export function portOptions(vm: Machine, list: Term): PortOptions | undefined {
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
    parallelism: false,
    busyLimits: { low: HIGH_BYTES / 2, high: HIGH_BYTES },
    hasBusyLimits: false,
    env: [],
    args: undefined,
    arg0: undefined,
    cd: NIL,
  };
  const elements = listElements(list);
  if (elements === undefined) return undefined;
  for (const element of elements) {
    const pair = pairOf(element);
    const set = FLAGS.get(element);
    if (pair === undefined ? set === undefined : PAIRS.get(pair.key)?.(options, pair.value, vm) !== true)
      return undefined;
    set?.(options);
  }
  if (!options.read && !options.write) {
    options.read = true;
    options.write = true;
  }
  const excluded = (options.lineBytes > 0 && options.packetBytes > 0) || (options.redirectStderr && !options.useStdio);
  return excluded ? undefined : options;
}
