/**
 * Erlang modules with generated constructions and matches of bitstrings. Every function is called with many arguments out of
 * a stock of values (`value/2` in bits-values.erl), as `?MODULE:f(...)`, so that the compiler knows nothing of their types.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RandomSource, randomSource } from '../support/random.ts';
import { repositoryRoot } from '../support/repository.ts';

/** Kinds of arguments, as `value/2` names them. */
type Kind = 'int' | 'size' | 'number' | 'bits' | 'char' | 'any';

interface GeneratedFunction {
  readonly text: string;
  readonly kinds: readonly Kind[];
}

type Pick = <Item>(items: readonly Item[]) => Item;

class Generator {
  private readonly below: RandomSource;
  private kinds: Kind[] = [];
  private bound: string[] = [];

  constructor(seed: number) {
    this.below = randomSource(seed);
  }

  private readonly pick: Pick = (items) => items[this.below(items.length)] as (typeof items)[number];

  private argument(kind: Kind): string {
    this.kinds.push(kind);
    return `A${this.kinds.length}`;
  }

  private variable(): string {
    this.bound.push(`V${this.bound.length + 1}`);
    return this.bound.at(-1) as string;
  }

  private maybeVariable(): string {
    return this.below(2) === 0 ? this.variable() : '_';
  }

  private integerFlags(): string[] {
    return [this.pick(['', '', 'little', 'big', 'native']), this.pick(['', 'signed', 'unsigned'])].filter(
      (f) => f !== '',
    );
  }

  private withFlags(text: string, flags: readonly string[]): string {
    return flags.length === 0 ? text : `${text}/${flags.join('-')}`;
  }

  /** A size in the code: small ones, those around words and bytes, and a few large. */
  private constantSize(): number {
    const edge = this.pick([8, 16, 24, 25, 29, 30, 32, 40, 48, 56, 64, 72, 128]);
    return this.pick([
      this.below(10),
      8,
      8,
      16,
      32,
      edge,
      edge + this.below(3) - 1,
      this.below(80),
      500 + this.below(80),
    ]);
  }

  private unit(): string[] {
    return this.pick([[], [], [], [`unit:${this.pick([1, 2, 3, 7, 8, 9, 16, 32])}`]]);
  }

  // ---- building ----------------------------------------------------------------------------------------------------

  private integerSegment(): string {
    const value = this.pick([
      () => this.argument('int'),
      () => this.argument('int'),
      () => this.argument('any'),
      () => `(${this.pick(['0', '1', '-1', '255', '16#12345678', '-16#123456789abcdef01', '1 bsl 200'])})`,
    ])();
    const isFixed = this.below(4) > 0;
    const size = isFixed ? `${this.constantSize()}` : this.argument('size');
    return this.withFlags(`${value}:${size}`, ['integer', ...this.integerFlags(), ...this.unit()]);
  }

  private floatSegment(): string {
    const size = this.pick(['16', '32', '64', '64', '17', this.argument('size')]);
    return this.withFlags(`${this.argument('number')}:${size}`, ['float', this.pick(['little', 'big', 'native'])]);
  }

  private bitsSegment(): string {
    const value = this.argument(this.pick(['bits', 'bits', 'bits', 'any'] as const));
    const type = this.pick(['binary', 'bitstring', 'binary-unit:3', 'binary-unit:16', 'binary-unit:5']);
    const size = this.pick(['', '', `:${this.below(12)}`, `:${this.argument('size')}`]);
    return `${value}${size}/${type}`;
  }

  private otherSegment(): string {
    return this.pick([
      () => `"${this.pick(['a', 'ab', 'abc', 'hello', 'a rather long string, longer than what is stored at once'])}"`,
      () => `${this.argument(this.pick(['char', 'char', 'any'] as const))}/utf8`,
      () => this.withFlags(this.argument(this.pick(['char', 'any'] as const)), ['utf16', this.pick(['big', 'little'])]),
      () => this.withFlags(this.argument(this.pick(['char', 'any'] as const)), ['utf32', this.pick(['big', 'little'])]),
      () => `"\u00e9\u20ac"/utf8`,
    ])();
  }

  construction(name: string): GeneratedFunction {
    this.kinds = [];
    const segments: string[] = [];
    if (this.below(4) === 0) segments.push(`${this.argument('bits')}/${this.pick(['binary', 'bitstring'])}`);
    const count = 1 + this.below(6);
    for (let i = 0; i < count; i++) {
      const kind = this.below(10);
      if (kind < 5) segments.push(this.integerSegment());
      else if (kind < 6) segments.push(this.floatSegment());
      else if (kind < 8) segments.push(this.bitsSegment());
      else segments.push(this.otherSegment());
    }
    return this.finished(name, [`<<${segments.join(', ')}>>`]);
  }

  // ---- matching ----------------------------------------------------------------------------------------------------

  private integerPattern(): string {
    const value = this.pick([
      () => this.variable(),
      () => this.variable(),
      () => `${this.below(4)}`,
      () => '_',
      () => '_',
    ])();
    const isFixed = this.below(5) > 0;
    const size = isFixed
      ? `${this.constantSize()}`
      : this.pick([this.argument('size'), ...this.bound.filter((v) => v !== value)]);
    return this.withFlags(`${value}:${size}`, ['integer', ...this.integerFlags(), ...this.unit()]);
  }

  private pattern(): string {
    return this.pick([
      () => this.integerPattern(),
      () => this.integerPattern(),
      () => this.integerPattern(),
      () => this.integerPattern(),
      () =>
        `${this.variable()}:${this.pick(['16', '32', '64', this.argument('size')])}/float-${this.pick(['little', 'big'])}`,
      () =>
        `${this.variable()}:${this.pick([`${this.below(70)}`, this.argument('size')])}/${this.pick(['binary', 'bitstring'])}`,
      () => `_:${this.pick([`${this.below(20)}`, this.argument('size')])}/${this.pick(['binary', 'bitstring'])}`,
      () => `${this.maybeVariable()}/${this.pick(['utf8', 'utf16', 'utf16-little', 'utf32', 'utf32-little'])}`,
      () => `"${this.pick(['a', 'ab', '\\0', '\\0\\0\\0'])}"`,
    ])();
  }

  /** A function of several clauses on one bitstring. */
  match(name: string): GeneratedFunction {
    this.kinds = [];
    const subject = this.argument('bits');
    const clauses: string[] = [];
    const count = 1 + this.below(3);
    for (let i = 0; i < count; i++) {
      this.bound = [];
      const patterns: string[] = [];
      const length = 1 + this.below(4);
      for (let j = 0; j < length; j++) patterns.push(this.pattern());
      const tail = this.pick(['/bitstring', '/bitstring', '/binary', '/binary-unit:3', '']);
      if (tail !== '') patterns.push(`${this.maybeVariable()}${tail}`);
      clauses.push(
        `<<${patterns.join(', ')}>> -> {${[i, ...this.bound.filter((v) => patterns.join().includes(v))].join(', ')}}`,
      );
    }
    return this.finished(name, [`case ${subject} of ${[...clauses, '_ -> nomatch'].join(';\n    ')} end`]);
  }

  private finished(name: string, body: readonly string[]): GeneratedFunction {
    const args = this.kinds.map((_, i) => `A${i + 1}`);
    return { text: `${name}(${args.join(', ')}) ->\n  ${body.join(',\n  ')}.`, kinds: this.kinds };
  }
}

/** A module of this name: `run/0` gives what every function made of each of `rounds` lists of arguments. */
export function generatedModule(name: string, seed: number, functions: number, rounds: number): string {
  const generator = new Generator(seed);
  const texts: string[] = [];
  const rows: string[] = [];
  const exports: string[] = [];
  for (let i = 0; i < functions; i++) {
    const called = `f${i}`;
    const made = i % 2 === 0 ? generator.construction(called) : generator.match(called);
    texts.push(made.text);
    rows.push(`{${i}, ${called}, [${made.kinds.join(', ')}]}`);
    exports.push(`${called}/${made.kinds.length}`);
  }
  const values = readFileSync(join(repositoryRoot, 'test', 'jit', 'bits-values.erl'), 'utf8');
  return [
    `-module(${name}).`,
    '-compile([nowarn_unused_vars, nowarn_shadow_vars, nowarn_unused_function]).',
    `-export([run/0, ${exports.join(', ')}]).`,
    `run() -> run([${rows.join(',\n')}], ${rounds}, ${seed}).`,
    values,
    ...texts,
  ].join('\n');
}
