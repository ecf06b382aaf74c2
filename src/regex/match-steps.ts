/** What each instruction does when the match comes to it; table STEPS, by operation. */

import { startSpan } from './match-spans.ts';
import { ASSERTION_TESTS, afterCluster, afterNewline, afterReference, before } from './match-tests.ts';
import {
  type Call,
  ENTRY,
  FAILED,
  GO,
  type Matcher,
  NO_ENTRY,
  type Step,
  type StepFunction,
  UNDO_GROUP,
  UNDO_REGISTER,
} from './matcher.ts';
import * as op from './operations.ts';
import { isNewlineIn, widthOf } from './utf8-points.ts';

const operand = (m: Matcher, i: number): number => m.code[m.pc + i] as number;

/** Goes on `words` further, at a position; below zero there is none. */
function moveTo(m: Matcher, at: number, words: number): Step {
  if (at < 0) return FAILED;
  m.at = at;
  m.pc += words;
  return GO;
}

function string(m: Matcher): Step {
  const text = m.program.strings[operand(m, 1)] as Uint8Array;
  const { subject, at } = m;
  for (let i = 0; i < text.length; i++) if (subject[at + i] !== text[i]) return FAILED;
  return moveTo(m, at + text.length, 2);
}

function all(m: Matcher): Step {
  const byte = m.subject[m.at];
  if (byte === undefined) return FAILED;
  return moveTo(m, m.at + (m.request.unicode ? widthOf(byte) : 1), 1);
}

function any(m: Matcher): Step {
  const { newline, unicode } = m.request;
  return isNewlineIn(m.subject, m.at, newline, unicode) > 0 ? FAILED : all(m);
}

function byte(m: Matcher): Step {
  return m.at < m.subject.length ? moveTo(m, m.at + 1, 1) : FAILED;
}

// ---- groups and loops ------------------------------------------------------------------------------------------------

function open(m: Matcher): Step {
  const group = operand(m, 1);
  m.pushGroup(group);
  m.registers[m.openRegister(group)] = m.at;
  m.pc += 2;
  return GO;
}

function close(m: Matcher): Step {
  const group = operand(m, 1);
  const { registers } = m;
  if (m.calls.at(-1)?.group === group) return returnFromCall(m);
  if (group * 2 >= m.top) {
    registers.fill(-1, m.top, group * 2);
    m.top = group * 2 + 2;
  }
  registers[group * 2] = registers[m.openRegister(group)] as number;
  registers[group * 2 + 1] = m.at;
  m.pc += 2;
  return GO;
}

function loop(m: Matcher): Step {
  const register = operand(m, 1);
  const { depth } = m;
  m.push(UNDO_REGISTER, register, 0, 0);
  m.choices--;
  m.stack[depth + 2] = m.registers[register] as number;
  m.registers[register] = m.at;
  m.pc += 2;
  return GO;
}

function loopEnd(m: Matcher): Step {
  const isEmpty = m.registers[operand(m, 1)] === m.at;
  if (isEmpty) {
    m.pc += 4;
    return GO;
  }
  m.push(m.pc, m.at, 0, 0);
  m.pc = operand(m, 3) === 1 ? m.pc + 4 : operand(m, 2);
  return GO;
}

function again(m: Matcher): Step {
  m.push(m.pc, m.at, 0, 0);
  m.pc = operand(m, 2) === 1 ? m.pc + 3 : operand(m, 1);
  return GO;
}

function splitLater(m: Matcher): Step {
  m.push(m.pc, m.at, 0, 0);
  m.pc = operand(m, 1);
  return GO;
}

/** Makes an entry at this instruction and goes on behind it. */
const pushAndGoOn =
  (words: number): StepFunction =>
  (m) => {
    m.push(m.pc, m.at, 0, 0);
    m.pc += words;
    return GO;
  };

const pushBoundaryAndGoOn =
  (words: number): StepFunction =>
  (m) => {
    m.pushBoundary(m.pc, m.at, 0);
    m.pc += words;
    return GO;
  };

function atomicEnd(m: Matcher): Step {
  const { boundary } = m;
  const outer = m.stack[boundary + 5] as number;
  const end = m.depth;
  m.depth = boundary;
  if (operand(m, 1) === 1) keepUndo(m, boundary + ENTRY, end);
  m.boundary = outer;
  m.pc += 2;
  return GO;
}

/** Of some entries only the old values of groups are kept: going back over an atomic group restores them. */
function keepUndo(m: Matcher, from: number, to: number): void {
  const { stack } = m;
  for (let entry = from; entry < to; entry += ENTRY) {
    if (stack[entry] !== UNDO_GROUP) continue;
    stack.copyWithin(m.depth, entry, entry + ENTRY);
    m.depth += ENTRY;
  }
}

function possessive(m: Matcher): Step {
  const group = operand(m, 1);
  if (group > 0) {
    m.pushGroup(group);
    m.registers[m.openRegister(group)] = m.at;
  }
  m.pushBoundary(m.pc, m.at, 0);
  m.pc += 4;
  return GO;
}

function possessiveEnd(m: Matcher): Step {
  const { stack, code, boundary } = m;
  const pc = stack[boundary] as number;
  const group = code[pc + 1] as number;
  const isFirst = stack[boundary + 4] === 0;
  const isEmpty = stack[boundary + 1] === m.at;
  m.depth = isFirst && group > 0 ? boundary - ENTRY : boundary;
  m.boundary = stack[boundary + 5] as number;
  if (isEmpty) {
    m.pc = code[pc + 3] as number;
    return GO;
  }
  if (group > 0) m.registers[m.openRegister(group)] = m.at;
  m.pushBoundary(pc, m.at, 1);
  m.pc = pc + 4;
  return GO;
}

// ---- assertions and conditions ---------------------------------------------------------------------------------------

/** An assertion has matched; its entry is the boundary. */
function lookEnd(m: Matcher): Step {
  const { stack, code, boundary } = m;
  const pc = stack[boundary] as number;
  const isNegative = code[pc + 1] === 1;
  const isCondition = code[pc + 2] === 1;
  const { top, start } = m;
  m.depth = boundary;
  m.boundary = stack[boundary + 5] as number;
  m.restore(boundary);
  const target = code[pc + 3] as number;
  if (target < 0) return FAILED;
  if (!isNegative) m.top = isCondition ? Math.max(top, m.top) : top;
  if (!isNegative && !isCondition) m.start = start;
  m.pc = target;
  return GO;
}

function back(m: Matcher): Step {
  let { at } = m;
  if (!m.request.unicode) return moveTo(m, at - operand(m, 1), 2);
  for (let count = operand(m, 1); count > 0; count--) {
    if (at <= 0) return FAILED;
    at = before(m, at);
  }
  return moveTo(m, at, 2);
}

function assertion(m: Matcher): Step {
  const test = ASSERTION_TESTS[operand(m, 1)] as (matcher: Matcher) => boolean;
  return test(m) ? moveTo(m, m.at, 2) : FAILED;
}

function ifGroup(m: Matcher): Step {
  const groups = m.program.lists[operand(m, 1)] as readonly number[];
  m.pc = groups.some((group) => m.isSet(group)) ? m.pc + 3 : operand(m, 2);
  return GO;
}

function ifCalled(m: Matcher): Step {
  const groups = m.program.lists[operand(m, 1)] as readonly number[];
  const call = m.calls.at(-1);
  const isTrue = call !== undefined && (groups.length === 0 || groups.includes(call.group));
  m.pc = isTrue ? m.pc + 3 : operand(m, 2);
  return GO;
}

// ---- calls and the end -----------------------------------------------------------------------------------------------

function call(m: Matcher): Step {
  const group = operand(m, 1);
  if (m.calls.some((other) => other.group === group && other.at === m.at)) return m.decide('loops');
  m.calls.push({ group, at: m.at, entry: m.depth, registers: m.registers.slice() });
  m.fuel -= m.registers.length / ENTRY;
  m.pushBoundary(m.pc, m.at, 0);
  m.pc = operand(m, 2);
  return GO;
}

function returnFromCall(m: Matcher): Step {
  const { entry, registers } = m.calls.pop() as Call;
  const { stack } = m;
  m.registers.set(registers);
  m.depth = entry;
  m.top = stack[entry + 2] as number;
  m.boundary = stack[entry + 5] as number;
  m.pc = (stack[entry] as number) + 3;
  return GO;
}

function isForbiddenEmpty({ at, start, request, calls }: Matcher): boolean {
  if (at !== start || calls.length > 0) return false;
  return request.notEmpty || (request.notEmptyAtStart && start === request.offset);
}

function end(m: Matcher): Step {
  if (m.calls.length > 0) return returnFromCall(m);
  return isForbiddenEmpty(m) ? FAILED : m.decide('match');
}

/** Ends the innermost assertion or call, or the match. */
function accept(m: Matcher): Step {
  if (operand(m, 1) === 0 && isForbiddenEmpty(m)) return FAILED;
  while (m.boundary !== NO_ENTRY) {
    const operation = m.code[m.stack[m.boundary] as number];
    if (operation === op.LOOK) return lookEnd(m);
    if (operation === op.CALL) return returnFromCall(m);
    m.boundary = m.stack[m.boundary + 5] as number;
  }
  return m.decide('match');
}

function keep(m: Matcher): Step {
  m.start = m.at;
  m.pc += 1;
  return GO;
}

function skipTo(m: Matcher): Step {
  m.skips++;
  if (m.skips > m.ignoredSkips) m.push(m.pc, m.at, 0, 0);
  m.pc += 2;
  return GO;
}

const table: StepFunction[] = [];
table[op.STRING] = string;
table[op.ANY] = any;
table[op.ALL] = all;
table[op.BYTE] = byte;
table[op.NEWLINE] = (m) => moveTo(m, afterNewline(m), 1);
table[op.CLUSTER] = (m) => moveTo(m, afterCluster(m), 1);
table[op.SPAN] = startSpan;
table[op.LAST] = pushAndGoOn(2);
table[op.SPLIT_LATER] = splitLater;
table[op.OPEN] = open;
table[op.CLOSE] = close;
table[op.LOOP] = loop;
table[op.LOOP_END] = loopEnd;
table[op.AGAIN] = again;
table[op.ATOMIC] = pushBoundaryAndGoOn(1);
table[op.ATOMIC_END] = atomicEnd;
table[op.LOOK] = pushBoundaryAndGoOn(5);
table[op.LOOK_END] = lookEnd;
table[op.BACK] = back;
table[op.POSSESSIVE] = possessive;
table[op.POSSESSIVE_END] = possessiveEnd;
table[op.ASSERT] = assertion;
table[op.REFERENCE] = (m) =>
  moveTo(m, afterReference(m, m.program.lists[operand(m, 1)] as readonly number[], operand(m, 2) === 1), 3);
table[op.CALL] = call;
table[op.IF_GROUP] = ifGroup;
table[op.IF_CALLED] = ifCalled;
table[op.KEEP] = keep;
table[op.FAIL] = () => FAILED;
table[op.ACCEPT] = accept;
table[op.COMMIT] = pushAndGoOn(1);
table[op.PRUNE] = pushAndGoOn(1);
table[op.SKIP] = pushAndGoOn(1);
table[op.SKIP_TO] = skipTo;
table[op.THEN] = pushAndGoOn(1);
table[op.MARK] = pushAndGoOn(2);
table[op.END] = end;

export const STEPS: readonly StepFunction[] = table;
