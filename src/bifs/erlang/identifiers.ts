/** Pids, ports, references and funs as text and back, and the nodes they come from (bif.c, dist.c). */
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { listOf } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isPid, isPort, isRef, makePid, makePort, makeRef, nodeOf, THIS_NODE } from '../../term/nodes.ts';
import { displayBytes } from '../../term/print.ts';
import { isFun, isList, isSmall, makeSmall, smallValue } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { elementsOf } from './lists-tuples.ts';

const MAX_WORD = 2 ** 32 - 1;
const MAX_PID_NUMBER = 2 ** 28 - 1;
const MAX_PORT_NUMBER = 2n ** 60n - 1n;
/** A reference's first word has 18 bits. */
const MAX_FIRST_WORD = 2 ** 18 - 1;
const WORD = 2n ** 32n;
/** Longer texts are none of an identifier. */
const MAX_TEXT = 80;

/** A term's text as erlang:display/1 has it: a list of bytes. */
export function textList(t: Term, limit?: number): Term {
  return listOf(Array.from(displayBytes(t, limit), makeSmall));
}

const toList = (isRight: (t: Term) => boolean) => (_vm: Machine, t: Term) => {
  if (!isRight(t)) throw badarg();
  return textList(t);
};

function textOf(list: Term): string {
  const codes = elementsOf(list).map((code) => (isSmall(code) ? smallValue(code) : -1));
  if (codes.length > MAX_TEXT || codes.some((code) => code < 0 || code > 255)) throw badarg();
  return String.fromCharCode(...codes);
}

/**
 * The decimal numbers of a text that `form` matches, behind the first one, which is the node's: only this node's identifiers have texts
 * that can be read back, as long as no other node is connected. Raises badarg.
 */
function numbersOf(list: Term, form: RegExp): bigint[] {
  const match = form.exec(textOf(list));
  if (match === null) throw badarg();
  const [node, ...numbers] = (match[1] as string).split('.').map(BigInt);
  if (node !== 0n) throw badarg();
  return numbers;
}

function listToPid(_vm: Machine, list: Term): Term {
  const [number, serial] = numbersOf(list, /^<(\d+\.\d+\.\d+)>$/).map(Number) as [number, number];
  if (number > MAX_PID_NUMBER || serial > MAX_WORD) throw badarg();
  return makePid(THIS_NODE, number, serial);
}

function listToPort(_vm: Machine, list: Term): Term {
  const [number] = numbersOf(list, /^#Port<(\d+\.\d+)>$/) as [bigint];
  if (number > MAX_PORT_NUMBER) throw badarg();
  return makePort(THIS_NODE, Number(number / WORD), Number(number % WORD));
}

function listToRef(_vm: Machine, list: Term): Term {
  const numbers = numbersOf(list, /^#Ref<(\d+(?:\.\d+)+)>$/).map(Number);
  numbers.reverse();
  if (numbers.length !== 3 || numbers.some((number) => number > MAX_WORD)) throw badarg();
  if ((numbers[0] as number) > MAX_FIRST_WORD) throw badarg();
  return makeRef(THIS_NODE, numbers);
}

function thisNode(vm: Machine): Term {
  return vm.nodes.self.name;
}

/** node/1. Raises badarg. */
function nodeOfTerm(_vm: Machine, t: Term): Term {
  if (!isPid(t) && !isPort(t) && !isRef(t)) throw badarg();
  return nodeOf(t).name;
}

const NODE_KINDS: readonly Term[] = [am.visible, am.hidden, am.connected, am.this, am.known];

/** nodes/1: no other node is ever connected so far. Raises badarg. */
function nodes(vm: Machine, kinds: Term): Term {
  const list = isList(kinds) ? elementsOf(kinds) : [kinds];
  if (!list.every((kind) => NODE_KINDS.includes(kind))) throw badarg();
  return listOf(list.includes(am.this) || list.includes(am.known) ? [thisNode(vm)] : []);
}

export const erlangIdentifierBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'pid_to_list', arity: 1, fn: toList(isPid) },
    { name: 'port_to_list', arity: 1, fn: toList(isPort) },
    { name: 'ref_to_list', arity: 1, fn: toList(isRef) },
    { name: 'fun_to_list', arity: 1, fn: toList(isFun) },
    { name: 'list_to_pid', arity: 1, fn: listToPid },
    { name: 'list_to_port', arity: 1, fn: listToPort },
    { name: 'list_to_ref', arity: 1, fn: listToRef },
    { name: 'node', arity: 0, fn: thisNode, guard: true },
    { name: 'node', arity: 1, fn: nodeOfTerm, guard: true },
    { name: 'nodes', arity: 0, fn: () => listOf([]) },
    { name: 'nodes', arity: 1, fn: nodes },
  ],
};
