/**
 * What can only be judged when all groups are known: numbers and names that are referred to, calls that would loop, lengths of
 * lookbehinds (the second pass of compile_branch in pcre_compile.c). Fills in the groups of names and the lengths.
 */
import { fixedLength, NOT_FIXED, TOO_EARLY } from './fixed-length.ts';
import { takesOne } from './node-facts.ts';
import {
  type Branch,
  type Condition,
  type ConditionNode,
  type GroupName,
  type GroupNode,
  type LookNode,
  type Node,
  type RecurseNode,
  type ReferenceNode,
  RegexFault,
} from './syntax.ts';

export interface Unresolved {
  readonly branches: readonly Branch[];
  readonly groupCount: number;
  readonly names: readonly GroupName[];
}

const NO_GROUP = 'reference to non-existent subpattern';
const MAX_INT_DIGITS = 9;

/** The first group of each number. */
export function groupsByNumber(
  branches: readonly Branch[],
  groups = new Map<number, GroupNode>(),
): Map<number, GroupNode> {
  for (const { items } of branches) for (const item of items) collect(item, groups);
  return groups;
}

function collect(node: Node, groups: Map<number, GroupNode>): void {
  if (node.kind === 'repeat') return collect(node.body, groups);
  if (node.kind === 'condition' && node.test.kind === 'assertion') groupsByNumber(node.test.look.branches, groups);
  if (node.kind === 'group' && node.index > 0 && !groups.has(node.index)) groups.set(node.index, node);
  if (node.kind === 'group' || node.kind === 'look' || node.kind === 'condition') groupsByNumber(node.branches, groups);
}

/** A branch that is being looked at, and how far. */
interface Place {
  readonly branch: Branch;
  at: number;
  /** The group that the branch belongs to. */
  readonly owner: Node | undefined;
}

class Resolver {
  private readonly regex: Unresolved;
  private readonly groups: Map<number, GroupNode>;
  private readonly places: Place[] = [];
  private readonly seen = new Set<GroupNode>();
  private conditionDepth = 0;
  private readonly late: LookNode[] = [];
  private highestReference = 0;

  constructor(regex: Unresolved) {
    this.regex = regex;
    this.groups = groupsByNumber(regex.branches);
  }

  /** Throws RegexFault. */
  resolve(): void {
    this.branches(this.regex.branches, undefined);
  }

  /** What PCRE looks for at the very end. Throws RegexFault. */
  finish(end: number): void {
    if (this.highestReference > this.regex.groupCount) throw new RegexFault(NO_GROUP, end);
    for (const look of this.late) {
      look.lengths = look.branches.map((branch) => {
        const length = fixedLength(branch, this.groups, true);
        if (length < 0) throw lengthFault(length, end);
        return length;
      });
    }
  }

  private branches(branches: readonly Branch[], owner: Node | undefined): void {
    for (const branch of branches) {
      const place: Place = { branch, at: 0, owner };
      this.places.push(place);
      for (const item of branch.items) {
        this.node(item);
        place.at++;
      }
      this.places.pop();
      if (owner?.kind === 'look' && owner.behind) this.lookbehind(owner, branch);
    }
  }

  private node(node: Node): void {
    switch (node.kind) {
      case 'repeat':
        return this.node(node.body);
      case 'group':
        this.seen.add(node);
        return this.branches(node.branches, node);
      case 'look':
        return this.branches(node.branches, node);
      case 'condition':
        return this.condition(node);
      case 'recurse':
        return this.recurse(node);
      case 'reference':
        return this.reference(node);
      default:
    }
  }

  private lookbehind(look: LookNode, branch: Branch): void {
    const length = fixedLength(branch, this.groups, false);
    if (length === TOO_EARLY) {
      if (!this.late.includes(look)) this.late.push(look);
    } else if (length < 0) throw lengthFault(length, branch.end);
    else look.lengths[look.branches.indexOf(branch)] = length;
  }

  private named(name: string): readonly number[] | undefined {
    return this.regex.names.find((known) => known.name === name)?.groups;
  }

  // ---- references and calls ------------------------------------------------------------------------------------------

  private reference(node: ReferenceNode): void {
    if (node.name !== undefined) {
      const groups = this.named(node.name);
      if (groups === undefined) throw new RegexFault(NO_GROUP, node.at);
      node.groups = groups;
    }
    this.highestReference = Math.max(this.highestReference, ...node.groups);
    for (const group of node.groups) {
      const place = this.places.findLast(({ owner }) => owner?.kind === 'group' && owner.index === group);
      if (place?.owner?.kind === 'group') place.owner.atomic = true;
    }
  }

  private recurse(node: RecurseNode): void {
    if (node.name !== undefined) {
      const groups = this.named(node.name);
      if (groups === undefined) throw new RegexFault(NO_GROUP, node.at);
      node.group = groups[0] as number;
    }
    if (node.group > this.regex.groupCount) throw new RegexFault(NO_GROUP, node.at);
    if (this.conditionDepth === 0 && this.loops(node.group)) {
      throw new RegexFault('recursive call could loop indefinitely', node.at);
    }
  }

  /** Whether a call of a group that is open comes back to itself without a character. */
  private loops(group: number): boolean {
    const called = this.groups.get(group);
    const start = group === 0 ? 0 : this.places.findIndex(({ owner }) => owner !== undefined && owner === called);
    if (start < 0) return false;
    return this.places.slice(start).every(({ branch, at }) => this.allEmpty(branch.items.slice(0, at), []));
  }

  /** Whether a group has not been read, or not to its end. */
  private isUnknown(group: GroupNode | undefined): boolean {
    return group === undefined || !this.seen.has(group) || this.places.some(({ owner }) => owner === group);
  }

  /** Whether items may match nothing. PCRE looks no further than a call of a group that it does not know yet. */
  private allEmpty(items: readonly Node[], called: readonly GroupNode[]): boolean {
    for (const item of items) {
      if (item.kind === 'recurse' && this.isUnknown(this.groups.get(item.group))) return true;
      if (!this.isEmpty(item, called)) return false;
    }
    return true;
  }

  /** Whether an item may match nothing (could_be_empty_branch). */
  private isEmpty(node: Node, called: readonly GroupNode[]): boolean {
    const someEmpty = (branches: readonly Branch[], calls: readonly GroupNode[]): boolean =>
      branches.some(({ items }) => this.allEmpty(items, calls));
    if (takesOne(node)) return false;
    switch (node.kind) {
      case 'repeat':
        if (node.min === 0) return true;
        // PCRE looks into a condition of one branch only if it is repeated without limit (OP_SCOND).
        if (node.body.kind === 'condition' && node.max < 0) return someEmpty(node.body.branches, called);
        return this.isEmpty(node.body, called);
      case 'group':
        return someEmpty(node.branches, called);
      case 'condition':
        return node.branches.length === 1 || someEmpty(node.branches, called);
      case 'recurse': {
        const group = this.groups.get(node.group);
        if (group === undefined || this.isUnknown(group) || called.includes(group)) return true;
        return someEmpty(group.branches, [...called, group]);
      }
      default:
        return true;
    }
  }

  // ---- conditions ----------------------------------------------------------------------------------------------------

  private condition(node: ConditionNode): void {
    const { test } = node;
    this.conditionDepth++;
    if (test.kind === 'assertion') this.node(test.look);
    else this.test(node, test);
    this.branches(node.branches, node);
    this.conditionDepth--;
    const most = node.always === 'define' ? 1 : 2;
    if (node.branches.length <= most) return;
    const text =
      node.always === 'define'
        ? 'DEFINE group contains more than one branch'
        : 'conditional group contains more than two branches';
    throw new RegexFault(text, node.end);
  }

  private test(node: ConditionNode, test: Exclude<Condition, { kind: 'assertion' }>): void {
    if (test.kind === 'group') {
      if (test.group === 0) throw new RegexFault('invalid condition (?(0)', test.at);
      if (test.group < 0 || test.group > this.regex.groupCount) throw new RegexFault(NO_GROUP, test.at);
      return;
    }
    const groups = this.named(test.name);
    if (groups !== undefined) {
      test.groups = groups;
      node.always = undefined;
      return;
    }
    if (test.kind === 'recursion' || !test.bare) throw new RegexFault(NO_GROUP, test.at);
    if (test.name === 'DEFINE') return;
    const digits = /^R(\d*)$/.exec(test.name)?.[1];
    if (digits === undefined) throw new RegexFault(NO_GROUP, test.at);
    if (digits.length > MAX_INT_DIGITS) throw new RegexFault('number is too big', test.at);
    node.always = 'recursing';
    test.groups = Number(digits) === 0 ? [] : [Number(digits)];
  }
}

function lengthFault(length: number, at: number): RegexFault {
  const text =
    length === NOT_FIXED ? 'lookbehind assertion is not fixed length' : '\\C not allowed in lookbehind assertion';
  return new RegexFault(text, at);
}

/** Throws RegexFault. Gives what is to be looked at last, when the end of the pattern is known to be one. */
export function resolveReferences(regex: Unresolved): (end: number) => void {
  const resolver = new Resolver(regex);
  resolver.resolve();
  return (end) => resolver.finish(end);
}
