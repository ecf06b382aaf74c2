/**
 * Matches by backtracking, with a stack of its own: neither long subjects nor deep patterns need native stack. Positions are bytes.
 *
 * An entry of the stack is three numbers: a choice (pc, position, -1), a span that can give back characters (pc behind it, its first
 * position, the current one), or a register's old value (-1 - register, value, 0).
 */
import { caseVariants } from './char-tests.ts';
import type { Instruction, Program } from './program.ts';
import type { AssertionKind, CharTest, Newline, RegexOptions } from './syntax.ts';
import { isContinuation, pointAt, widthOf } from './utf8-points.ts';

export interface MatchRequest {
  readonly subject: Uint8Array;
  /** Where to begin; lookbehinds see what lies before. */
  readonly offset: number;
  readonly options: RegexOptions;
  readonly anchored: boolean;
  readonly notBol: boolean;
  readonly notEol: boolean;
  readonly notEmpty: boolean;
  readonly notEmptyAtStart: boolean;
  /** Steps back that may be taken. */
  readonly limit: number;
}

/** More steps back than allowed. */
export class MatchLimit {}

const UNSET = -1;
/** Results of a step that are no positions. */
const FAILED = -1;
const ACCEPTED = -2;
const CR = 0x0d;
const LF = 0x0a;

export class Matcher {
  /** Work done, in steps. */
  steps = 0;
  readonly registers: number[];
  private readonly code: readonly Instruction[];
  private readonly request: MatchRequest;
  private readonly subject: Uint8Array;
  private readonly unicode: boolean;
  private readonly newline: Newline;
  private readonly stack: number[] = [];
  private start = 0;

  constructor(program: Program, request: MatchRequest) {
    this.code = program.code;
    this.request = request;
    this.subject = request.subject;
    this.unicode = request.options.unicode;
    this.newline = request.options.newline;
    this.registers = new Array<number>(program.registerCount).fill(UNSET);
  }

  /** Looks for the first match; its groups are in `registers`. Throws MatchLimit. */
  search(): boolean {
    const { offset, anchored, options } = this.request;
    const lastLine = options.firstline ? this.endOfLine(offset) : this.subject.length;
    for (let at = offset; at <= lastLine; at += at < this.subject.length ? this.width(at) : 1) {
      this.start = at;
      this.registers.fill(UNSET);
      this.registers[0] = at;
      const end = this.run(0, at);
      if (end !== UNSET) {
        this.registers[1] = end;
        return true;
      }
      if (anchored) return false;
    }
    return false;
  }

  private endOfLine(offset: number): number {
    let at = offset;
    while (at < this.subject.length && this.newlineAt(at) === 0) at++;
    return at;
  }

  // ---- characters ----------------------------------------------------------------------------------------------------

  private width(at: number): number {
    return this.unicode ? widthOf(this.subject[at] as number) : 1;
  }

  private point(at: number): number {
    return this.unicode ? pointAt(this.subject, at) : (this.subject[at] as number);
  }

  private before(at: number): number {
    let previous = at - 1;
    while (this.unicode && previous > 0 && isContinuation(this.subject[previous] as number)) previous--;
    return previous;
  }

  /** Bytes of the line end at a position, 0: there is none. */
  private newlineAt(at: number): number {
    const { newline, subject } = this;
    if (at >= subject.length) return 0;
    const byte = subject[at];
    const isPair = byte === CR && subject[at + 1] === LF;
    if (newline === 'lf') return byte === LF ? 1 : 0;
    if (newline === 'cr') return byte === CR ? 1 : 0;
    if (newline === 'crlf') return isPair ? 2 : 0;
    if (isPair) return 2;
    if (byte === CR || byte === LF) return 1;
    return newline === 'any' ? this.unicodeNewline(at) : 0;
  }

  private unicodeNewline(at: number): number {
    const point = this.point(at);
    const isNewline = point === 0x0b || point === 0x0c || point === 0x85 || point === 0x2028 || point === 0x2029;
    return isNewline ? this.width(at) : 0;
  }

  /** Whether a line end lies right before a position. */
  private newlineBefore(at: number): boolean {
    const one = this.before(at);
    if (one >= 0 && this.newlineAt(one) === at - one) return true;
    return at >= 2 && this.newlineAt(at - 2) === 2;
  }

  private holds(what: AssertionKind, word: CharTest, at: number): boolean {
    const { subject, request } = this;
    const atEnd = at === subject.length;
    switch (what) {
      case 'start':
        return at === 0;
      case 'subjectStart':
        return at === 0 && !request.notBol;
      case 'matching':
        return at === request.offset;
      case 'end':
        return atEnd;
      case 'subjectEnd':
        return atEnd && !request.notEol;
      case 'endOrNewline':
        if (atEnd) return !request.notEol;
        return !request.notEol && this.newlineAt(at) === subject.length - at;
      case 'lineStart':
        return at === 0 ? !request.notBol : !atEnd && this.newlineBefore(at);
      case 'lineEnd':
        return atEnd ? !request.notEol : this.newlineAt(at) > 0;
      default: {
        const left = at > 0 && word(this.point(this.before(at)));
        const right = !atEnd && word(this.point(at));
        return (left !== right) === (what === 'boundary');
      }
    }
  }

  // ---- the machine ---------------------------------------------------------------------------------------------------

  /** Runs from `from` until an `accept`; returns the position there, or UNSET. What it pushed stays for backtracking on success. */
  private run(from: number, position: number): number {
    const base = this.stack.length;
    let pc = from;
    let at = position;
    for (;;) {
      const instruction = this.code[pc] as Instruction;
      const next = this.step(instruction, pc, at);
      if (next >= 0) {
        pc = this.nextPc;
        at = next;
        continue;
      }
      if (next === ACCEPTED) {
        if (from !== 0 || this.isWanted(at)) return at;
      }
      if (!this.backtrack(base)) return UNSET;
      pc = this.nextPc;
      at = this.nextAt;
    }
  }

  private nextPc = 0;
  private nextAt = 0;

  private isWanted(at: number): boolean {
    const { notEmpty, notEmptyAtStart, offset } = this.request;
    const isEmpty = at === this.start && at === this.registers[0];
    return !(isEmpty && (notEmpty || (notEmptyAtStart && this.start === offset)));
  }

  /** The position behind the instruction, with `nextPc` set; or FAILED or ACCEPTED. */
  private step(instruction: Instruction, pc: number, at: number): number {
    this.nextPc = pc + 1;
    switch (instruction.op) {
      case 'char':
        if (at >= this.subject.length || !instruction.test(this.point(at))) return FAILED;
        return at + this.width(at);
      case 'span':
        return this.span(instruction, at);
      case 'split':
        this.stack.push(instruction.second, at, UNSET);
        this.nextPc = instruction.first;
        return at;
      case 'jump':
        this.nextPc = instruction.to;
        return at;
      case 'save':
        this.set(instruction.register, at);
        return at;
      case 'loop':
        if (this.registers[instruction.register] !== at) this.nextPc = instruction.to;
        return at;
      case 'assert':
        return this.holds(instruction.what, instruction.word, at) ? at : FAILED;
      case 'newline':
        return this.lineEnd(instruction.unicode, at);
      case 'reference':
        return this.repeatGroup(instruction.groups, instruction.caseless, at);
      case 'look':
        return this.look(instruction, pc, at);
      case 'atomic':
        return this.atomic(instruction.to, pc, at);
      case 'accept':
        return ACCEPTED;
      default:
        return FAILED;
    }
  }

  private set(register: number, value: number): void {
    this.stack.push(-1 - register, this.registers[register] as number, 0);
    this.registers[register] = value;
  }

  private span({ test, min, max, mode }: Instruction & { readonly op: 'span' }, at: number): number {
    const { subject } = this;
    let end = at;
    let count = 0;
    let least = at;
    while (count < max && end < subject.length && test(this.point(end))) {
      end += this.width(end);
      count++;
      if (count === min) least = end;
    }
    this.steps += count;
    if (count < min) return FAILED;
    if (mode === 'greedy' && end > least) this.stack.push(this.nextPc, least, end);
    return end;
  }

  private lineEnd(unicode: boolean, at: number): number {
    const { subject } = this;
    if (at >= subject.length) return FAILED;
    if (subject[at] === CR && subject[at + 1] === LF) {
      // CR alone is another way to match.
      return at + 2;
    }
    if (subject[at] === CR || subject[at] === LF) return at + 1;
    const width = unicode ? this.unicodeNewline(at) : 0;
    return width === 0 ? FAILED : at + width;
  }

  private repeatGroup(groups: readonly number[], caseless: boolean, at: number): number {
    const group = groups.find((index) => (this.registers[index * 2 + 1] as number) !== UNSET);
    if (group === undefined) return FAILED;
    const [from, to] = [this.registers[group * 2] as number, this.registers[group * 2 + 1] as number];
    let position = at;
    for (let i = from; i < to; i += this.width(i)) {
      if (position >= this.subject.length) return FAILED;
      const [wanted, found] = [this.point(i), this.point(position)];
      const isSame = wanted === found || (caseless && caseVariants(wanted, this.unicode).includes(found));
      if (!isSame) return FAILED;
      position += this.width(position);
    }
    return position;
  }

  private look({ negative, back, to }: Instruction & { readonly op: 'look' }, pc: number, at: number): number {
    let from = at;
    for (let i = 0; i < back; i++) {
      if (from <= 0) {
        this.nextPc = to;
        return negative ? at : FAILED;
      }
      from = this.before(from);
    }
    const base = this.stack.length;
    const found = this.run(pc + 1, from) !== UNSET;
    if (found && negative) this.undo(base);
    else if (found) this.keepRegisters(base);
    this.nextPc = to;
    return found === negative ? FAILED : at;
  }

  private atomic(to: number, pc: number, at: number): number {
    const base = this.stack.length;
    const end = this.run(pc + 1, at);
    if (end === UNSET) return FAILED;
    this.keepRegisters(base);
    this.nextPc = to;
    return end;
  }

  // ---- going back ----------------------------------------------------------------------------------------------------

  /** Goes back to the latest choice above `base`; false: there is none, and all registers are as they were. */
  private backtrack(base: number): boolean {
    const { stack } = this;
    if (++this.steps > this.request.limit) throw new MatchLimit();
    while (stack.length > base) {
      const current = stack.pop() as number;
      const position = stack.pop() as number;
      const pc = stack.pop() as number;
      if (pc < 0) {
        this.registers[-1 - pc] = position;
        continue;
      }
      this.nextPc = pc;
      if (current === UNSET) {
        this.nextAt = position;
        return true;
      }
      const shorter = this.before(current);
      if (shorter > position) stack.push(pc, position, shorter);
      this.nextAt = shorter;
      return true;
    }
    return false;
  }

  private undo(base: number): void {
    const { stack } = this;
    while (stack.length > base) {
      stack.pop();
      const value = stack.pop() as number;
      const pc = stack.pop() as number;
      if (pc < 0) this.registers[-1 - pc] = value;
    }
  }

  /** Drops the choices above `base`, so that nothing within is tried again; what registers were stays known. */
  private keepRegisters(base: number): void {
    const { stack } = this;
    let top = base;
    for (let i = base; i < stack.length; i += 3) {
      if ((stack[i] as number) >= 0) continue;
      for (let j = 0; j < 3; j++) stack[top + j] = stack[i + j] as number;
      top += 3;
    }
    stack.length = top;
  }
}
