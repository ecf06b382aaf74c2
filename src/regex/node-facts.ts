/** What is known of the parts of a pattern without matching. */
import type { Branch, Node, Verb } from './syntax.ts';

const some = (branches: readonly Branch[], test: (node: Node) => boolean): boolean =>
  branches.some(({ items }) => items.some(test));

/** Whether a node or one in it passes. */
function someNode(node: Node, test: (node: Node) => boolean): boolean {
  const inside = (inner: Node): boolean => someNode(inner, test);
  if (test(node)) return true;
  if (node.kind === 'repeat') return inside(node.body);
  if (node.kind === 'condition' && node.test.kind === 'assertion' && inside(node.test.look)) return true;
  const hasBranches = node.kind === 'group' || node.kind === 'look' || node.kind === 'condition';
  return hasBranches && some(node.branches, inside);
}

/** Whether one of some verbs is in the branches. */
export function hasVerb(branches: readonly Branch[], verbs: readonly Verb[]): boolean {
  return some(branches, (node) => someNode(node, (inner) => inner.kind === 'verb' && verbs.includes(inner.verb)));
}

/** Whether a capturing group is in the node, or is the node. */
export function hasCapture(node: Node): boolean {
  return someNode(node, (inner) => inner.kind === 'group' && inner.index > 0);
}

/** Whether groups are referred to by number or name. */
export function referredGroups(branches: readonly Branch[]): ReadonlySet<number> {
  const groups = new Set<number>();
  some(branches, (node) =>
    someNode(node, (inner) => {
      if (inner.kind === 'reference') for (const group of inner.groups) groups.add(group);
      return false;
    }),
  );
  return groups;
}

/** What matches at least one character each time. */
const TAKES_ONE: ReadonlySet<Node['kind']> = new Set(['char', 'set', 'any', 'all', 'byte', 'newline', 'cluster']);

export function takesOne({ kind }: Node): boolean {
  return TAKES_ONE.has(kind);
}

/** Whether a node might match nothing: false only if that is sure. */
export function couldBeEmpty(node: Node): boolean {
  if (takesOne(node)) return false;
  switch (node.kind) {
    case 'repeat':
      return node.min === 0 || couldBeEmpty(node.body);
    case 'group':
      return node.branches.some(({ items }) => items.every(couldBeEmpty));
    default:
      return true;
  }
}
