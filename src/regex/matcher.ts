/**
 * Matches at one position by backtracking, with a stack of its own: neither long subjects nor deep patterns need native stack, and the
 * match can be left when its fuel is used up and gone on with later. It follows match() in pcre_exec.c in what is restored when:
 * where that function calls itself there is an entry on the stack, and a result passed up through its calls is `unwind`.
 *
 * An entry is six numbers: the instruction that it belongs to, position, highest group (`top`), start of the match, and two more. An
 * instruction below zero is an old value: UNDO_GROUP (group and its three registers), UNDO_REGISTER (register and value).
 */
import type { CharSet } from './char-set.ts';
import { RESUMES } from './match-resumes.ts';
import { STEPS } from './match-steps.ts';
import * as op from './operations.ts';
import type { Program } from './program.ts';
import type { Newline } from './syntax.ts';
import { pointAt, widthOf } from './utf8-points.ts';

export interface MatchRequest {
  readonly subject: Uint8Array;
  /** Where to begin; lookbehinds see what lies before. */
  readonly offset: number;
  readonly unicode: boolean;
  /** The subject is to be looked at whether it is UTF-8. */
  readonly checkUtf8: boolean;
  readonly newline: Newline;
  readonly bsr: 'unicode' | 'anycrlf';
  readonly anchored: boolean;
  readonly firstline: boolean;
  readonly optimize: boolean;
  readonly notBol: boolean;
  readonly notEol: boolean;
  readonly notEmpty: boolean;
  readonly notEmptyAtStart: boolean;
  /** \r or \n is written in the pattern. */
  readonly mentionsNewline: boolean;
  /** Choices that may be made, and how many may be open at once. */
  readonly matchLimit: number;
  readonly recursionLimit: number;
}

/** How a match at a position ends. */
export type Outcome =
  | 'match'
  | 'nomatch'
  | 'yield'
  | 'commit'
  | 'prune'
  | 'skip'
  | 'skipTo'
  | 'then'
  | 'matchLimit'
  | 'recursionLimit'
  | 'loops';

/** A result that goes up the stack until something stops it. */
export type Unwinding = 'commit' | 'prune' | 'skip' | 'skipTo' | 'then';

/** A call of a group that has not returned. */
export interface Call {
  readonly group: number;
  readonly at: number;
  readonly entry: number;
  readonly registers: Int32Array;
}

/** What became of a step: the match goes on at `pc`, has to go back, or is decided. */
export const GO = 0;
export const FAILED = 1;
export const DONE = 2;
export type Step = typeof GO | typeof FAILED | typeof DONE;
export type StepFunction = (m: Matcher) => Step;
/** Goes on with an entry that has been taken off the stack; `pc` is its instruction. */
export type ResumeFunction = (m: Matcher, pc: number, entry: number) => Step;

export const ENTRY = 6;
export const UNDO_GROUP = -1;
export const UNDO_REGISTER = -2;
export const NO_ENTRY = -1;
const FIRST_STACK = 1024;
/** Stacks of matchers that have ended: making one takes longer than a short match. */
const SPARE_STACKS: Int32Array[] = [];
const MOST_SPARE = 4;
const LARGEST_SPARE = 65_536;

export class Matcher {
  readonly program: Program;
  readonly code: Int32Array;
  readonly request: MatchRequest;
  subject: Uint8Array;
  readonly registers: Int32Array;
  stack: Int32Array = SPARE_STACKS.pop() ?? new Int32Array(FIRST_STACK);
  /** Words of the stack in use. */
  depth = 0;
  pc = 0;
  at = 0;
  /** Two more than twice the highest group that has matched. */
  top = 2;
  /** Where the match begins: \K may change it. */
  start = 0;
  /** The innermost group whose end has not been reached and that is left as a whole: an entry. */
  boundary = NO_ENTRY;
  readonly calls: Call[] = [];
  outcome: Outcome = 'nomatch';
  /** Of what is going up the stack: the position of SKIP, the name of SKIP_TO, the instruction THEN. */
  unwound = 0;
  /** SKIP_TO seen, and how many of them to ignore. */
  skips = 0;
  ignoredSkips = 0;
  /** Work that may be done before the match is left; less than none when a long step has been taken. */
  fuel = 0;
  choices = 0;

  constructor(program: Program, request: MatchRequest) {
    this.program = program;
    this.code = program.code;
    this.request = request;
    this.subject = request.subject;
    this.registers = new Int32Array(program.registerCount).fill(-1);
  }

  /** Gives the stack to other matchers: this one is not to be run again. */
  end(): void {
    if (SPARE_STACKS.length < MOST_SPARE && this.stack.length <= LARGEST_SPARE) SPARE_STACKS.push(this.stack);
  }

  /** Gets ready to match at a position. */
  begin(at: number): void {
    this.depth = 0;
    this.pc = 0;
    this.at = at;
    this.top = 2;
    this.start = at;
    this.boundary = NO_ENTRY;
    if (this.calls.length > 0) this.calls.length = 0;
    this.skips = 0;
    this.choices = 0;
  }

  push(pc: number, at: number, x: number, y: number): void {
    const { depth } = this;
    if (depth + ENTRY > this.stack.length) this.growStack();
    const { stack } = this;
    stack[depth] = pc;
    stack[depth + 1] = at;
    stack[depth + 2] = this.top;
    stack[depth + 3] = this.start;
    stack[depth + 4] = x;
    stack[depth + 5] = y;
    this.depth = depth + ENTRY;
    this.choices++;
  }

  private growStack(): void {
    const larger = new Int32Array(this.stack.length * 2);
    larger.set(this.stack);
    this.stack = larger;
  }

  /** Takes position, highest group and start of the match from an entry. */
  restore(entry: number): void {
    const { stack } = this;
    this.at = stack[entry + 1] as number;
    this.top = stack[entry + 2] as number;
    this.start = stack[entry + 3] as number;
  }

  /** Goes on until the match at this position is decided or the fuel used up ('yield'). */
  run(): Outcome {
    while (this.fuel > 0) {
      const step = this.advance();
      if (step === DONE) return this.outcome;
      if (step === FAILED && this.goBack() === DONE) return this.outcome;
    }
    return 'yield';
  }

  /** Runs instructions until one of them fails, or the match is decided, or there is no fuel (GO). */
  private advance(): Step {
    const { code, subject } = this;
    let { pc, at } = this;
    for (;;) {
      const operation = code[pc] as number;
      if (operation === op.CHAR) {
        if (subject[at] !== code[pc + 1]) return FAILED;
        at++;
        pc += 2;
      } else if (operation === op.SET) {
        at = this.afterSet(this.program.sets[code[pc + 1] as number] as CharSet, at);
        if (at < 0) return FAILED;
        pc += 2;
      } else if (operation === op.ALT || operation === op.SPLIT) {
        this.push(pc, at, 0, 0);
        pc += 2;
      } else if (operation === op.JUMP) {
        pc = code[pc + 1] as number;
      } else {
        this.pc = pc;
        this.at = at;
        const step = (STEPS[operation] as StepFunction)(this);
        if (step !== GO || --this.fuel <= 0) return step;
        ({ pc, at } = this);
      }
    }
  }

  /** Where the match is behind a character of a set; -1: there is none. */
  afterSet(set: CharSet, at: number): number {
    const byte = this.subject[at];
    if (byte === undefined) return -1;
    if (byte < 0x80 || !this.request.unicode) return set.low[byte] === 1 ? at + 1 : -1;
    const point = pointAt(this.subject, at);
    const isIn = point < 0x100 ? set.low[point] === 1 : set.wide(point);
    return isIn ? at + widthOf(byte) : -1;
  }

  /** Goes back to the last choice. DONE: the match is decided. */
  private goBack(): Step {
    this.fuel--;
    if (this.choices > this.request.matchLimit) return this.decide('matchLimit');
    if (this.depth / ENTRY > this.request.recursionLimit) return this.decide('recursionLimit');
    while (this.depth > 0) {
      this.depth -= ENTRY;
      const entry = this.depth;
      const pc = this.stack[entry] as number;
      if (pc < 0) {
        this.undo(entry, pc);
        continue;
      }
      const step = (RESUMES[this.code[pc] as number] as ResumeFunction)(this, pc, entry);
      if (step !== FAILED) return step;
    }
    return this.decide('nomatch');
  }

  private undo(entry: number, kind: number): void {
    const { stack, registers } = this;
    const which = stack[entry + 1] as number;
    if (kind === UNDO_REGISTER) {
      registers[which] = stack[entry + 2] as number;
      return;
    }
    registers[which * 2] = stack[entry + 2] as number;
    registers[which * 2 + 1] = stack[entry + 3] as number;
    registers[this.openRegister(which)] = stack[entry + 4] as number;
  }

  decide(outcome: Outcome): Step {
    this.outcome = outcome;
    return DONE;
  }

  /** The register that holds where a group was opened. */
  openRegister(group: number): number {
    return (this.program.groupCount + 1) * 2 + group;
  }

  /** Remembers the registers of a group. */
  pushGroup(group: number): void {
    const { depth, registers } = this;
    this.push(UNDO_GROUP, group, 0, 0);
    this.choices--;
    const { stack } = this;
    stack[depth + 2] = registers[group * 2] as number;
    stack[depth + 3] = registers[group * 2 + 1] as number;
    stack[depth + 4] = registers[this.openRegister(group)] as number;
  }

  /** Whether a group has matched. */
  isSet(group: number): boolean {
    return group * 2 < this.top && (this.registers[group * 2] as number) >= 0;
  }

  /** Begins something that is left as a whole; `pc` is its instruction. */
  pushBoundary(pc: number, at: number, x: number): void {
    const entry = this.depth;
    this.push(pc, at, x, this.boundary);
    this.boundary = entry;
  }
}
