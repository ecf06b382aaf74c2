/** Which groups of a match re:run returns, and as what (build_capture, build_exec_return in erl_bif_re.c). */
import type { GroupName, ParsedRegex } from '../../regex/syntax.ts';
import { listElements } from '../../runtime/apply.ts';
import { iodataBytes } from '../../runtime/iodata.ts';
import { am, atomName } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { binaryBytes, makeBinary, subBits } from '../../term/bits.ts';
import { listOf, tuple } from '../../term/build.ts';
import type { Term } from '../../term/layout.ts';
import { isAtom, isInteger, makeSmall } from '../../term/term.ts';
import { natural } from '../erlang/arguments.ts';

/** Groups in the order in which they are wanted, each with what may stand in for it (groups of the same name). */
export interface CaptureSpec {
  readonly type: 'index' | 'list' | 'binary' | 'none';
  /** 'all', from the group with this number up to the last one that took part; or the groups. */
  readonly groups: number | readonly (readonly number[])[];
}

const BITS = 8;
/** What C's int holds. */
const MAX_INT = 0x7fffffff;

/** undefined: it is no capture specification. */
export function captureSpec(
  capture: { readonly values: Term; readonly type: Term } | undefined,
  parsed: ParsedRegex,
): CaptureSpec | undefined {
  if (capture === undefined) return { type: 'index', groups: 0 };
  const { values } = capture;
  const types: readonly Term[] = [am.index, am.list, am.binary];
  const type = (['index', 'list', 'binary'] as const)[types.indexOf(capture.type)];
  if (type === undefined) return undefined;
  if (values === am.all) return { type, groups: 0 };
  if (values === am.all_but_first) return { type, groups: 1 };
  if (values === am.first) return { type, groups: [[0]] };
  if (values === am.none) return { type: 'none', groups: 0 };
  if (values === am.all_names) {
    const names = nameEntries(parsed);
    return names.length === 0 ? { type: 'none', groups: 0 } : { type, groups: names.map(({ groups }) => groups) };
  }
  const ids = listElements(values);
  if (ids === undefined) return undefined;
  if (ids.length === 0) return { type: 'none', groups: 0 };
  const groups = ids.map((id) => groupsOf(id, parsed));
  return groups.includes(undefined) ? undefined : { type, groups: groups as number[][] };
}

/**
 * The names as the BIFs see them: groups of the same name are one entry only if the option `dupnames` says that there may be some; (?J)
 * in the pattern does not count.
 */
export function nameEntries({ names, options }: ParsedRegex): readonly GroupName[] {
  if (options.dupnames) return names;
  return names.flatMap(({ name, groups }) => groups.map((group) => ({ name, groups: [group] })));
}

/** By bisection: of several entries the one that is found first (pcre_get_stringnumber). */
function groupsNamed(name: string, entries: readonly GroupName[]): readonly number[] {
  let bottom = 0;
  let top = entries.length;
  while (top > bottom) {
    const middle = Math.floor((top + bottom) / 2);
    const entry = entries[middle] as GroupName;
    if (entry.name === name) return entry.groups;
    if (name > entry.name) bottom = middle + 1;
    else top = middle;
  }
  return [-1];
}

function groupsOf(id: Term, parsed: ParsedRegex): readonly number[] | undefined {
  if (isInteger(id)) {
    const group = natural(id);
    return group === undefined || group > MAX_INT ? undefined : [group];
  }
  const bytes = isAtom(id) ? new TextEncoder().encode(atomName(id)) : iodataBytes(id);
  if (bytes === undefined) return undefined;
  const name = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return groupsNamed(name, nameEntries(parsed));
}

export interface Match {
  readonly subject: Uint8Array;
  /** The binary that the subject is; undefined: it was iodata. */
  readonly binary: Term | undefined;
  /** Begin and end of a group that took part; undefined: it did not. */
  readonly group: (index: number) => readonly [number, number] | undefined;
  readonly highestGroup: number;
}

const UNSET = [-1, -1] as const;

function value(match: Match, group: number | undefined, type: 'index' | 'list' | 'binary'): Term {
  const isKnown = group !== undefined && group >= 0 && group <= match.highestGroup;
  const [from, to] = (isKnown ? match.group(group) : undefined) ?? UNSET;
  if (type === 'index') return tuple(makeInteger(from), makeInteger(to - from));
  // Making terms may move the memory that a view is of: the subject's bytes are asked for each time.
  const subject = match.binary === undefined ? match.subject : binaryBytes(match.binary);
  const content = from < 0 ? new Uint8Array() : subject.subarray(from, to);
  if (type === 'list') return listOf(Array.from(content, (byte) => makeSmall(byte)));
  if (match.binary === undefined || from < 0) return makeBinary(content.slice());
  return subBits(match.binary, from * BITS, (to - from) * BITS);
}

/** What re:run returns for a match. */
export function capturedTerm(match: Match, { type, groups }: CaptureSpec): Term {
  if (type === 'none') return am.match;
  const isSet = (group: number): boolean =>
    group >= 0 && group <= match.highestGroup && match.group(group) !== undefined;
  if (typeof groups !== 'number') {
    const chosen = groups.map((same) => same.find(isSet));
    return tuple(am.match, listOf(chosen.map((group) => value(match, group, type))));
  }
  const values: Term[] = [];
  for (let group = groups; group <= match.highestGroup; group++) values.push(value(match, group, type));
  return tuple(am.match, listOf(values));
}
