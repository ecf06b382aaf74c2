/** BIFs about ports (erl_bif_port.c). What they return that is no answer, module erlang turns into an error. */
import { PosixError } from '../../host/files.ts';
import type { Machine } from '../../process/machine.ts';
import type { Port, PortDriver } from '../../process/port.ts';
import { closePort, commandPort, exitPort, linkPort, reportBadOutput } from '../../process/port-signals.ts';
import { waitForPort } from '../../process/suspension.ts';
import { listElements } from '../../runtime/apply.ts';
import { iodataBytes } from '../../runtime/iodata.ts';
import { characterList } from '../../runtime/native-names.ts';
import { am, atom } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { listOf, tuple } from '../../term/build.ts';
import { copyIn, copyOut } from '../../term/copy.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isPort, isThisNode, nodeOf } from '../../term/nodes.ts';
import {
  isAtom,
  isLocalPid,
  isSmall,
  isTuple,
  makeSmall,
  smallValue,
  tupleArity,
  tupleElement,
} from '../../term/term.ts';
import { natural } from '../erlang/arguments.ts';
import type { BifTable } from '../registry.ts';
import { openFdDriver } from './fd-driver.ts';
import { fileNameBytes, type PortOptions, portOptions } from './port-options.ts';
import { openSpawnDriver, type SpawnCommand } from './spawn-driver.ts';

const LAST_WITH_TTY_SL = 25;
/** `tty_sl` and what may follow it. */
const LONGEST_NAME = 7;
const FD_ARITY = 3;
const SPAWN_ARITY = 2;
const SPAWN_KINDS: ReadonlySet<Term> = new Set([am.spawn, am.spawn_driver, am.spawn_executable]);
/** sizeof(ErtsILink) and of what a monitor takes (erl_monitor_link.h). */
const LINK_BYTES = 40;
const MONITOR_BYTES = 120;
const MAX_OPERATION = 2 ** 32 - 1;

function portOf(vm: Machine, t: Term): Port | undefined {
  return isAtom(t) ? vm.ports.whereis(t) : vm.ports.byTerm(t);
}

/**
 * The first word of a command names a driver of the emulator before it names a program. Up to OTP 25 there is tty_sl, which does not
 * start where it cannot serve the terminal; user_drv then starts the old shell. Here it never starts.
 */
function isTerminalDriver(vm: Machine, command: Uint8Array): boolean {
  return (
    vm.otpRelease <= LAST_WITH_TTY_SL &&
    /^tty_sl(?: |$)/.test(String.fromCharCode(...command.subarray(0, LONGEST_NAME)))
  );
}

/** What {spawn, _} and its like name; undefined: the driver that is asked for is none of the emulator's, or the name is no name. */
function spawnCommand(vm: Machine, kind: Term, text: Term, options: PortOptions): SpawnCommand | undefined {
  const isFile = kind === am.spawn_executable;
  const bytes = fileNameBytes(vm, text);
  const folder = options.cd === NIL ? undefined : fileNameBytes(vm, options.cd);
  const isRight =
    kind !== am.spawn_driver && bytes !== undefined && bytes.length > 0 && (options.cd === NIL || folder?.length !== 0);
  if (kind === am.spawn && bytes !== undefined && isTerminalDriver(vm, bytes)) return undefined;
  const hasArguments = options.args !== undefined || options.arg0 !== undefined;
  if (!isRight || (options.cd !== NIL && folder === undefined) || (hasArguments && !isFile)) return undefined;
  return { text: bytes, isFile, folder };
}

type OpenDriver = (port: Port) => PortDriver;

/** What opens the driver of a port name; undefined: there is none. */
function driverOf(vm: Machine, name: Term, options: PortOptions): OpenDriver | undefined {
  if (!isTuple(name) || tupleArity(name) === 0) return undefined;
  const kind = tupleElement(name, 1);
  if (kind === am.fd && tupleArity(name) === FD_ARITY) {
    const [input, output] = [tupleElement(name, 2), tupleElement(name, 3)];
    const hasArguments = options.args !== undefined || options.arg0 !== undefined;
    if (!isSmall(input) || !isSmall(output) || hasArguments || options.exitStatus) return undefined;
    const fd = { input: smallValue(input), output: smallValue(output) };
    return (port) => openFdDriver(vm, port, fd, options);
  }
  if (!SPAWN_KINDS.has(kind) || tupleArity(name) !== SPAWN_ARITY) return undefined;
  const command = spawnCommand(vm, kind, tupleElement(name, 2), options);
  return command === undefined ? undefined : (port) => openSpawnDriver(vm, port, command, options);
}

/** erts_internal:open_port/2: a port, or an atom that says why there is none. */
function openPort(vm: Machine, name: Term, settings: Term): Term {
  const options = portOptions(vm, settings);
  if (options === undefined) return am.badopt;
  const open = driverOf(vm, name, options);
  if (open === undefined) return am.badarg;
  const port = vm.ports.add(vm.current.number, options.binary);
  if (port === undefined) return am.system_limit;
  port.parallelism = options.parallelism;
  try {
    port.driver = open(port);
  } catch (error) {
    vm.ports.remove(port);
    if (!(error instanceof PosixError)) throw error;
    return atom(error.code);
  }
  port.linkBroken = (from, reason) => exitPort(vm, port, from, reason);
  linkPort(vm.current, port);
  return port.term;
}

/** port_command(Port, Data, Options): no driver here takes commands while it is busy, so `force` is not supported. */
function portCommand(vm: Machine, where: Term, data: Term, list: Term): Term {
  const options = listElements(list);
  if (options === undefined || options.some((option) => option !== am.force && option !== am.nosuspend))
    return am.badopt;
  const port = portOf(vm, where);
  if (port === undefined) return am.badarg;
  if (options.includes(am.force)) return am.notsup;
  if (port.isBusy) {
    if (options.includes(am.nosuspend)) return am.false;
    return waitForPort(vm, port, { module: am.erts_internal, name: am.port_command }, [where, data, list]);
  }
  const content = iodataBytes(data);
  if (content === undefined) {
    reportBadOutput(vm, port);
    return am.badarg;
  }
  commandPort(vm, port, content);
  return am.true;
}

function portControl(vm: Machine, where: Term, operation: Term, data: Term): Term {
  const port = portOf(vm, where);
  const code = natural(operation);
  const content = iodataBytes(data);
  if (port === undefined || code === undefined || code > MAX_OPERATION || content === undefined) return am.badarg;
  const answer = port.driver.control?.(code, content);
  return answer === undefined ? am.badarg : listOf(Array.from(answer, (byte) => makeSmall(byte)));
}

/** No driver here answers calls. */
function portCall(): Term {
  return am.badarg;
}

function portClose(vm: Machine, where: Term): Term {
  const port = portOf(vm, where);
  if (port === undefined) return am.badarg;
  closePort(vm, port, am.normal);
  return am.true;
}

function portConnect(vm: Machine, where: Term, pid: Term): Term {
  const port = portOf(vm, where);
  const process = isLocalPid(pid) ? vm.processes.byPid(pid) : undefined;
  if (port === undefined || process === undefined) return am.badarg;
  port.connected = process.number;
  linkPort(process, port);
  return am.true;
}

function ports(vm: Machine): Term {
  return listOf(vm.ports.all().map(({ term }) => term));
}

// ---- data ------------------------------------------------------------------------------------------------------------

function openPortOf(vm: Machine, where: Term): Port {
  const port = portOf(vm, where);
  if (port === undefined) throw badarg();
  return port;
}

function portSetData(vm: Machine, where: Term, data: Term): Term {
  openPortOf(vm, where).setData(copyOut(data, true));
  return am.true;
}

function portGetData(vm: Machine, where: Term): Term {
  return copyIn(openPortOf(vm, where).data);
}

// ---- info ------------------------------------------------------------------------------------------------------------

type Item = (vm: Machine, port: Port) => Term;

const pids = (vm: Machine, numbers: Iterable<number>): Term =>
  listOf([...numbers].map((number) => vm.processes.pidOf(number)));

function watchersOf(monitors: Port['monitoredBy']): number[] {
  return Array.from(monitors ?? [], ({ watcher }) => watcher);
}

/** Bytes of links and monitors, roughly: what native OTP shows is the size of its own structures. */
function memoryOf({ links, monitoredBy }: Port): number {
  return links.size * LINK_BYTES + (monitoredBy?.size ?? 0) * MONITOR_BYTES;
}

const ITEMS: ReadonlyMap<Term, Item> = new Map<Term, Item>([
  [am.registered_name, (_, { name }) => name ?? NIL],
  [am.name, (_, { driver }) => characterList(driver.name)],
  [am.links, (vm, { links }) => pids(vm, links)],
  [am.id, (_, { number }) => makeInteger(number)],
  [am.connected, (vm, { connected }) => vm.processes.pidOf(connected)],
  [am.input, (_, { inputBytes }) => makeInteger(inputBytes)],
  [am.output, (_, { outputBytes }) => makeInteger(outputBytes)],
  [am.os_pid, (_, { driver: { osPid } }) => (osPid === undefined ? am.undefined : makeInteger(osPid))],
  [am.monitors, () => NIL],
  [am.monitored_by, (vm, { monitoredBy }) => pids(vm, watchersOf(monitoredBy))],
  [am.memory, (_, port) => makeInteger(memoryOf(port))],
  [am.queue_size, (_, { driver }) => makeInteger(driver.queued)],
  [am.locking, () => am.port_level],
  [am.parallelism, (_, { parallelism }) => (parallelism ? am.true : am.false)],
]);

/** What port_info/1 shows, in order; registered_name only where there is one (ERTS_PORT_INFO_1_ITEMS). */
const SUMMARY: readonly Term[] = [am.name, am.links, am.id, am.connected, am.input, am.output, am.os_pid];

function infoOf(vm: Machine, port: Port, item: Term): Term {
  return tuple(item, (ITEMS.get(item) as Item)(vm, port));
}

/** What stands for a port that is asked about and is none: undefined, if it may have been one here. */
function absent(where: Term, otherwise: Term): Term {
  if (isAtom(where)) return am.undefined;
  if (!isPort(where)) return otherwise;
  const { name } = nodeOf(where);
  return isThisNode(name) ? am.undefined : otherwise;
}

function portInfo(vm: Machine, where: Term): Term {
  const port = portOf(vm, where) ?? vm.ports.byTermOrClosing(where);
  if (port === undefined) return absent(where, am.badarg);
  const shown = port.name === undefined ? SUMMARY : [am.registered_name, ...SUMMARY];
  return listOf(shown.map((item) => infoOf(vm, port, item)));
}

function portInfoItem(vm: Machine, where: Term, item: Term): Term {
  const port = portOf(vm, where) ?? vm.ports.byTermOrClosing(where);
  if (port === undefined) return absent(where, am.badtype);
  if (!ITEMS.has(item)) return am.badarg;
  return item === am.registered_name && port.name === undefined ? NIL : infoOf(vm, port, item);
}

export const erlangPortBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'ports', arity: 0, fn: ports },
    { name: 'port_set_data', arity: 2, fn: portSetData },
    { name: 'port_get_data', arity: 1, fn: portGetData },
  ],
};

export const ertsInternalPortBifs: BifTable = {
  module: 'erts_internal',
  rows: [
    { name: 'open_port', arity: 2, fn: openPort },
    { name: 'port_command', arity: 3, fn: portCommand },
    { name: 'port_control', arity: 3, fn: portControl },
    { name: 'port_call', arity: 3, fn: portCall },
    { name: 'port_close', arity: 1, fn: portClose },
    { name: 'port_connect', arity: 2, fn: portConnect },
    { name: 'port_info', arity: 1, fn: portInfo },
    { name: 'port_info', arity: 2, fn: portInfoItem },
  ],
};
