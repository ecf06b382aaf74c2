/** What terminfo's strings with parameters become: tparm(3) and tputs(3) of ncurses, for terminals that need no padding. */

const PARAMETERS = 9;
const DELAY = /\$<\d+(?:\.\d)?[*/]*>/g;
/** One `%` with what belongs to it; `%:-4d` is a format whose flags would else be operators. */
const CODE = /%(?:p([1-9])|'(.)'|\{(-?\d+)\}|([Pg])([a-zA-Z])|(?::?([-+# ]*)(\d*)(?:\.(\d+))?([doxX]))|(.))|[^%]+/gs;
const ARITHMETIC: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => (b === 0 ? 0 : Math.trunc(a / b))],
  ['m', (a, b) => (b === 0 ? 0 : a % b)],
  ['=', (a, b) => Number(a === b)],
  ['>', (a, b) => Number(a > b)],
  ['<', (a, b) => Number(a < b)],
  ['&', (a, b) => a & b],
  ['|', (a, b) => a | b],
  ['^', (a, b) => a ^ b],
  ['A', (a, b) => Number(a !== 0 && b !== 0)],
  ['O', (a, b) => Number(a !== 0 || b !== 0)],
]);
const BASES: Readonly<Record<string, number>> = { d: 10, o: 8, x: 16, X: 16 };

/** As printf writes it. */
function formatted(value: number, flags: string, width: string, precision: string, kind: string): string {
  const digits = Math.abs(value)
    .toString(BASES[kind])
    .padStart(Number(precision || 0), '0');
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const isZeroFilled = width.startsWith('0') && precision === '';
  const room = Number(width || 0);
  const text = sign + (isZeroFilled ? digits.padStart(room - sign.length, '0') : digits);
  const shown = kind === 'X' ? text.toUpperCase() : text;
  return flags.includes('-') ? shown.padEnd(room) : shown.padStart(room);
}

/** Behind the `%;` of the `%?` that `at` lies in, or behind its `%e` when one may end the search. */
function skipBranch(codes: readonly RegExpMatchArray[], at: number, stopsAtElse: boolean): number {
  let depth = 0;
  for (let i = at; i < codes.length; i++) {
    const code = codes[i]?.[0];
    if (code === '%?') depth++;
    else if (code === '%;' && depth-- === 0) return i + 1;
    else if (code === '%e' && depth === 0 && stopsAtElse) return i + 1;
  }
  return codes.length;
}

class Expansion {
  private readonly stack: number[] = [];
  private readonly variables = new Map<string, number>();
  private readonly parameters: number[];
  private out = '';

  constructor(parameters: readonly number[]) {
    this.parameters = Array.from({ length: PARAMETERS }, (_, i) => parameters[i] ?? 0);
  }

  private pop(): number {
    return this.stack.pop() ?? 0;
  }

  run(codes: readonly RegExpMatchArray[]): string | undefined {
    for (let at = 0; at < codes.length; ) {
      const code = codes[at] as RegExpMatchArray;
      const [text] = code;
      at++;
      if (text === '%e') at = skipBranch(codes, at, false);
      else if (text === '%t') at = this.pop() === 0 ? skipBranch(codes, at, true) : at;
      else if (!text.startsWith('%')) this.out += text;
      else if (!this.step(code)) return undefined;
    }
    return this.out;
  }

  /** False: an operator that is not known. */
  private step([
    ,
    parameter,
    character,
    constant,
    access,
    name = '',
    flags,
    width,
    precision,
    kind,
    operator,
  ]: RegExpMatchArray): boolean {
    if (parameter !== undefined) this.stack.push(this.parameters[Number(parameter) - 1] ?? 0);
    else if (character !== undefined) this.stack.push(character.charCodeAt(0));
    else if (constant !== undefined) this.stack.push(Number(constant));
    else if (access === 'P') this.variables.set(name, this.pop());
    else if (access === 'g') this.stack.push(this.variables.get(name) ?? 0);
    else if (kind !== undefined) this.out += formatted(this.pop(), flags ?? '', width ?? '', precision ?? '', kind);
    else return this.operate(operator ?? '');
    return true;
  }

  private operate(operator: string): boolean {
    const arithmetic = ARITHMETIC.get(operator);
    if (arithmetic !== undefined) {
      const second = this.pop();
      this.stack.push(arithmetic(this.pop(), second));
      return true;
    }
    switch (operator) {
      case '%':
        this.out += '%';
        return true;
      case 'c':
        this.out += String.fromCharCode(this.pop());
        return true;
      case '!':
        this.stack.push(Number(this.pop() === 0));
        return true;
      case '~':
        this.stack.push(~this.pop());
        return true;
      case 'i':
        this.parameters[0] = (this.parameters[0] as number) + 1;
        this.parameters[1] = (this.parameters[1] as number) + 1;
        return true;
      default:
        return operator === '?' || operator === ';';
    }
  }
}

/** A string of terminfo with its parameters, one character a byte; undefined when it has an operator on strings or unknown. */
export function withParameters(capability: string, parameters: readonly number[]): string | undefined {
  return new Expansion(parameters).run([...capability.matchAll(CODE)]);
}

/** Without the delays that terminals of old needed. */
export function withoutDelays(text: string): string {
  return text.replace(DELAY, '');
}
