/** erlang:halt/2 (bif.c). */
import type { Halt, Machine } from '../../process/machine.ts';
import { suspendCurrent } from '../../process/suspension.ts';
import { am } from '../../term/atoms.ts';
import { toBigInt } from '../../term/bignum.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isCons, isInteger, isNil, isSmall, smallValue } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { boolean, elementsOf, natural, pairOf } from './arguments.ts';
import { isCodePoint } from './atoms.ts';

const WORD_BITS = 64;
const STATUS_BITS = 31;
const MAX_TIMEOUT = 2 ** 32 - 1;
/** HALT_MSG_SIZE: a slogan is cut after so many characters. */
const MAX_SLOGAN = 1023;

/** Everything is written before a BIF that writes returns, so there is nothing to flush: the options only have to be right. */
function checkOptions(list: Term): void {
  for (const option of elementsOf(list, badarg(am.badopt))) {
    const pair = pairOf(option);
    const isFlush = pair?.key === am.flush && boolean(pair.value) !== undefined;
    const isTimeout =
      pair?.key === am.flush_timeout && (natural(pair.value) ?? Number.POSITIVE_INFINITY) <= MAX_TIMEOUT;
    if (!isFlush && !isTimeout) throw badarg(am.badopt);
  }
}

function haltOf(type: Term): Halt {
  if (isInteger(type)) {
    const masked = BigInt.asUintN(WORD_BITS, toBigInt(type));
    return { kind: 'status', status: Number(BigInt.asUintN(STATUS_BITS, masked)) };
  }
  if (type === am.abort) return { kind: 'abort' };
  if (!isCons(type) && !isNil(type)) throw badarg();
  const points: number[] = [];
  for (const character of elementsOf(type)) {
    if (points.length === MAX_SLOGAN) break;
    if (!isSmall(character) || !isCodePoint(smallValue(character))) throw badarg();
    points.push(smallValue(character));
  }
  return { kind: 'slogan', text: points.map((point) => String.fromCodePoint(point)).join('') };
}

/** halt(Status | abort | Slogan, Options): no process runs any more. Raises badarg. */
function halt(vm: Machine, type: Term, options: Term): Term {
  checkOptions(options);
  vm.halted ??= haltOf(type);
  return suspendCurrent();
}

export const erlangHaltBifs: BifTable = {
  module: 'erlang',
  rows: [{ name: 'halt', arity: 2, fn: halt }],
};
