/** Ports: drivers' ends of connections between processes and the outside (io.c, erl_port.h in OTP). */
import { type Fragment, freeFragment, immediateFragment } from '../memory/fragment.ts';
import { am } from '../term/atoms.ts';
import type { Term } from '../term/layout.ts';
import { immediateValue, isLocalPort, makeLocalPort } from '../term/term.ts';
import type { TraceRef } from '../trace/sessions.ts';
import type { MonitoredObject, MonitorRing } from './monitors.ts';
import type { Process } from './process.ts';

/** What is behind a port. Functions that fail for good throw a PosixError's code as PortFault. */
export interface PortDriver {
  /** What port_info calls the port: a character for each byte. */
  readonly name: string;
  /** The process of the operating system behind it. */
  readonly osPid?: number | undefined;
  /** Bytes that `output` has taken and that are not written yet; a port that is closed ends when there are none. */
  readonly queued: number;
  output(content: Uint8Array): void;
  /** port_control: the answer; undefined: there is no such operation. */
  control?(operation: number, data: Uint8Array): Uint8Array | undefined;
  close(): void;
}

/** The driver can go on no more; the port ends for this reason. */
export class PortFault {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

export class Port implements MonitoredObject {
  readonly number: number;
  readonly term: Term;
  readonly monitorType = am.port;
  /** Set as soon as it is open. */
  driver!: PortDriver;
  /** Number of the process that owns it. */
  connected: number;
  readonly links = new Set<number>();
  /** Monitors on it; made when it gets the first. */
  monitoredBy: MonitorRing | undefined;
  /** It has more to write than it wants: processes that give it more are suspended, and tried again later. */
  isBusy = false;
  readonly suspended: Process[] = [];
  /** What port_info's item `parallelism` shows. */
  parallelism = false;
  name: Term | undefined;
  /** Data goes to the owner as binaries, not as lists. */
  readonly isBinary: boolean;
  /** What happens when a process that is linked to it ends. */
  linkBroken!: (from: Process, reason: Term) => void;
  /** Who traces it. */
  traces: readonly TraceRef[] | undefined;
  inputBytes = 0;
  outputBytes = 0;
  isOpen = true;
  /** What there is to do as soon as the driver has nothing more to write. */
  onWritten: (() => void) | undefined;
  private fragment: Fragment = immediateFragment(am.undefined);

  constructor(portNumber: number, owner: number, isBinary: boolean) {
    this.number = portNumber;
    this.term = makeLocalPort(portNumber);
    this.connected = owner;
    this.isBinary = isBinary;
  }

  /** What erlang:port_set_data/2 has given; the port owns it. */
  get data(): Term {
    return this.fragment.term;
  }

  setData(fragment: Fragment): void {
    freeFragment(this.fragment);
    this.fragment = fragment;
  }
}

export class PortTable {
  /** Ports that may exist at a time. */
  readonly limit: number;
  /** Bytes that all ports have read and written. */
  readonly bytes = { input: 0, output: 0 };
  private readonly byNumber = new Map<number, Port>();
  private readonly byName = new Map<Term, Port>();
  /** Ports that are closed, and have something to write still. */
  readonly closing = new Map<number, Port>();
  private nextNumber = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get count(): number {
    return this.byNumber.size;
  }

  /** undefined: there are as many as there may be. */
  add(owner: number, isBinary: boolean): Port | undefined {
    if (this.byNumber.size >= this.limit) return undefined;
    const port = new Port(this.nextNumber++, owner, isBinary);
    this.byNumber.set(port.number, port);
    return port;
  }

  remove(port: Port): void {
    this.byNumber.delete(port.number);
    if (port.name !== undefined) this.byName.delete(port.name);
    port.setData(immediateFragment(am.undefined));
  }

  /** The open port of a port term. */
  byTerm(t: Term): Port | undefined {
    return isLocalPort(t) ? this.byNumber.get(immediateValue(t)) : undefined;
  }

  /** The same, or the one that is closed and has something to write still: programs may ask about it, and no more. */
  byTermOrClosing(t: Term): Port | undefined {
    return this.byTerm(t) ?? (isLocalPort(t) ? this.closing.get(immediateValue(t)) : undefined);
  }

  whereis(name: Term): Port | undefined {
    return this.byName.get(name);
  }

  /** False when the port has a name already. Names are shared with processes: the caller has looked there. */
  register(name: Term, port: Port): boolean {
    if (this.byName.has(name) || port.name !== undefined) return false;
    this.byName.set(name, port);
    port.name = name;
    return true;
  }

  unregister(name: Term): boolean {
    const port = this.byName.get(name);
    if (port === undefined) return false;
    this.byName.delete(name);
    port.name = undefined;
    return true;
  }

  names(): Term[] {
    return [...this.byName.keys()];
  }

  /** Every port that has something to write. */
  unwritten(): Port[] {
    return this.all().filter(({ driver }) => driver.queued > 0);
  }

  all(): Port[] {
    return [...this.byNumber.values(), ...this.closing.values()];
  }
}
