/** What a regular expression becomes: instructions for the backtracking machine in matcher.ts. */

import { fixedLength } from './parser.ts';
import type { AssertionKind, CharTest, Node, ParsedRegex } from './syntax.ts';

export type Instruction =
  | { readonly op: 'char'; readonly test: CharTest }
  /** A character again and again; goes on with the next instruction. */
  | {
      readonly op: 'span';
      readonly test: CharTest;
      readonly min: number;
      readonly max: number;
      readonly mode: 'greedy' | 'possessive';
    }
  /** Tries `first`, later `second`. */
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly register: number }
  /** Goes back to `to` unless the loop's body has matched nothing. */
  | { readonly op: 'loop'; readonly register: number; readonly to: number }
  | { readonly op: 'assert'; readonly what: AssertionKind; readonly word: CharTest }
  | { readonly op: 'newline'; readonly unicode: boolean }
  | { readonly op: 'reference'; readonly groups: readonly number[]; readonly caseless: boolean }
  /** Runs what follows, up to an `accept`, on its own; goes on at `to`. `back`: so many characters before. */
  | { readonly op: 'look'; readonly negative: boolean; readonly back: number; to: number }
  | { readonly op: 'atomic'; to: number }
  | { readonly op: 'accept' }
  | { readonly op: 'fail' };

export interface Program {
  readonly code: readonly Instruction[];
  /** Registers: two for each group, the whole match first; then those of loops. */
  readonly registerCount: number;
  readonly groupCount: number;
}

/** A pattern becomes more instructions than may be. */
export class RegexTooLarge {}

const MAX_INSTRUCTIONS = 200_000;

class Compiler {
  readonly code: Instruction[] = [];
  registers: number;

  constructor(groupCount: number) {
    this.registers = (groupCount + 1) * 2;
  }

  private emit<Made extends Instruction>(instruction: Made): Made {
    if (this.code.length >= MAX_INSTRUCTIONS) throw new RegexTooLarge();
    this.code.push(instruction);
    return instruction;
  }

  node(node: Node): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'char':
        this.emit({ op: 'char', test: node.test });
        return;
      case 'sequence':
        for (const item of node.items) this.node(item);
        return;
      case 'choice':
        return this.choice(node.items);
      case 'group':
        this.emit({ op: 'save', register: node.index * 2 });
        this.node(node.body);
        this.emit({ op: 'save', register: node.index * 2 + 1 });
        return;
      case 'repeat':
        return this.repeat(node);
      case 'look':
        return this.look(node.body, node.behind, node.negative);
      case 'atomic':
        return this.atomic(() => this.node(node.body));
      case 'keep':
        this.emit({ op: 'save', register: 0 });
        return;
      case 'fail':
        this.emit({ op: 'fail' });
        return;
      case 'assert':
        this.emit({ op: 'assert', what: node.what, word: node.word });
        return;
      case 'newline':
        this.emit({ op: 'newline', unicode: node.unicode });
        return;
      case 'reference':
        this.emit({ op: 'reference', groups: node.groups, caseless: node.caseless });
    }
  }

  private choice(items: readonly Node[]): void {
    const jumps: { to: number }[] = [];
    items.forEach((item, i) => {
      if (i === items.length - 1) {
        this.node(item);
        return;
      }
      const split = this.emit({ op: 'split', first: this.code.length + 1, second: 0 });
      this.node(item);
      jumps.push(this.emit({ op: 'jump', to: 0 }));
      split.second = this.code.length;
    });
    for (const jump of jumps) jump.to = this.code.length;
  }

  private repeat(node: Node & { readonly kind: 'repeat' }): void {
    const { body, min, max, mode } = node;
    if (body.kind === 'char' && mode !== 'lazy') {
      this.emit({ op: 'span', test: body.test, min, max, mode });
      return;
    }
    if (mode === 'possessive') return this.atomic(() => this.copies(body, min, max, false));
    this.copies(body, min, max, mode === 'lazy');
  }

  private copies(body: Node, min: number, max: number, lazy: boolean): void {
    for (let i = 0; i < min; i++) this.node(body);
    if (max === Number.POSITIVE_INFINITY) return this.loop(body, lazy);
    const splits: { first: number; second: number }[] = [];
    for (let i = min; i < max; i++) {
      splits.push(this.emit({ op: 'split', first: 0, second: 0 }));
      const at = this.code.length;
      const split = splits.at(-1) as { first: number; second: number };
      if (lazy) split.second = at;
      else split.first = at;
      this.node(body);
    }
    for (const split of splits) {
      if (lazy) split.first = this.code.length;
      else split.second = this.code.length;
    }
  }

  private loop(body: Node, lazy: boolean): void {
    const register = this.registers++;
    const start = this.code.length;
    const split = this.emit({ op: 'split', first: 0, second: 0 });
    this.emit({ op: 'save', register });
    const inside = start + 1;
    this.node(body);
    this.emit({ op: 'loop', register, to: start });
    const behind = this.code.length;
    split.first = lazy ? behind : inside;
    split.second = lazy ? inside : behind;
  }

  private atomic(emitBody: () => void): void {
    const atomic = this.emit({ op: 'atomic', to: 0 });
    emitBody();
    this.emit({ op: 'accept' });
    atomic.to = this.code.length;
  }

  /** Each alternative of a lookbehind has its own length. */
  private look(body: Node, behind: boolean, negative: boolean): void {
    if (!behind) return this.lookAt(body, negative, 0);
    const branches = body.kind === 'choice' ? body.items : [body];
    if (branches.length === 1) return this.lookAt(body, negative, fixedLength(body) ?? 0);
    if (!negative) {
      this.choice(branches.map((branch) => ({ kind: 'look', behind: true, negative: false, body: branch })));
      return;
    }
    for (const branch of branches) this.lookAt(branch, true, fixedLength(branch) ?? 0);
  }

  private lookAt(body: Node, negative: boolean, back: number): void {
    const look = this.emit({ op: 'look', negative, back, to: 0 });
    this.node(body);
    this.emit({ op: 'accept' });
    look.to = this.code.length;
  }

  finish(): void {
    this.emit({ op: 'accept' });
  }
}

/** Throws RegexTooLarge. */
export function compileRegex({ node, groupCount }: ParsedRegex): Program {
  const compiler = new Compiler(groupCount);
  compiler.node(node);
  compiler.finish();
  return { code: compiler.code, registerCount: compiler.registers, groupCount };
}
