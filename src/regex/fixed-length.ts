/** How many characters a branch of a lookbehind goes back (find_fixedlength in pcre_compile.c). */
import type { Branch, GroupNode, Node, RecurseNode } from './syntax.ts';

/** Results that are no lengths: it varies; \C; there is a call, of which more is known at the end of the pattern. */
export const NOT_FIXED = -1;
export const ANY_BYTE = -2;
export const TOO_EARLY = -3;

interface Context {
  readonly groups: ReadonlyMap<number, GroupNode>;
  readonly atEnd: boolean;
  readonly called: readonly GroupNode[];
}

/** Characters that a branch matches; negative: why that is not known. */
export function fixedLength(branch: Branch, groups: ReadonlyMap<number, GroupNode>, atEnd: boolean): number {
  return lengthOf([branch], { groups, atEnd, called: [] });
}

/** The length of branches, if it is the same for all. */
function lengthOf(branches: readonly Branch[], context: Context): number {
  let common: number | undefined;
  for (const { items } of branches) {
    let length = 0;
    for (const item of items) {
      const isAccept = item.kind === 'verb' && item.verb === 'accept';
      if (isAccept) return common === undefined || common === length ? length : NOT_FIXED;
      const more = nodeLength(item, context);
      if (more < 0) return more;
      length += more;
    }
    if (common !== undefined && common !== length) return NOT_FIXED;
    common = length;
  }
  return common ?? 0;
}

function nodeLength(node: Node, context: Context): number {
  switch (node.kind) {
    case 'char':
    case 'set':
    case 'any':
    case 'all':
      return 1;
    case 'byte':
      return ANY_BYTE;
    case 'group':
    case 'condition':
      return lengthOf(node.branches, context);
    case 'look':
    case 'assert':
    case 'verb':
    case 'keep':
      return 0;
    case 'repeat': {
      const isGroup = node.body.kind === 'group' || node.body.kind === 'look' || node.body.kind === 'condition';
      if (node.min !== node.max || (node.max === 0 && isGroup)) return NOT_FIXED;
      if (node.max === 0) return 0;
      // PCRE counts what is repeated here as characters, whatever it is.
      if (node.max > 1 && ['newline', 'cluster', 'byte'].includes(node.body.kind)) return node.max;
      const length = nodeLength(node.body, context);
      return length < 0 ? length : length * node.min;
    }
    case 'recurse':
      return callLength(node, context);
    default:
      return NOT_FIXED;
  }
}

function callLength(node: RecurseNode, context: Context): number {
  const { groups, atEnd, called } = context;
  if (!atEnd) return TOO_EARLY;
  const group = groups.get(node.group);
  if (group === undefined || called.includes(group) || holds(group, node)) return NOT_FIXED;
  return lengthOf(group.branches, { ...context, called: [...called, group] });
}

function holds(node: Node, wanted: Node): boolean {
  if (node === wanted) return true;
  if (node.kind === 'repeat') return holds(node.body, wanted);
  if (node.kind === 'condition' && node.test.kind === 'assertion' && holds(node.test.look, wanted)) return true;
  if (node.kind !== 'group' && node.kind !== 'look' && node.kind !== 'condition') return false;
  return node.branches.some(({ items }) => items.some((item) => holds(item, wanted)));
}
