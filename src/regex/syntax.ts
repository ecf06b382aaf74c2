/** Regular expressions as trees, and what can be wrong with them. The language is that of PCRE 8.45, which OTP 27 has. */
import type { CharSet } from './char-set.ts';

export type AssertionKind =
  | 'start' // \A
  | 'matching' // \G
  | 'end' // \z
  | 'endOrNewline' // \Z
  | 'lineStart' // ^ with multiline
  | 'lineEnd' // $ with multiline
  | 'subjectStart' // ^
  | 'dollar'
  | 'dollarEndOnly'
  | 'boundary'
  | 'notBoundary';

/** Alternatives that a branch belongs to are separate branches; `end` is where it ends in the pattern. */
export interface Branch {
  readonly items: Node[];
  readonly end: number;
}

export type Condition =
  | { readonly kind: 'group'; readonly group: number; readonly at: number }
  | {
      readonly kind: 'named';
      readonly name: string;
      readonly at: number;
      readonly bare: boolean;
      groups: readonly number[];
    }
  | { readonly kind: 'recursion'; readonly name: string; readonly at: number; groups: readonly number[] }
  | { readonly kind: 'assertion'; readonly look: LookNode };

export interface GroupNode {
  readonly kind: 'group';
  /** 0: it does not capture. */
  readonly index: number;
  readonly branches: readonly Branch[];
  /** Once matched, it is not gone back into: written so, or because the group refers to itself. */
  atomic: boolean;
}
export interface LookNode {
  readonly kind: 'look';
  readonly behind: boolean;
  readonly negative: boolean;
  readonly branches: readonly Branch[];
  /** Characters to go back, by branch; undefined: not known yet. */
  lengths: (number | undefined)[];
}
export interface ConditionNode {
  readonly kind: 'condition';
  readonly test: Condition;
  readonly branches: readonly Branch[];
  /** Where the closing parenthesis is. */
  readonly end: number;
  /** What the test turns out to be when names are known. */
  always: 'define' | 'recursing' | undefined;
}
export interface RecurseNode {
  readonly kind: 'recurse';
  readonly name: string | undefined;
  group: number;
  readonly at: number;
}
export interface ReferenceNode {
  readonly kind: 'reference';
  readonly name: string | undefined;
  groups: readonly number[];
  readonly caseless: boolean;
  readonly at: number;
}
export interface RepeatNode {
  readonly kind: 'repeat';
  readonly body: Node;
  readonly min: number;
  /** -1: no limit. */
  readonly max: number;
  readonly mode: RepeatMode;
}
export interface CharNode {
  readonly kind: 'char';
  readonly point: number;
  readonly caseless: boolean;
}

export type Verb = 'accept' | 'commit' | 'fail' | 'mark' | 'prune' | 'skip' | 'then';

export type Node =
  | CharNode
  | { readonly kind: 'set'; readonly set: CharSet }
  /** `.`; `byte` is \C where characters have several bytes. */
  | { readonly kind: 'any' | 'all' | 'byte' }
  /** \R and \X. */
  | { readonly kind: 'newline' | 'cluster' }
  | { readonly kind: 'assert'; readonly what: AssertionKind }
  | GroupNode
  | LookNode
  | ConditionNode
  | RecurseNode
  | ReferenceNode
  | RepeatNode
  | {
      readonly kind: 'verb';
      readonly verb: Verb;
      readonly name: string | undefined;
      readonly inAssertion: boolean;
      readonly open: readonly number[];
    }
  /** \K: the match begins here. */
  | { readonly kind: 'keep' };

export type RepeatMode = 'greedy' | 'lazy' | 'possessive';

export type Newline = 'cr' | 'lf' | 'crlf' | 'anycrlf' | 'any';

/** Options of a compilation, by their names in module re. */
export interface RegexOptions {
  unicode: boolean;
  anchored: boolean;
  caseless: boolean;
  dollar_endonly: boolean;
  dotall: boolean;
  extended: boolean;
  firstline: boolean;
  multiline: boolean;
  no_auto_capture: boolean;
  no_start_optimize: boolean;
  dupnames: boolean;
  ungreedy: boolean;
  ucp: boolean;
  never_utf: boolean;
  newline: Newline | undefined;
  bsr: 'unicode' | 'anycrlf' | undefined;
}

export const NO_OPTIONS: RegexOptions = {
  unicode: false,
  anchored: false,
  caseless: false,
  dollar_endonly: false,
  dotall: false,
  extended: false,
  firstline: false,
  multiline: false,
  no_auto_capture: false,
  no_start_optimize: false,
  dupnames: false,
  ungreedy: false,
  ucp: false,
  never_utf: false,
  newline: undefined,
  bsr: undefined,
};

/** A pattern cannot be compiled. `position` is in bytes of the pattern, where PCRE says it is. */
export class RegexFault {
  readonly text: string;
  readonly position: number;
  constructor(text: string, position: number) {
    this.text = text;
    this.position = position;
  }
}

/** A name and the numbers of the groups that have it. */
export interface GroupName {
  readonly name: string;
  readonly groups: readonly number[];
}

/** A pattern taken apart. */
export interface ParsedRegex {
  readonly branches: readonly Branch[];
  /** As given, and as verbs at the head of the pattern changed them. */
  readonly options: RegexOptions;
  readonly groupCount: number;
  /** In the order of the names. */
  readonly names: readonly GroupName[];
  /** Limits that the pattern sets itself; undefined: none. */
  readonly matchLimit: number | undefined;
  readonly recursionLimit: number | undefined;
  /** \r or \n is written in the pattern. */
  readonly mentionsNewline: boolean;
}
