/**
 * Where a match may begin, found before matching. That the first and the required byte are exactly those of PCRE (compile_branch,
 * is_anchored, is_startline and find_firstassertedchar in pcre_compile.c) shows: where the subject lacks them, verbs are not reached.
 */
import { variantsOf } from './char-classes.ts';
import { edgeBytes } from './edge-bytes.ts';
import { hasVerb, referredGroups } from './node-facts.ts';
import { startBytes } from './start-bytes.ts';
import type { Branch, ConditionNode, GroupNode, Node, ParsedRegex } from './syntax.ts';

export interface StartInfo {
  readonly anchored: boolean;
  /** A match begins at the start or behind a line end. */
  readonly startLine: boolean;
  /** The bytes of which one is the first; empty: not known. */
  readonly first: readonly number[];
  /** The bytes of which one must come later (or be the first, if that is not known); empty: not known. */
  readonly required: readonly number[];
  /** 1 for each byte that a match may begin with; undefined: not known, or known by `first`. */
  readonly bytes: Uint8Array | undefined;
}

/** What is around the item that is looked at. */
interface Surroundings {
  readonly groups: readonly number[];
  readonly atoms: number;
  readonly inAssertion: boolean;
}

class StartFinder {
  private readonly referred: ReadonlySet<number>;
  private readonly hasPruneOrSkip: boolean;
  private readonly wanted: 'anchored' | 'startLine';

  constructor(branches: readonly Branch[], wanted: 'anchored' | 'startLine') {
    const groups = [...referredGroups(branches)];
    // PCRE has a bit for each of the first groups, and one for all others.
    this.referred = new Set(groups.map((group) => (group < 32 ? group : 0)));
    this.hasPruneOrSkip = hasVerb(branches, ['prune', 'skip']);
    this.wanted = wanted;
  }

  all(branches: readonly Branch[], around: Surroundings): boolean {
    return branches.every(({ items }) => this.item(items, around));
  }

  private item(items: readonly Node[], around: Surroundings): boolean {
    const [node] = items;
    if (node === undefined) return false;
    if (node.kind === 'group') return this.group(node, around);
    if (node.kind === 'look') {
      return !node.behind && !node.negative && this.all(node.branches, { ...around, inAssertion: true });
    }
    if (node.kind === 'condition') return this.condition(node, items, around);
    if (node.kind === 'repeat') return this.repeat(node, around);
    if (node.kind !== 'assert') return false;
    if (this.wanted === 'startLine') return node.what === 'subjectStart' || node.what === 'lineStart';
    return node.what === 'start' || node.what === 'matching' || node.what === 'subjectStart';
  }

  private group(node: GroupNode, around: Surroundings): boolean {
    const groups = node.index > 0 ? [...around.groups, node.index < 32 ? node.index : 0] : around.groups;
    return this.all(node.branches, { ...around, groups, atoms: around.atoms + (node.atomic ? 1 : 0) });
  }

  private repeat({ body, min, max, mode }: Node & { kind: 'repeat' }, around: Surroundings): boolean {
    if (body.kind === 'group' && min > 0) {
      const isWrapped = mode === 'possessive' && (max >= 0 || min > 1);
      return this.item([body], isWrapped ? { ...around, atoms: around.atoms + 1 } : around);
    }
    const dot = this.wanted === 'anchored' ? 'all' : 'any';
    if (body.kind !== dot || min !== 0 || max >= 0) return false;
    const isReferred = around.groups.some((group) => this.referred.has(group));
    const isAsserted = this.wanted === 'startLine' && around.inAssertion;
    return !isReferred && !isAsserted && around.atoms === 0 && !this.hasPruneOrSkip;
  }

  private condition({ test, branches }: ConditionNode, items: readonly Node[], around: Surroundings): boolean {
    const [yes, no] = branches;
    if (this.wanted === 'startLine') {
      // Of a condition only an assertion counts, and then what follows the condition's assertion.
      if (test.kind !== 'assertion' || test.look.behind || test.look.negative) return false;
      const looks = this.all(test.look.branches, { ...around, inAssertion: true });
      return looks && this.item(yes?.items ?? items, around);
    }
    if (yes === undefined || no === undefined) return false;
    const first = test.kind === 'assertion' ? [test.look, ...yes.items] : yes.items;
    return this.item(first, around) && this.item(no.items, around);
  }
}

const OUTSIDE: Surroundings = { groups: [], atoms: 0, inAssertion: false };

/** A byte with its other case, if that counts. */
function withCase(byte: number, caseless: boolean): readonly number[] {
  return caseless ? variantsOf(byte, false) : [byte];
}

export function startInfo({ branches, options }: ParsedRegex): StartInfo {
  const anchored = options.anchored || new StartFinder(branches, 'anchored').all(branches, OUTSIDE);
  const edges = edgeBytes(branches, options.unicode);
  const first = anchored || edges.first === undefined ? [] : withCase(edges.first.byte, edges.first.caseless);
  const { required } = edges;
  const isRequired = required !== undefined && (!anchored || required.varies);
  const startLine = !anchored && first.length === 0 && new StartFinder(branches, 'startLine').all(branches, OUTSIDE);
  const hasVerbs = hasVerb(branches, ['accept', 'commit', 'prune', 'skip', 'then']);
  const isFound = anchored || first.length > 0 || startLine || hasVerbs;
  return {
    anchored,
    startLine,
    first,
    required: isRequired ? withCase(required.byte, required.caseless) : [],
    bytes: isFound ? undefined : startBytes(branches, options.unicode),
  };
}
