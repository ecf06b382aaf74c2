/** The instructions of the backtracking machine: words of an Int32Array, the operation first, then its operands. */

/** b: a byte. */
export const CHAR = 0;
/** i: bytes, strings[i]. */
export const STRING = 1;
/** s: a character of sets[s]. */
export const SET = 2;
/** A character that begins no line end. */
export const ANY = 3;
/** Any character. */
export const ALL = 4;
/** Any byte. */
export const BYTE = 5;
/** \R. */
export const NEWLINE = 6;
/** \X. */
export const CLUSTER = 7;
/** kind (one of CHAR, SET, ANY, ALL, BYTE), its operand, min, max, mode: a character again and again. */
export const SPAN = 8;
/** to. */
export const JUMP = 9;
/** next: tries what follows, later the next alternative. */
export const ALT = 10;
/** end: the last alternative, in patterns with (*THEN). */
export const LAST = 11;
/** to: tries what follows, later what is there. */
export const SPLIT = 12;
/** to: tries what is there, later what follows. */
export const SPLIT_LATER = 13;
/** group. */
export const OPEN = 14;
/** group. */
export const CLOSE = 15;
/** register: an iteration begins here. */
export const LOOP = 16;
/** register, start, 1 if lazy: goes back to the start unless the iteration has matched nothing. */
export const LOOP_END = 17;
/** start, 1 if lazy: the same for bodies that cannot match nothing. */
export const AGAIN = 18;
/** Runs what follows up to ATOMIC_END on its own. */
export const ATOMIC = 19;
/** 1 if captures in it are to be undone when the match goes back over it. */
export const ATOMIC_END = 20;
/** 1 if negative, 1 if a condition, where to go if it matches, where if not; -1: nowhere, the match goes back. */
export const LOOK = 21;
export const LOOK_END = 22;
/** characters: goes back so many. */
export const BACK = 23;
/** group or 0, 1 if it may match zero times, exit: a possessive loop. */
export const POSSESSIVE = 24;
export const POSSESSIVE_END = 25;
/** kind: index in ASSERTION_KINDS. */
export const ASSERT = 26;
/** i: lists[i] are the groups; 1 if caseless. */
export const REFERENCE = 27;
/** group, start: a call. */
export const CALL = 28;
/** i, else: whether one of lists[i] has matched. */
export const IF_GROUP = 29;
/** i, else: whether the innermost call is of one of lists[i], or there is any call if that is empty. */
export const IF_CALLED = 30;
export const KEEP = 31;
export const FAIL = 32;
/** 1 in an assertion. */
export const ACCEPT = 33;
export const COMMIT = 34;
export const PRUNE = 35;
export const SKIP = 36;
/** name. */
export const SKIP_TO = 37;
export const THEN = 38;
/** name. */
export const MARK = 39;
export const END = 40;

/** Modes of SPAN. */
export const GREEDY = 0;
export const LAZY = 1;
export const POSSESSIVE_SPAN = 2;

export const NO_LIMIT = 0x7fffffff;

export const ASSERTION_KINDS = [
  'start',
  'matching',
  'end',
  'endOrNewline',
  'lineStart',
  'lineEnd',
  'subjectStart',
  'dollar',
  'dollarEndOnly',
  'boundary',
  'notBoundary',
] as const;
