/** Regular expressions as trees, and what can be wrong with them. The language is that of PCRE 8, which OTP 27 has. */

/** Whether a code point belongs to a set. */
export type CharTest = (point: number) => boolean;

export type AssertionKind =
  | 'start' // \A
  | 'matching' // \G
  | 'end' // \z
  | 'endOrNewline' // \Z and $
  | 'lineStart'
  | 'lineEnd'
  | 'subjectStart' // ^
  | 'subjectEnd' // $ with dollar_endonly
  | 'boundary'
  | 'notBoundary';

export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'char'; readonly test: CharTest }
  /** \R; `unicode`: every line end of Unicode, not only CR and LF. */
  | { readonly kind: 'newline'; readonly unicode: boolean }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: Node }
  | {
      readonly kind: 'repeat';
      readonly body: Node;
      readonly min: number;
      readonly max: number;
      readonly mode: RepeatMode;
    }
  | { readonly kind: 'assert'; readonly what: AssertionKind; readonly word: CharTest }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negative: boolean; readonly body: Node }
  | { readonly kind: 'atomic'; readonly body: Node }
  | { readonly kind: 'reference'; readonly groups: readonly number[]; readonly caseless: boolean }
  /** \K: the match begins here. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'fail' };

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
  dupnames: boolean;
  ungreedy: boolean;
  ucp: boolean;
  never_utf: boolean;
  newline: Newline;
  bsr: 'unicode' | 'anycrlf';
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
  dupnames: false,
  ungreedy: false,
  ucp: false,
  never_utf: false,
  newline: 'lf',
  bsr: 'unicode',
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

/** A pattern taken apart. */
export interface ParsedRegex {
  readonly node: Node;
  /** As given, and as verbs at the head of the pattern changed them. */
  readonly options: RegexOptions;
  readonly groupCount: number;
  /** Numbers of the groups of each name, in the order of the names. */
  readonly names: readonly { readonly name: string; readonly groups: readonly number[] }[];
}
