/** erlang:halt/2 (bif.c). */
import type { Flush, Halt, Machine } from '../../process/machine.ts';
import { suspendCurrent } from '../../process/suspension.ts';
import { am } from '../../term/atoms.ts';
import { toBigInt } from '../../term/bignum.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isCons, isInteger, isNil, isSmall, smallValue } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { boolean, elementsOf, natural, pairOf } from './arguments.ts';
import { isCodePoint } from './atoms.ts';

const WORD_BITS = 64;
const STATUS_BITS = 31;
const MAX_TIMEOUT = 2 ** 32 - 1;
/** HALT_MSG_SIZE: a slogan is cut after so many characters. */
const MAX_SLOGAN = 1023;

function flushOf(list: Term): Flush {
  let flush = true;
  let timeout = Number.POSITIVE_INFINITY;
  for (const option of elementsOf(list, badarg(am.badopt))) {
    const { key, value } = pairOf(option) ?? { key: NIL, value: NIL };
    const isFlush = key === am.flush && boolean(value) !== undefined;
    const milliseconds = key === am.flush_timeout ? natural(value) : undefined;
    if (!isFlush && (milliseconds === undefined || milliseconds > MAX_TIMEOUT)) throw badarg(am.badopt);
    if (isFlush) flush = value === am.true;
    timeout = milliseconds ?? timeout;
  }
  return flush ? { timeout } : undefined;
}

function haltOf(type: Term, flush: Flush): Halt {
  if (isInteger(type)) {
    const masked = BigInt.asUintN(WORD_BITS, toBigInt(type));
    return { kind: 'status', status: Number(BigInt.asUintN(STATUS_BITS, masked)), flush };
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
  const halt = haltOf(type, flushOf(options));
  vm.halted ??= halt;
  return suspendCurrent();
}

export const erlangHaltBifs: BifTable = {
  module: 'erlang',
  rows: [{ name: 'halt', arity: 2, fn: halt }],
};
