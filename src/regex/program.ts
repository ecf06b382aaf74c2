/** What a regular expression becomes: instructions for the backtracking machine in matcher.ts. */

import { variantsOf, wordSet } from './char-classes.ts';
import { type CharSet, SetBuilder } from './char-set.ts';
import { couldBeEmpty, hasCapture, hasVerb } from './node-facts.ts';
import * as op from './operations.ts';
import { type StartInfo, startInfo } from './start-info.ts';
import type {
  Branch,
  CharNode,
  ConditionNode,
  GroupNode,
  LookNode,
  Node,
  ParsedRegex,
  RepeatNode,
  Verb,
} from './syntax.ts';
import { encodePoint } from './utf8-points.ts';

export interface Program {
  readonly code: Int32Array;
  readonly sets: readonly CharSet[];
  readonly strings: readonly Uint8Array[];
  readonly names: readonly string[];
  readonly lists: readonly (readonly number[])[];
  /** Two for each group, the whole match first; one for where each group was opened; one for each loop. */
  readonly registerCount: number;
  readonly groupCount: number;
  /** What \b takes for characters of words. */
  readonly word: CharSet;
  readonly start: StartInfo;
}

/** A pattern becomes more instructions than may be. */
export class RegexTooLarge {}

const MAX_WORDS = 400_000;
const MODES = { greedy: op.GREEDY, lazy: op.LAZY, possessive: op.POSSESSIVE_SPAN } as const;
const LAST_ASCII = 0x7f;

const SIMPLE_VERBS: ReadonlyMap<Verb, number> = new Map([
  ['commit', op.COMMIT],
  ['fail', op.FAIL],
  ['prune', op.PRUNE],
  ['skip', op.SKIP],
  ['then', op.THEN],
]);

/** A single character that can be repeated by SPAN: kind and operand. */
type Single = readonly [number, number];

class Compiler {
  private readonly words: number[] = [];
  readonly sets: CharSet[] = [];
  readonly strings: Uint8Array[] = [];
  readonly names: string[] = [];
  readonly lists: (readonly number[])[] = [];
  registers: number;
  private readonly unicode: boolean;
  private readonly hasThen: boolean;
  /** Where the body of each group begins: the first one counts. */
  private readonly bodies = new Map<number, number>();
  private readonly calls: { readonly word: number; readonly group: number }[] = [];
  /** Bytes that are not yet in an instruction. */
  private pending: number[] = [];

  constructor({ groupCount, options, branches }: ParsedRegex) {
    this.registers = (groupCount + 1) * 3;
    this.unicode = options.unicode;
    this.hasThen = hasVerb(branches, ['then']);
  }

  finish(): Int32Array {
    this.emit(op.END);
    for (const { word, group } of this.calls) this.words[word] = this.bodies.get(group) ?? 0;
    return Int32Array.from(this.words);
  }

  private flush(): void {
    const { pending } = this;
    if (pending.length === 0) return;
    this.pending = [];
    if (pending.length === 1) this.words.push(op.CHAR, pending[0] as number);
    else this.words.push(op.STRING, this.strings.push(Uint8Array.from(pending)) - 1);
  }

  /** Where the next instruction will be. */
  private get here(): number {
    this.flush();
    return this.words.length;
  }

  /** Gives the place of the instruction. */
  private emit(...words: readonly number[]): number {
    const { here } = this;
    if (here > MAX_WORDS) throw new RegexTooLarge();
    this.words.push(...words);
    return here;
  }

  private patch(word: number): void {
    this.words[word] = this.here;
  }

  private list(groups: readonly number[]): number {
    return this.lists.push(groups) - 1;
  }

  // ---- groups --------------------------------------------------------------------------------------------------------

  /** Alternatives, each of which may begin with something of its own. */
  alternatives(branches: readonly Branch[], begin?: (branch: number) => void): void {
    const jumps: number[] = [];
    branches.forEach(({ items }, i) => {
      const isLast = i === branches.length - 1;
      const isAlone = branches.length === 1;
      const at = isLast ? (this.hasThen && !isAlone ? this.emit(op.LAST, 0) : -1) : this.emit(op.ALT, 0);
      begin?.(i);
      this.sequence(items);
      if (!isLast) jumps.push(this.emit(op.JUMP, 0) + 1);
      if (at >= 0) this.patch(at + 1);
    });
    for (const jump of jumps) this.patch(jump);
  }

  private sequence(items: readonly Node[]): void {
    items.forEach((item, i) => {
      this.node(item, items[i + 1]);
    });
  }

  private node(node: Node, next?: Node): void {
    switch (node.kind) {
      case 'char':
        return this.char(node);
      case 'set':
      case 'any':
      case 'all':
      case 'byte': {
        const [kind, operand] = this.single(node) as Single;
        this.emit(...(kind === op.SET ? [kind, operand] : [kind]));
        return;
      }
      case 'group':
        return this.group(node);
      case 'repeat':
        return this.repeat(node, next);
      case 'look':
        return this.look(node);
      case 'condition':
        return this.condition(node);
      case 'recurse':
        this.calls.push({ word: this.emit(op.CALL, node.group, 0) + 2, group: node.group });
        return;
      case 'reference':
        this.emit(op.REFERENCE, this.list(node.groups), node.caseless ? 1 : 0);
        return;
      case 'verb':
        return this.verb(node);
      default:
        return this.simple(node);
    }
  }

  private simple(node: Node): void {
    if (node.kind === 'newline') this.emit(op.NEWLINE);
    else if (node.kind === 'cluster') this.emit(op.CLUSTER);
    else if (node.kind === 'keep') this.emit(op.KEEP);
    else if (node.kind === 'assert') this.emit(op.ASSERT, op.ASSERTION_KINDS.indexOf(node.what));
  }

  private verb({ verb, name, inAssertion, open }: Node & { kind: 'verb' }): void {
    if (verb === 'accept') {
      for (const group of open) this.emit(op.CLOSE, group);
      this.emit(op.ACCEPT, inAssertion ? 1 : 0);
      return;
    }
    if (name !== undefined && verb === 'skip') {
      this.emit(op.SKIP_TO, this.names.push(name) - 1);
      return;
    }
    // PRUNE and THEN with a name do nothing more with it: nothing that module re returns has it.
    if (verb === 'mark') this.emit(op.MARK, this.names.push(name as string) - 1);
    else this.emit(SIMPLE_VERBS.get(verb) as number);
  }

  private char(node: CharNode): void {
    const variants = node.caseless ? variantsOf(node.point, this.unicode) : [node.point];
    if (variants.length === 1) this.pending.push(...(this.unicode ? encodePoint(node.point) : [node.point]));
    else this.emit(...(this.single(node) as Single));
  }

  private addSet(set: CharSet): Single {
    return [op.SET, this.sets.push(set) - 1];
  }

  private single(node: Node): Single | undefined {
    if (node.kind === 'set') return this.addSet(node.set);
    if (node.kind === 'any') return [op.ANY, 0];
    if (node.kind === 'all') return [op.ALL, 0];
    if (node.kind === 'byte') return [op.BYTE, 0];
    if (node.kind !== 'char') return undefined;
    const variants = node.caseless ? variantsOf(node.point, this.unicode) : [node.point];
    const isByte = !this.unicode || node.point <= LAST_ASCII;
    if (variants.length === 1 && isByte) return [op.CHAR, node.point];
    return this.addSet(new SetBuilder().addPoints(variants).build());
  }

  private group(node: GroupNode): void {
    if (node.atomic) return this.atomic(hasCapture(node), () => this.groupBody(node));
    this.groupBody(node);
  }

  private groupBody({ index, branches }: GroupNode): void {
    if (index > 0) {
      this.emit(op.OPEN, index);
      this.body(index);
    }
    this.alternatives(branches);
    if (index > 0) this.emit(op.CLOSE, index);
  }

  /** The alternatives of a group begin here. */
  private body(index: number): void {
    const { here } = this;
    if (!this.bodies.has(index)) this.bodies.set(index, here);
  }

  private atomic(keepsUndo: boolean, emitBody: () => void): void {
    this.emit(op.ATOMIC);
    emitBody();
    this.emit(op.ATOMIC_END, keepsUndo ? 1 : 0);
  }

  // ---- assertions and conditions -------------------------------------------------------------------------------------

  private look(node: LookNode): void {
    const at = this.emit(op.LOOK, node.negative ? 1 : 0, 0, -1, -1);
    this.lookBody(node);
    this.patch(at + (node.negative ? 4 : 3));
  }

  private lookBody(node: LookNode): void {
    this.alternatives(node.branches, (i) => {
      if (node.behind) this.emit(op.BACK, node.lengths[i] ?? 0);
    });
    this.emit(op.LOOK_END);
  }

  private condition({ test, branches, always }: ConditionNode): void {
    const elses: number[] = [];
    if (test.kind === 'assertion') {
      const at = this.emit(op.LOOK, test.look.negative ? 1 : 0, 1, -1, -1);
      this.lookBody(test.look);
      this.patch(at + (test.look.negative ? 4 : 3));
      elses.push(at + (test.look.negative ? 3 : 4));
    } else if (always === 'define') elses.push(this.emit(op.JUMP, 0) + 1);
    else {
      const groups = test.kind === 'group' ? [test.group] : test.groups;
      const isCall = always === 'recursing' || test.kind === 'recursion';
      elses.push(this.emit(isCall ? op.IF_CALLED : op.IF_GROUP, this.list(groups), 0) + 2);
    }
    const [yes, no] = branches;
    this.sequence((yes as Branch).items);
    const out = no === undefined ? undefined : this.emit(op.JUMP, 0) + 1;
    for (const word of elses) this.patch(word);
    if (no === undefined || out === undefined) return;
    this.sequence(no.items);
    this.patch(out);
  }

  // ---- repetition ----------------------------------------------------------------------------------------------------

  private repeat({ body, min, max, mode }: RepeatNode, next?: Node): void {
    if (max === 0) return this.skipped(body);
    const single = this.single(body);
    if (single !== undefined) {
      const isFinal = mode === 'greedy' && excludes(body, next, this.unicode);
      this.emit(op.SPAN, ...single, min, max < 0 ? op.NO_LIMIT : max, isFinal ? op.POSSESSIVE_SPAN : MODES[mode]);
      return;
    }
    if (mode !== 'possessive') return this.copies(body, min, max, mode === 'lazy');
    const isLoop = body.kind === 'group' && !body.atomic && max < 0 && min < 2;
    if (isLoop) this.possessive(body, min);
    else this.atomic(hasCapture(body), () => this.copies(body, min, max, false));
  }

  /** Zero times, but it may be called. */
  private skipped(body: Node): void {
    if (!hasCapture(body)) return;
    const out = this.emit(op.JUMP, 0) + 1;
    this.node(body);
    this.patch(out);
  }

  private possessive({ index, branches }: GroupNode, min: number): void {
    const at = this.emit(op.POSSESSIVE, index, min === 0 ? 1 : 0, 0);
    if (index > 0) this.body(index);
    this.alternatives(branches);
    if (index > 0) this.emit(op.CLOSE, index);
    this.emit(op.POSSESSIVE_END);
    this.patch(at + 3);
  }

  private copies(body: Node, min: number, max: number, lazy: boolean): void {
    const split = lazy ? op.SPLIT_LATER : op.SPLIT;
    const exits: number[] = [];
    if (max < 0) {
      for (let i = 1; i < min; i++) this.node(body);
      if (min === 0) exits.push(this.emit(split, 0) + 1);
      this.loop(body, lazy);
    } else {
      for (let i = 0; i < min; i++) this.node(body);
      for (let i = min; i < max; i++) {
        exits.push(this.emit(split, 0) + 1);
        this.node(body);
      }
    }
    for (const exit of exits) this.patch(exit);
  }

  /** Once, and then as often as possible, or as needed. */
  private loop(body: Node, lazy: boolean): void {
    const flag = lazy ? 1 : 0;
    if (!couldBeEmpty(body)) {
      const start = this.here;
      this.node(body);
      this.emit(op.AGAIN, start, flag);
      return;
    }
    const register = this.registers++;
    const start = this.emit(op.LOOP, register);
    this.node(body);
    this.emit(op.LOOP_END, register, start, flag);
  }
}

/** Whether a repeated character can never be what comes next, so that giving back characters is of no use. */
function excludes(body: Node, next: Node | undefined, unicode: boolean): boolean {
  if (body.kind !== 'set' && body.kind !== 'char') return false;
  if (next === undefined) return false;
  const first = next.kind === 'repeat' && next.min > 0 ? next.body : next;
  if (first.kind !== 'char' || (unicode && first.point > LAST_ASCII)) return false;
  const wanted = first.caseless ? variantsOf(first.point, unicode) : [first.point];
  if (wanted.some((point) => point > LAST_ASCII && unicode)) return false;
  const own = body.kind === 'set' ? body.set.low : undefined;
  if (own !== undefined) return wanted.every((point) => own[point] === 0);
  const { point, caseless } = body as CharNode;
  const repeated = caseless ? variantsOf(point, unicode) : [point];
  return wanted.every((other) => !repeated.includes(other));
}

/** Throws RegexTooLarge. */
export function compileRegex(parsed: ParsedRegex): Program {
  const compiler = new Compiler(parsed);
  compiler.alternatives(parsed.branches);
  const code = compiler.finish();
  const { sets, strings, names, lists, registers } = compiler;
  return {
    code,
    sets,
    strings,
    names,
    lists,
    registerCount: registers,
    groupCount: parsed.groupCount,
    word: wordSet(parsed.options.ucp),
    start: startInfo(parsed),
  };
}
