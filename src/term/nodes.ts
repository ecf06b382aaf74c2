/**
 * Node names, and the identity of pids, ports and references: which node made them and with which numbers.
 * An external term holds a node number, an index into the table of the virtual machine's `Nodes`. Number 0 is this node: it marks
 * the rare identifiers of this node that do not fit their local form (a pid number above 26 bits, a reference of 4 or 5 words).
 */
import { allocate } from '../memory/heap.ts';
import { plus, store } from '../memory/memory.ts';
import { am, atomName } from './atoms.ts';
import {
  EXTERNAL_KIND,
  EXTERNAL_NODE,
  EXTERNAL_NUMBERS,
  EXTERNAL_PID,
  EXTERNAL_PORT,
  EXTERNAL_REF,
  HEADER_EXTERNAL,
  HEADER_REF,
  makeHeader,
  REF_NUMBERS,
  REF_WORDS,
  type Term,
} from './layout.ts';
import {
  field,
  headerSize,
  immediateValue,
  isExternal,
  isLocalPid,
  isLocalPort,
  isLocalRef,
  makeBoxed,
  makeLocalPid,
  makeLocalPort,
} from './term.ts';

export interface NodeIdentity {
  readonly name: Term;
  /** 32 bits, unsigned. */
  readonly creation: number;
}

/** The node number of this node. */
export const THIS_NODE = 0;
const MAX_LOCAL_NUMBER = 2 ** 26 - 1;
/** Words of a reference that any node may make (ERTS_MAX_REF_NUMBERS in OTP's erl_term.h). */
export const MAX_REF_WORDS = 5;

/** The node names that one virtual machine has met, and its own. */
export class Nodes {
  #self: NodeIdentity = { name: am['nonode@nohost'], creation: 0 };
  /** Slot 0 is never read: it stands for this node. */
  readonly #known: NodeIdentity[] = [{ name: am['nonode@nohost'], creation: 0 }];
  readonly #numbers = new Map<string, number>();
  /** 32 bits that other virtual machines do not have: terms encoded with `local` are theirs who know them. Set before code runs. */
  localSalt = 0;

  get self(): NodeIdentity {
    return this.#self;
  }

  /** Gives this node its name and creation (erlang:setnode/2). Terms already made by this node carry them from now on. */
  setSelf(name: Term, creation: number): void {
    this.#self = { name, creation: creation >>> 0 };
  }

  /** The number of a node: 0 for this one. */
  numberOf(name: Term, creation: number): number {
    const unsigned = creation >>> 0;
    if (name === this.#self.name && unsigned === this.#self.creation) return THIS_NODE;
    const key = `${unsigned} ${atomName(name)}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#known.length;
    this.#known.push({ name, creation: unsigned });
    this.#numbers.set(key, number);
    return number;
  }

  identityOf(nodeNumber: number): NodeIdentity {
    return nodeNumber === THIS_NODE ? this.#self : (this.#known[nodeNumber] as NodeIdentity);
  }
}

/** The nodes table of the virtual machine whose memory is current; switched together with it. */
export const nodes: { current: Nodes } = { current: new Nodes() };

/** The number of a node in the current table: 0 for this one. */
export function nodeIndex(name: Term, creation: number): number {
  return nodes.current.numberOf(name, creation);
}
/** The node with this number in the current table. */
export function nodeAt(index: number): NodeIdentity {
  return nodes.current.identityOf(index);
}
/** Whether this node has that name, whatever its creation: what erts_this_dist_entry is asked for in OTP. */
export function isThisNode(name: Term): boolean {
  return name === nodes.current.self.name;
}
/** Gives this node another name and creation (start and stop of distribution). */
export function setThisNode(node: NodeIdentity): void {
  nodes.current.setSelf(node.name, node.creation);
}

export function isPid(t: Term): boolean {
  return isLocalPid(t) || isExternal(t, EXTERNAL_PID);
}
export function isPort(t: Term): boolean {
  return isLocalPort(t) || isExternal(t, EXTERNAL_PORT);
}
export function isRef(t: Term): boolean {
  return isLocalRef(t) || isExternal(t, EXTERNAL_REF);
}

/** The node number of a pid, port or reference. */
export function nodeNumber(t: Term): number {
  return isLocalPid(t) || isLocalPort(t) || isLocalRef(t) ? THIS_NODE : field(t, EXTERNAL_NODE);
}

/** The node that made a pid, port or reference. */
export function nodeOf(t: Term): NodeIdentity {
  return nodes.current.identityOf(nodeNumber(t));
}

/** The first number that erlang:display and io_lib print of a pid, port or reference: 0 for this node, else its name's atom number. */
export function channelNumber(t: Term): number {
  const number = nodeNumber(t);
  return number === THIS_NODE ? 0 : immediateValue(nodes.current.identityOf(number).name);
}

/** Number of a pid (32 bits, unsigned). */
export function pidNumber(t: Term): number {
  return isLocalPid(t) ? immediateValue(t) : field(t, EXTERNAL_NUMBERS) >>> 0;
}

/** Serial of a pid (32 bits, unsigned). */
export function pidSerial(t: Term): number {
  return isLocalPid(t) ? 0 : field(t, EXTERNAL_NUMBERS + 4) >>> 0;
}

/** Low 32 bits of a port's number, unsigned. */
export function portLow(t: Term): number {
  return isLocalPort(t) ? immediateValue(t) : field(t, EXTERNAL_NUMBERS) >>> 0;
}

/** High 32 bits of a port's number, unsigned. */
export function portHigh(t: Term): number {
  return isLocalPort(t) ? 0 : field(t, EXTERNAL_NUMBERS + 4) >>> 0;
}

/** How many number words a reference has. */
export function refWords(t: Term): number {
  return isLocalRef(t) ? REF_WORDS : headerSize(t) - 2;
}

/** Number word `index` of a reference (0 is the first one on the wire and the last one printed), unsigned. */
export function refWord(t: Term, index: number): number {
  return field(t, (isLocalRef(t) ? REF_NUMBERS : EXTERNAL_NUMBERS) + index * 4) >>> 0;
}

function makeExternal(kind: number, nodeNumberOfMaker: number, numbers: readonly number[]): Term {
  const a = allocate(3 + numbers.length);
  store(a, makeHeader(HEADER_EXTERNAL, 2 + numbers.length));
  store(plus(a, EXTERNAL_KIND), kind);
  store(plus(a, EXTERNAL_NODE), nodeNumberOfMaker);
  for (let i = 0; i < numbers.length; i++) store(plus(a, EXTERNAL_NUMBERS + i * 4), numbers[i] as number);
  return makeBoxed(a);
}

/** The pid with this number and serial of a node; local when it is this node's and fits. */
export function makePid(nodeNumberOfMaker: number, number: number, serial: number): Term {
  if (nodeNumberOfMaker === THIS_NODE && serial === 0 && number <= MAX_LOCAL_NUMBER) return makeLocalPid(number);
  return makeExternal(EXTERNAL_PID, nodeNumberOfMaker, [number, serial]);
}

/** The port with this 64-bit number of a node; local when it is this node's and fits. */
export function makePort(nodeNumberOfMaker: number, high: number, low: number): Term {
  if (nodeNumberOfMaker === THIS_NODE && high === 0 && low <= MAX_LOCAL_NUMBER) return makeLocalPort(low);
  return makeExternal(EXTERNAL_PORT, nodeNumberOfMaker, [low, high]);
}

/** The reference with these number words of a node; this node's are filled up to three words and local when they have no more. */
export function makeRef(nodeNumberOfMaker: number, numbers: readonly number[]): Term {
  if (nodeNumberOfMaker !== THIS_NODE || numbers.length > REF_WORDS) {
    return makeExternal(EXTERNAL_REF, nodeNumberOfMaker, numbers);
  }
  const a = allocate(1 + REF_WORDS);
  store(a, makeHeader(HEADER_REF, REF_WORDS));
  for (let i = 0; i < REF_WORDS; i++) store(plus(a, REF_NUMBERS + i * 4), numbers[i] ?? 0);
  return makeBoxed(a);
}
