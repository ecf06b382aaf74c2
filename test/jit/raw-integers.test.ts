/** Random programs of integer arithmetic, run here and by native OTP: what is kept as i64 must be what a term would be. */
import { test } from 'node:test';
import { sized } from '../support/mode.ts';
import { erlc } from '../support/oracle.ts';
import { type RandomSource, randomSource } from '../support/random.ts';
import { compareWithNative } from '../support/vm.ts';

const FUNCTIONS = sized(150, 40);
const STATEMENTS = 14;

const BITS = [1, 7, 8, 16, 28, 29, 30, 31, 32, 33, 40, 48, 56, 58, 59, 60, 62, 63, 64, 65, 100];
const numbers = ['0', '1', '-1', '5', '-77', '1.5', 'a', '65521', '123456789', '-987654321987654321'].concat(
  BITS.flatMap((bits) => [`1 bsl ${bits}`, `(1 bsl ${bits}) - 1`, `-(1 bsl ${bits})`, `-(1 bsl ${bits}) - 1`]),
);

class Program {
  private readonly random: RandomSource;
  private readonly vars: string[] = ['A', 'B', 'C'];

  constructor(random: RandomSource) {
    this.random = random;
  }

  private pick<Item>(items: readonly Item[]): Item {
    return items[this.random(items.length)] as Item;
  }

  /** Mostly what was made last: chains of operators. */
  private variable(): string {
    const { vars } = this;
    return this.random(3) > 0 ? (vars.at(-1 - this.random(Math.min(3, vars.length))) as string) : this.pick(vars);
  }

  private mask(): string {
    return `${2n ** BigInt(this.pick([8, 16, 29, 30, 32, 32, 40, 58, 63, 64, 64])) - 1n}`;
  }

  private operand(): string {
    if (this.random(4) > 0) return this.variable();
    return this.pick([
      '1',
      '3',
      '-1',
      '255',
      '16777619',
      '1099511628211',
      '11400714819323198485',
      '-4294967296',
      '2147483647',
    ]);
  }

  private expression(): string {
    const v = this.variable();
    switch (this.random(14)) {
      case 0:
      case 1:
        return `${v} band ${this.mask()}`;
      case 2:
        return `(${v} * ${this.operand()}) band ${this.mask()}`;
      case 3:
        return `((${v} bsl ${this.pick([1, 5, 13, 24, 31, 32, 63])}) bxor ${this.operand()}) band ${this.mask()}`;
      case 4:
        return `${v} bsr ${this.pick([1, 7, 16, 31, 32, 41, 63, 64])}`;
      case 5:
        return `${v} ${this.pick(['div', 'rem'])} ${this.pick(['3', '-1', '-7', '65521', '4294967296', this.variable()])}`;
      case 6:
        return `bnot ${v}`;
      case 7:
        return `-${v}`;
      case 8:
        return `(${v} + ${this.operand()} - ${this.operand()} * 3) band ${this.mask()}`;
      case 9:
        return `${v} bsl (${this.variable()} band ${this.pick([7, 31, 63])})`;
      default:
        return `${v} ${this.pick(['+', '-', '*', 'band', 'bor', 'bxor'])} ${this.operand()}`;
    }
  }

  /** A field taken out of bits that were made of a variable. */
  private field(): string {
    const size = this.pick([8, 16, 29, 30, 31, 32, 33, 40, 48, 63, 64]);
    const sign = this.pick(['signed', 'unsigned']);
    const order = size % 8 === 0 ? this.pick(['big', 'little']) : 'big';
    const lead = this.pick([0, 0, 1, 3, 8]);
    const [x, y] = [this.fresh(), this.fresh()];
    const rest = `_:${64 + lead - size}`;
    const text = `<<${x}:${size}/${sign}-${order}, ${rest}>> = bits(${lead}, ${this.variable()}), ${y} = ${x} + ${this.operand()}`;
    this.vars.push(x, y);
    return text;
  }

  private count = 0;

  private fresh(): string {
    this.count++;
    return `V${this.count}`;
  }

  statement(): string {
    const kind = this.random(12);
    if (kind === 0) return this.field();
    const name = this.fresh();
    const text = this.value(kind);
    this.vars.push(name);
    return `${name} = ${text}`;
  }

  private value(kind: number): string {
    const [x, y, z] = [this.variable(), this.variable(), this.variable()];
    if (kind === 1) return `id(${this.expression()})`;
    if (kind === 2)
      return `case ${x} ${this.pick(['<', '>=', '=:=', '==', '/='])} ${y} of true -> ${this.expression()}; false -> ${z} end`;
    if (kind === 3)
      return `if ${x} + 1 > ${y} band ${this.mask()} -> ${this.expression()}; true -> ${this.expression()} end`;
    if (kind === 4)
      return `case ${x} of 0 -> ${this.expression()}; 4294967296 -> ${y}; 7 -> 1; _ -> ${this.expression()} end`;
    if (kind === 5) return `element(2, id({${x}, ${this.expression()}, ${y}}))`;
    if (kind === 6) return `try ${this.expression()} catch error:badarith -> ${x} end`;
    return this.expression();
  }

  all(): string {
    return this.vars.join(', ');
  }
}

/** `places`: where an exception was raised is compared, too. */
function source(module: string, random: RandomSource, places: boolean): string {
  const functions: string[] = [];
  for (let i = 0; i < FUNCTIONS; i++) {
    const program = new Program(random);
    const typed = i % 3 === 0 ? '' : ` when ${['A', 'B', 'C'].map((v) => `is_integer(${v})`).join(', ')}`;
    const body = Array.from({ length: STATEMENTS }, () => program.statement());
    const end = i % 2 === 0 ? `[${program.all()}]` : `erlang:phash2({${program.all()}})`;
    functions.push(`f${i}(A, B, C)${typed} -> ${body.join(',\n  ')},\n  ${end}.`);
    const args = Array.from(
      { length: 24 },
      () => `{${Array.from({ length: 3 }, () => numbers[random(numbers.length)]).join(', ')}}`,
    );
    functions.push(
      `c${i}() -> [try f${i}(A, B, C) catch ${places ? 'X:R:S -> {X, R, hd(S)}' : 'X:R -> {X, R}'} end || {A, B, C} <- id([${args.join(', ')}])].`,
    );
  }
  const loops = `
fnv(<<C, R/binary>>, H) -> fnv(R, ((H bxor C) * 16#100000001b3) band 16#ffffffffffffffff);
fnv(<<>>, H) -> H.
lcg(0, X) -> X;
lcg(N, X) -> lcg(N - 1, (X * 6364136223846793005 + 1442695040888963407) band 16#ffffffffffffffff).
xorshift(0, X) -> X;
xorshift(N, X0) ->
  X1 = X0 bxor (X0 bsl 13) band 16#ffffffffffffffff, X2 = X1 bxor (X1 bsr 7),
  xorshift(N - 1, (X2 bxor (X2 bsl 17)) band 16#ffffffffffffffff).
park(0, X, Acc) -> {X, Acc};
park(N, X, Acc) -> Y = (X * 48271) rem 2147483647, park(N - 1, Y, max(Y, Acc)).
keep(0, X, Acc) -> {X, Acc};
keep(N, X, Acc) -> Y = (X * 1103515245 + 12345) band 16#ffffffff, keep(N - 1, Y, [Y | Acc]).
clause(N, X) when N > 0 -> clause(N - 1, (X * 69069) band 16#ffffffff).
exchange(0, A, B) -> {A, B};
exchange(N, A, B) -> exchange(N - 1, B, (A * 31 + B) band 16#ffffffffff).
calls(0, X) -> X;
calls(N, X) ->
  Y = (X * 22695477 + 1) band 16#ffffffff,
  if Y > 16#80000000 -> calls(N - 1, id(Y)); Y band 3 =:= 1 -> calls(N - 1, Y bsr 1); true -> calls(N - 1, Y) end.
descend(N, X) -> Y = (X * 48271) rem 2147483647, if N =:= 0 -> Y; Y rem 5 =:= 0 -> [Y | descend(N - 1, Y)]; true -> descend(N - 1, Y) end.
mwc(0, X) -> X;
mwc(N, X) -> mwc(N - 1, 16#7fa6502 * (X band 16#ffffffff) + (X bsr 32)).
grow(0, X, Acc) -> {X, Acc};
grow(N, X, Acc) -> grow(N - 1, X * 5 - (X band 16#ffffffffff), [X | Acc]).
shrink(0, X) -> X;
shrink(N, X) -> Y = X div -3, shrink(N - 1, Y + (Y band 16#7ffffffff) rem 7).
fibs(0, A, B) -> {A, B};
fibs(N, A, B) -> C = A + B, if C > 16#ffffffffffff -> fibs(N - 1, A, C bsr 20); C rem 5 < 0 -> fibs(N - 1, -C, A); true -> fibs(N - 1, B, C) end.
signs(0, X, Acc) -> {X, Acc};
signs(N, X, Acc) -> Y = (X bsl 3) bxor (bnot X band 16#ffffffff), Z = if Y >= 16#7000000000000000 -> Y rem 1000003; true -> -Y end, signs(N - 1, Z, Acc + Z).
waits(0, X) -> X;
waits(N, X) -> Y = X * 3 + (X band 16#fffffffff), if Y < 1 bsl 70 -> waits(N - 1, Y); true -> waits(N - 1, id(Y) rem 99999999977) end.
ends() -> [{mwc(200, X), grow(60, X, []), shrink(50, X), fibs(200, X, 1), fibs(100, -X, X), signs(100, X, X), waits(300, X)} || X <- id(starts())].
starts() -> [0, 1, -1, 77, 123456789, -987654321987, 1 bsl 28, 1 bsl 29, -(1 bsl 29), 1 bsl 30, 1 bsl 62, (1 bsl 63) - 1, 1 bsl 63, -(1 bsl 63), -(1 bsl 63) + 1, (1 bsl 64) - 1, -(1 bsl 64), 1 bsl 100].
typed() -> {mwc(150, 123456789), grow(50, 17, []), shrink(20, 1 bsl 62), fibs(100, 1, 1), signs(40, 5, 0), waits(200, 3)}.
round() -> {typed(), ends(), keep(300, 1, []), try clause(9, 77) catch error:R -> R end, exchange(50, 7, 9), calls(500, 5), descend(100, 3)}.
loops() -> {round(), fnv(<<"the quick brown fox">>, 16#cbf29ce484222325), lcg(1000, 42), xorshift(1000, 88172645463325252), park(1000, 1, 0)}.`;
  const cases = Array.from({ length: FUNCTIONS }, (_, i) => `c${i}/0`);
  return `-module(${module}).\n-export([loops/0, ${cases.join(', ')}]).\nid(X) -> X.\nbits(N, X) -> <<0:N, X:64>>.\n${functions.join('\n')}\n${loops}\n`;
}

// Native OTP 25 does not name the operator where it adds a constant.
const variants = [
  { release: 27, flags: [] },
  { release: 27, flags: ['+no_type_opt'] },
  { release: 25, flags: [] },
] as const;

for (const { release, flags } of variants) {
  test(`random integer programs, OTP ${release} ${flags.join(' ')}`, (context) => {
    const random = randomSource(Number(process.env.ENIGMA_SEED ?? 1));
    const module = 'raw_integers';
    const beam = erlc(source(module, random, release > 25), { release, flags });
    const names = [...Array.from({ length: FUNCTIONS }, (_, i) => `c${i}`), 'loops'];
    const count = compareWithNative(
      [beam],
      names.map((name) => ({ module, function: name })),
      { release },
    );
    context.diagnostic(`${count} functions`);
  });
}
