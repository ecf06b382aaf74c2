/** Reads a call as a person types it, `Module:Function(Term, …)`; terms are Erlang's literals: no variables, funs, pids. */
import { atom } from '../term/atoms.ts';
import { makeBigInt } from '../term/bignum.ts';
import { makeBinary } from '../term/bits.ts';
import { listOf, makeFloat, tupleOf } from '../term/build.ts';
import { NIL, type Term } from '../term/layout.ts';
import { mapFromArrays } from '../term/map-build.ts';

/** What was typed is no call or no term. */
export class SyntaxFault extends Error {}

/** The text of a call taken apart; `build` makes its arguments on the running heap. */
export interface ParsedCall {
  readonly module: string;
  readonly name: string;
  readonly build: () => Term[];
}

const TOKEN =
  /\s*(?:(?<float>-?\d+\.\d+(?:[eE][+-]?\d+)?)|(?<based>-?\d{1,2}#[0-9a-zA-Z]+)|(?<integer>-?\d+)|(?<atom>[a-zß-öø-ÿ][\w@]*)|'(?<quoted>(?:[^'\\]|\\.)*)'|"(?<string>(?:[^"\\]|\\.)*)"|\$(?<character>\\?.)|(?<mark><<|>>|=>|#\{|[[\]{}(),|:/]))/suy;

interface Token {
  readonly kind: string;
  readonly text: string;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    const group = Object.entries(match?.groups ?? {}).find(([, value]) => value !== undefined);
    if (group === undefined) throw new SyntaxFault(`cannot read ${text.slice(at)}`);
    found.push({ kind: group[0], text: group[1] as string });
  }
  return found;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', e: '\x1b', s: ' ', 0: '\0' };

function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/gsu, (_, letter: string) => ESCAPES[letter] ?? letter);
}

function codePoints(text: string): number[] {
  return [...text].map((character) => character.codePointAt(0) as number);
}

function integerOf(token: Token): bigint {
  if (token.kind === 'integer') return BigInt(token.text);
  const [base = '', digits = ''] = token.text.replace('-', '').split('#');
  const radix = BigInt(base);
  let value = 0n;
  for (const digit of digits) {
    const number = Number.parseInt(digit, Number(base));
    if (Number.isNaN(number)) throw new SyntaxFault(`${token.text} is no integer`);
    value = value * radix + BigInt(number);
  }
  return token.text.startsWith('-') ? -value : value;
}

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(text: string) {
    this.tokens = tokens(text);
  }

  private next(): Token {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new SyntaxFault('the call ends too early');
    return token;
  }

  private isMark(text: string): boolean {
    const token = this.tokens[this.at];
    return token?.kind === 'mark' && token.text === text;
  }

  private expect(text: string): void {
    if (!this.isMark(text))
      throw new SyntaxFault(`${text} is missing before ${this.tokens[this.at]?.text ?? 'the end'}`);
    this.at++;
  }

  private name(): string {
    const { kind, text } = this.next();
    if (kind !== 'atom' && kind !== 'quoted') throw new SyntaxFault(`${text} is no atom`);
    return kind === 'quoted' ? withoutEscapes(text) : text;
  }

  call(): { module: string; name: string; args: (() => Term)[] } {
    const module = this.name();
    this.expect(':');
    const name = this.name();
    this.expect('(');
    const args = this.sequence(')');
    if (this.at < this.tokens.length) throw new SyntaxFault(`${this.tokens[this.at]?.text} follows the call`);
    return { module, name, args };
  }

  /** Terms up to the closing mark. */
  private sequence(close: string): (() => Term)[] {
    const terms: (() => Term)[] = [];
    while (!this.isMark(close)) {
      if (terms.length > 0) this.expect(',');
      terms.push(this.term());
    }
    this.expect(close);
    return terms;
  }

  private term(): () => Term {
    const token = this.next();
    switch (token.kind) {
      case 'integer':
      case 'based': {
        const value = integerOf(token);
        return () => makeBigInt(value);
      }
      case 'float':
        return () => makeFloat(Number(token.text));
      case 'atom':
        return () => atom(token.text);
      case 'quoted':
        return () => atom(withoutEscapes(token.text));
      case 'string':
        return () => listOf(codePoints(withoutEscapes(token.text)).map((point) => makeBigInt(BigInt(point))));
      case 'character':
        return () => makeBigInt(BigInt(codePoints(withoutEscapes(token.text))[0] as number));
      default:
        return this.compound(token.text);
    }
  }

  private compound(mark: string): () => Term {
    if (mark === '{') {
      const elements = this.sequence('}');
      return () => tupleOf(elements.map((build) => build()));
    }
    if (mark === '[') return this.list();
    if (mark === '#{') return this.map();
    if (mark === '<<') return this.binary();
    throw new SyntaxFault(`${mark} begins no term`);
  }

  private list(): () => Term {
    const elements: (() => Term)[] = [];
    let last: () => Term = () => NIL;
    while (!this.isMark(']')) {
      if (elements.length > 0) this.expect(',');
      elements.push(this.term());
      if (this.isMark('|')) {
        this.expect('|');
        last = this.term();
        break;
      }
    }
    this.expect(']');
    return () =>
      listOf(
        elements.map((build) => build()),
        last(),
      );
  }

  private map(): () => Term {
    const keys: (() => Term)[] = [];
    const values: (() => Term)[] = [];
    while (!this.isMark('}')) {
      if (keys.length > 0) this.expect(',');
      keys.push(this.term());
      this.expect('=>');
      values.push(this.term());
    }
    this.expect('}');
    return () =>
      mapFromArrays(
        keys.map((build) => build()),
        values.map((build) => build()),
      );
  }

  /** Bytes and strings: `<<1,2,"abc">>`; a string is UTF-8. */
  private binary(): () => Term {
    const content: number[] = [];
    while (!this.isMark('>>')) {
      if (content.length > 0) this.expect(',');
      const token = this.next();
      if (token.kind === 'string') content.push(...new TextEncoder().encode(withoutEscapes(token.text)));
      else if (token.kind === 'integer') content.push(Number(BigInt.asUintN(8, BigInt(token.text))));
      else throw new SyntaxFault(`${token.text} is no byte`);
    }
    this.expect('>>');
    return () => makeBinary(Uint8Array.from(content));
  }
}

/** Takes a call apart. Throws SyntaxFault. */
export function parseCall(text: string): ParsedCall {
  const { module, name, args } = new Parser(text).call();
  return { module, name, build: () => args.map((build) => build()) };
}
