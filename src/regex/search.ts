/** Looks for a match from position to position (pcre_exec in pcre_exec.c); can be left and gone on with. */
import { isWithinPair } from './match-tests.ts';
import { Matcher, type MatchRequest, type Outcome } from './matcher.ts';
import type { Program } from './program.ts';
import { isContinuation, isNewlineIn, newlineBefore, utf8End, widthOf } from './utf8-points.ts';

export type SearchResult = 'match' | 'nomatch' | 'matchLimit' | 'recursionLimit' | 'badUtf8' | 'yield';

/** Subjects that are longer are not searched for the required byte (REQ_BYTE_MAX). */
const REQUIRED_WITHIN = 1000;
const CR = 0x0d;
const LF = 0x0a;
/** Bytes that are looked at for a unit of fuel while a beginning is looked for. */
const SCAN_PER_FUEL = 64;
/** What looking at a byte whether it is UTF-8 takes: about what native OTP takes for it. */
const FUEL_PER_CHECK = 4;

export class Search {
  private readonly matcher: Matcher;
  private readonly request: MatchRequest;
  private readonly program: Program;
  subject: Uint8Array;
  private readonly anchored: boolean;
  private at: number;
  private isRunning = false;
  /** Up to here the subject is known to be UTF-8. */
  private checked: number;
  private isKept = false;
  /** Where the required byte was found last. */
  private requiredAt = -1;

  constructor(program: Program, request: MatchRequest) {
    this.program = program;
    this.request = request;
    this.subject = request.subject;
    this.anchored = request.anchored || program.start.anchored;
    this.matcher = new Matcher(program, request);
    this.at = request.offset;
    this.checked = request.unicode && request.checkUtf8 ? 0 : request.subject.length;
  }

  /** Looks on with so much fuel. Not to be called again once it has given something else than 'yield'. */
  run(fuel: number): SearchResult {
    const result = this.look(fuel);
    if (result !== 'yield') this.matcher.end();
    return result;
  }

  private look(fuel: number): SearchResult {
    const { matcher } = this;
    matcher.fuel = fuel;
    if (this.checked < this.subject.length) {
      if (!this.check()) return 'badUtf8';
      if (this.checked < this.subject.length || matcher.fuel <= 0) return 'yield';
    }
    for (;;) {
      if (!this.isRunning) {
        if (!this.findStart()) return 'nomatch';
        matcher.begin(this.at);
        this.isRunning = true;
      }
      const outcome = matcher.run();
      if (outcome === 'yield') return 'yield';
      this.isRunning = false;
      if (outcome === 'match' || outcome === 'matchLimit' || outcome === 'recursionLimit') return outcome;
      if (outcome === 'loops' || outcome === 'commit' || !this.advance(outcome)) return 'nomatch';
    }
  }

  /** Looks whether the subject is UTF-8, as far as the fuel lasts. False: it is not, or the offset is within a character. */
  private check(): boolean {
    const { matcher, subject, request } = this;
    const limit = Math.min(subject.length, this.checked + Math.max(1, Math.floor(matcher.fuel / FUEL_PER_CHECK)));
    const end = utf8End(subject, this.checked, limit);
    matcher.fuel -= (end - this.checked) * FUEL_PER_CHECK;
    this.checked = end;
    return end >= limit && (end < subject.length || !isContinuation(subject[request.offset] ?? 0));
  }

  /** Copies the subject, which may be a view of memory that something else will be written to before the search goes on. */
  keepSubject(): void {
    if (this.isKept) return;
    this.isKept = true;
    this.subject = this.subject.slice();
    this.matcher.subject = this.subject;
  }

  /** Fuel that is left; less than none when the last step was long. */
  get fuel(): number {
    return this.matcher.fuel;
  }

  /** Begin and end of a group of the match that was found; undefined: it took no part. */
  group(index: number): readonly [number, number] | undefined {
    const { matcher } = this;
    if (index === 0) return [matcher.start, matcher.at];
    if (!matcher.isSet(index)) return undefined;
    return [matcher.registers[index * 2] as number, matcher.registers[index * 2 + 1] as number];
  }

  /** The highest group that took part. */
  get highestGroup(): number {
    return this.matcher.top / 2 - 1;
  }

  // ---- where to begin ------------------------------------------------------------------------------------------------

  /** Moves to where a match may begin. False: there is no such place. */
  private findStart(): boolean {
    const { program, request, subject } = this;
    if (!request.optimize) return true;
    const { first, required, startLine, bytes } = program.start;
    const from = this.at;
    const end = request.firstline ? this.endOfLine() : subject.length;
    if (!this.anchored && first.length > 0) this.at = this.findByte(first, this.at, end);
    else if (!request.anchored && startLine) this.toLineStart(end);
    else if (!this.anchored && bytes !== undefined) this.toStartByte(bytes, end);
    this.matcher.fuel -= (this.at - from) / SCAN_PER_FUEL;
    if (bytes !== undefined && this.at >= end && !request.firstline && !this.anchored) return false;
    return required.length === 0 || this.hasRequired(required, first.length > 0 ? 1 : 0);
  }

  private endOfLine(): number {
    const { subject, request } = this;
    let { at } = this;
    while (at < subject.length && isNewlineIn(subject, at, request.newline, request.unicode) === 0) at++;
    return at;
  }

  /** The first of some bytes; the end: there is none. */
  private findByte(bytes: readonly number[], from: number, end: number): number {
    const { subject } = this;
    const [one, other] = bytes;
    if (other === undefined) {
      const found = subject.indexOf(one as number, from);
      return found < 0 || found > end ? end : found;
    }
    let at = from;
    while (at < end && subject[at] !== one && subject[at] !== other) at++;
    return at;
  }

  private toLineStart(end: number): void {
    const { subject, request } = this;
    const { newline, unicode } = request;
    if (this.at <= request.offset) return;
    while (this.at < end && newlineBefore(subject, this.at, newline, unicode) === 0) {
      this.at += unicode ? widthOf(subject[this.at] as number) : 1;
    }
    const isMixed = newline === 'any' || newline === 'anycrlf';
    if (isMixed && subject[this.at - 1] === CR && this.at < end && subject[this.at] === LF) this.at++;
  }

  private toStartByte(bytes: Uint8Array, end: number): void {
    const { subject } = this;
    let { at } = this;
    while (at < end && bytes[subject[at] as number] === 0) at++;
    this.at = at;
  }

  private hasRequired(bytes: readonly number[], ahead: number): boolean {
    const end = this.subject.length;
    if (end - this.at >= REQUIRED_WITHIN) return true;
    const from = this.at + ahead;
    if (from <= this.requiredAt) return true;
    const found = this.findByte(bytes, from, end);
    if (found >= end) return false;
    this.requiredAt = found;
    return true;
  }

  /** Moves on from a position without a match. False: there is no other one. */
  private advance(outcome: Outcome): boolean {
    const { matcher, subject, request } = this;
    const { newline, unicode } = request;
    let next = this.at + (unicode && this.at < subject.length ? widthOf(subject[this.at] as number) : 1);
    if (outcome === 'skipTo') {
      next = this.at;
      matcher.ignoredSkips = matcher.skips;
    } else if (outcome === 'skip' && matcher.unwound > this.at) next = matcher.unwound;
    else matcher.ignoredSkips = 0;
    if (request.firstline && isNewlineIn(subject, this.at, newline, unicode) > 0) return false;
    this.at = next;
    if (this.anchored || next > subject.length) return false;
    if (next > request.offset && isWithinPair(matcher, next)) this.at++;
    return true;
  }
}
