/** What each instruction does when the match goes back to its entry; table RESUMES, by operation. */
import { resumeSpan } from './match-spans.ts';
import {
  type Call,
  ENTRY,
  FAILED,
  GO,
  type Matcher,
  type ResumeFunction,
  type Step,
  type Unwinding,
} from './matcher.ts';
import * as op from './operations.ts';

/** Goes on at an instruction with what an entry has. */
function goOn(m: Matcher, entry: number, pc: number): Step {
  m.restore(entry);
  m.pc = pc;
  return GO;
}

/** At the place that is the instruction's first operand. */
const atOperand: ResumeFunction = (m, pc, entry) => goOn(m, entry, m.code[pc + 1] as number);
const behindSplit: ResumeFunction = (m, pc, entry) => goOn(m, entry, pc + 2);
const nothing: ResumeFunction = () => FAILED;

/** The other way at the end of a loop; `lazy` is the word that says whether it is lazy. */
const otherWay =
  (start: number, lazy: number): ResumeFunction =>
  (m, pc, entry) =>
    goOn(m, entry, m.code[pc + lazy] === 1 ? (m.code[pc + start] as number) : pc + lazy + 1);

function leaveBoundary(m: Matcher, entry: number): void {
  m.boundary = m.stack[entry + 5] as number;
}

const atomic: ResumeFunction = (m, _pc, entry) => {
  leaveBoundary(m, entry);
  return FAILED;
};

const look: ResumeFunction = (m, pc, entry) => {
  leaveBoundary(m, entry);
  const target = m.code[pc + 4] as number;
  return target < 0 ? FAILED : goOn(m, entry, target);
};

/** The loop has ended before this iteration. */
const possessive: ResumeFunction = (m, pc, entry) => {
  leaveBoundary(m, entry);
  const hasMatched = m.stack[entry + 4] === 1;
  const mayBeNone = m.code[pc + 2] === 1;
  return hasMatched || mayBeNone ? goOn(m, entry, m.code[pc + 3] as number) : FAILED;
};

const call: ResumeFunction = (m, _pc, entry) => {
  leaveBoundary(m, entry);
  m.registers.set((m.calls.pop() as Call).registers);
  return FAILED;
};

// ---- verbs -----------------------------------------------------------------------------------------------------------

/** Goes up the stack with the result of a verb, past choices, until something stops it or the attempt is over. */
function unwind(m: Matcher, given: Unwinding): Step {
  const { stack, code } = m;
  let kind = given;
  while (m.depth > 0) {
    m.depth -= ENTRY;
    const entry = m.depth;
    const pc = stack[entry] as number;
    const operation = pc < 0 ? op.FAIL : (code[pc] as number);
    if (operation === op.CALL) return call(m, pc, entry);
    if (operation === op.MARK) {
      if (kind === 'skipTo' && m.program.names[code[pc + 1] as number] === m.program.names[m.unwound]) {
        kind = 'skip';
        m.unwound = stack[entry + 1] as number;
      }
    } else if (operation === op.ALT || operation === op.LAST) {
      const isCaught = kind === 'then' && m.unwound < (code[pc + 1] as number);
      if (isCaught) return operation === op.ALT ? atOperand(m, pc, entry) : FAILED;
    } else if (operation === op.LOOK) {
      const isNegative = code[pc + 1] === 1;
      const isCondition = code[pc + 2] === 1;
      if (isNegative || (isCondition && kind === 'then')) return look(m, pc, entry);
      leaveBoundary(m, entry);
    } else if (operation === op.ATOMIC || operation === op.POSSESSIVE) leaveBoundary(m, entry);
  }
  return m.decide(kind);
}

const verb =
  (kind: Unwinding): ResumeFunction =>
  (m) =>
    unwind(m, kind);

const table: ResumeFunction[] = [];
table[op.SPAN] = resumeSpan;
table[op.ALT] = atOperand;
table[op.LAST] = nothing;
table[op.SPLIT] = atOperand;
table[op.SPLIT_LATER] = behindSplit;
table[op.LOOP_END] = otherWay(2, 3);
table[op.AGAIN] = otherWay(1, 2);
table[op.ATOMIC] = atomic;
table[op.LOOK] = look;
table[op.POSSESSIVE] = possessive;
table[op.CALL] = call;
table[op.COMMIT] = verb('commit');
table[op.PRUNE] = verb('prune');
table[op.SKIP] = (m, _pc, entry) => {
  m.unwound = m.stack[entry + 1] as number;
  return unwind(m, 'skip');
};
table[op.SKIP_TO] = (m, pc) => {
  m.unwound = m.code[pc + 1] as number;
  return unwind(m, 'skipTo');
};
table[op.THEN] = (m, pc) => {
  m.unwound = pc;
  return unwind(m, 'then');
};
table[op.MARK] = nothing;

export const RESUMES: readonly ResumeFunction[] = table;
