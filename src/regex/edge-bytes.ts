/** The byte that a match begins with, and the last one that is known to come: firstchar and reqchar of compile_branch. */
import { variantsOf } from './char-classes.ts';
import { hasVerb } from './node-facts.ts';
import type { Branch, CharNode, ConditionNode, Node, RepeatNode } from './syntax.ts';
import { encodePoint } from './utf8-points.ts';

/** 'unset': there was nothing yet; 'none': there is none. */
type Edge = { readonly byte: number; readonly caseless: boolean; readonly varies: boolean } | 'unset' | 'none';

interface Edges {
  first: Edge;
  required: Edge;
}

const isByte = (edge: Edge): edge is Exclude<Edge, string> => typeof edge === 'object';
const same = (a: Edge, b: Edge): boolean =>
  isByte(a) && isByte(b) ? a.byte === b.byte && a.caseless === b.caseless : a === b;

class EdgeFinder {
  private readonly unicode: boolean;
  /** Something before had no fixed length. */
  private varies = false;

  constructor(unicode: boolean) {
    this.unicode = unicode;
  }

  branches(branches: readonly Branch[]): Edges {
    let total: Edges | undefined;
    for (const { items } of branches) {
      const own = new BranchEdges(this).sequence(items);
      total = total === undefined ? own : this.either(total, own);
    }
    return total as Edges;
  }

  private either(total: Edges, own: Edges): Edges {
    let { first, required } = total;
    let { required: ownRequired } = own;
    if (isByte(first) && !same(first, own.first)) {
      if (!isByte(required)) required = first;
      first = 'none';
    }
    if (!isByte(first) && isByte(own.first) && !isByte(ownRequired)) ownRequired = own.first;
    if (!isByte(required) || !isByte(ownRequired) || !same(required, ownRequired)) required = 'none';
    else required = { ...ownRequired, varies: required.varies || ownRequired.varies };
    return { first, required };
  }

  bytesOf({ point, caseless }: CharNode): readonly number[] | undefined {
    if (!this.unicode) return [point];
    if (caseless && variantsOf(point, true).length > 2) return undefined;
    return encodePoint(point);
  }

  get isVarying(): boolean {
    return this.varies;
  }

  vary(): void {
    this.varies = true;
  }
}

class BranchEdges {
  private readonly finder: EdgeFinder;
  private now: Edges = { first: 'unset', required: 'unset' };
  /** What holds if the item before is matched zero times. */
  private zero: Edges = { first: 'unset', required: 'unset' };
  private groupSetFirst = false;

  constructor(finder: EdgeFinder) {
    this.finder = finder;
  }

  sequence(items: readonly Node[]): Edges {
    for (const item of items) this.node(item);
    return this.now;
  }

  private node(node: Node): void {
    switch (node.kind) {
      case 'repeat':
        return this.repeat(node);
      case 'char':
        return this.char(node);
      case 'group':
        return this.group(this.finder.isVarying, () => this.finder.branches(node.branches));
      case 'condition':
        return this.condition(node);
      case 'look': {
        this.zero = { ...this.now };
        this.groupSetFirst = false;
        const { first, required } = this.finder.branches(node.branches);
        const counts = !node.behind && !node.negative && isByte(first) && isByte(required);
        if (counts) this.now.required = required;
        return;
      }
      case 'assert':
        if (node.what === 'lineStart') this.noFirst(true);
        return;
      case 'verb':
        if (node.verb === 'accept') this.noFirst(false);
        return;
      case 'keep':
        return;
      case 'reference':
        return this.noFirst(node.groups.length === 1);
      default:
        this.noFirst(false);
        this.zero = { ...this.now };
        this.groupSetFirst = false;
    }
  }

  private noFirst(alsoZero: boolean): void {
    if (this.now.first !== 'unset') return;
    this.now.first = 'none';
    if (alsoZero) this.zero.first = 'none';
  }

  private char(node: CharNode): void {
    const bytes = this.finder.bytesOf(node);
    if (bytes === undefined) return this.noFirst(true);
    const { caseless } = node;
    const counts = bytes.length === 1 || !caseless;
    const last = { byte: bytes.at(-1) as number, caseless, varies: this.finder.isVarying };
    if (this.now.first !== 'unset') {
      this.zero = { ...this.now };
      if (counts) this.now.required = last;
      return;
    }
    this.zero = { first: 'none', required: this.now.required };
    if (!counts) this.now = { first: 'none', required: 'none' };
    else {
      this.now.first = { byte: bytes[0] as number, caseless, varies: false };
      if (bytes.length > 1) this.now.required = { ...last, caseless: false };
    }
  }

  private condition(node: ConditionNode): void {
    if (node.always === 'define') {
      this.finder.branches(node.branches);
      return;
    }
    const tested = node.test.kind === 'assertion' ? [node.test.look] : [];
    const branches = node.branches.map(({ items, end }, i) => ({
      items: i === 0 ? [...tested, ...items] : items,
      end,
    }));
    this.group(this.finder.isVarying, () => {
      const edges = this.finder.branches(branches);
      return branches.length === 1 ? { first: 'none', required: 'none' } : edges;
    });
  }

  private group(variedBefore: boolean, find: () => Edges): void {
    const inner = find();
    this.zero = { ...this.now };
    this.groupSetFirst = false;
    let { required } = inner;
    if (this.now.first === 'unset') {
      this.groupSetFirst = isByte(inner.first);
      this.now.first = isByte(inner.first) ? inner.first : 'none';
      this.zero.first = 'none';
    } else if (isByte(inner.first) && !isByte(required)) {
      required = { ...inner.first, varies: inner.first.varies || variedBefore };
    }
    if (isByte(required)) this.now.required = required;
  }

  private repeat({ body, min, max }: RepeatNode): void {
    this.node(body);
    if (min === 0) this.now = { ...this.zero };
    else if (min > 1) this.again(body);
    if (min !== max) this.finder.vary();
  }

  /** What is matched more than once comes later, too. */
  private again(body: Node): void {
    if (body.kind === 'char') {
      const bytes = this.finder.bytesOf(body);
      if (bytes?.length !== 1) return;
      this.now.required = { byte: bytes[0] as number, caseless: body.caseless, varies: this.finder.isVarying };
    } else if (body.kind === 'group' && this.groupSetFirst && !isByte(this.now.required)) {
      this.now.required = this.now.first;
    }
  }
}

/** The byte that all branches begin with by an assertion (find_firstassertedchar). */
function assertedByte(branches: readonly Branch[], unicode: boolean, inAssertion: boolean): Edge {
  let found: Edge = 'none';
  for (const { items } of branches) {
    const own = assertedStart(items, unicode, inAssertion);
    if (!isByte(own) || (isByte(found) && !same(found, own))) return 'none';
    found = own;
  }
  return found;
}

function assertedStart(items: readonly Node[], unicode: boolean, inAssertion: boolean): Edge {
  const isSkipped = (node: Node): boolean =>
    (node.kind === 'look' && (node.behind || node.negative)) ||
    (node.kind === 'assert' && (node.what === 'boundary' || node.what === 'notBoundary'));
  let node = items.find((item) => !isSkipped(item));
  if (node?.kind === 'repeat' && node.min > 0) node = node.body;
  if (node?.kind === 'group') return assertedByte(node.branches, unicode, false);
  if (node?.kind === 'look') return assertedByte(node.branches, unicode, true);
  if (node?.kind !== 'char' || !inAssertion) return 'none';
  const bytes = new EdgeFinder(unicode).bytesOf(node);
  if (bytes === undefined) return 'none';
  return { byte: bytes[0] as number, caseless: node.caseless && bytes.length === 1, varies: false };
}

export interface KnownByte {
  readonly byte: number;
  readonly caseless: boolean;
  /** Something of no fixed length comes before. */
  readonly varies: boolean;
}

/** undefined: not known. */
export function edgeBytes(
  branches: readonly Branch[],
  unicode: boolean,
): { readonly first: KnownByte | undefined; readonly required: KnownByte | undefined } {
  const { first, required } = new EdgeFinder(unicode).branches(branches);
  const asserted = isByte(first) ? first : assertedByte(branches, unicode, false);
  const isOpen = hasVerb(branches, ['accept']);
  return {
    first: isByte(asserted) ? asserted : undefined,
    required: isByte(required) && !isOpen ? required : undefined,
  };
}
