/** Arguments of the search functions of module binary: patterns, compiled or not, and options. */
import { magicHandle, newMagicRef } from '../../memory/binary.ts';
import type { MagicHandle } from '../../memory/off-heap.ts';
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { copyOfBytes } from '../../term/bits.ts';
import { tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { head, isAtom, isBitstring, isCons, isNil, isTuple, tail, tupleArity, tupleElement } from '../../term/term.ts';
import { pairOf } from '../erlang/arguments.ts';
import { binarySize, partRange } from '../erlang/binaries.ts';
import { elementsOf } from '../erlang/lists-tuples.ts';
import { type Pattern, PatternSet, SinglePattern } from './search.ts';

/** What the reference in a compiled pattern stands for. */
class CompiledPattern implements MagicHandle {
  readonly pattern: Pattern;
  constructor(pattern: Pattern) {
    this.pattern = pattern;
  }
  onDrop(): void {}
}

function patternBytes(t: Term): Uint8Array {
  if (binarySize(t) === 0) throw badarg();
  return copyOfBytes(t);
}

/** A pattern from a binary or a list of binaries, none of them empty. Raises badarg. */
function newPattern(t: Term): { tag: Term; pattern: Pattern } {
  if (!isCons(t)) return { tag: am.bm, pattern: new SinglePattern(patternBytes(t)) };
  const parts = elementsOf(t).map(patternBytes);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return { tag: am.bm, pattern: new SinglePattern(only) };
  return { tag: am.ac, pattern: new PatternSet(parts) };
}

/** binary:compile_pattern/1: `{bm, Ref}` for one pattern, `{ac, Ref}` for several. Raises badarg. */
export function compilePattern(vm: Machine, t: Term): Term {
  const { tag, pattern } = newPattern(t);
  return tuple(tag, newMagicRef(vm.references.numbers(vm.references.fresh()), new CompiledPattern(pattern)));
}

/** A pattern from an argument: compiled already, or to be compiled. Raises badarg. */
export function patternOf(t: Term): Pattern {
  if (!isTuple(t)) return newPattern(t).pattern;
  const tag = tupleArity(t) === 2 ? tupleElement(t, 1) : undefined;
  const handle = tag === am.bm || tag === am.ac ? magicHandle(tupleElement(t, 2)) : undefined;
  if (!(handle instanceof CompiledPattern)) throw badarg();
  const isSingle = handle.pattern instanceof SinglePattern;
  if (isSingle !== (tag === am.bm)) throw badarg();
  return handle.pattern;
}

export interface SearchOptions {
  from: number;
  to: number;
  global: boolean;
  trim: boolean;
  trimAll: boolean;
}

/** Options for searching a binary: `{scope, {Position, Length}}`, and with `flags` those of binary:split/3. Raises badarg. */
export function searchOptions(subject: Term, list: Term, flags: boolean): SearchOptions {
  if (!isBitstring(subject)) throw badarg();
  const size = binarySize(subject);
  const options: SearchOptions = { from: 0, to: size, global: false, trim: false, trimAll: false };
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const option = head(rest);
    if (isAtom(option) && flags) setFlag(options, option);
    else setScope(options, option, size);
  }
  // The end of a list that has elements is not looked at.
  if (rest === list && !isNil(list)) throw badarg();
  return options;
}

function setFlag(options: SearchOptions, flag: Term): void {
  if (flag === am.global) options.global = true;
  else if (flag === am.trim) options.trim = true;
  else if (flag === am.trim_all) options.trimAll = true;
  else throw badarg();
}

function setScope(options: SearchOptions, option: Term, size: number): void {
  const pair = pairOf(option);
  const scope = pair?.key === am.scope ? pairOf(pair.value) : undefined;
  if (scope === undefined) throw badarg();
  const part = partRange(scope.key, scope.value, size);
  options.from = part.from;
  options.to = part.from + part.length;
}
