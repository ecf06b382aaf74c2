/** The bytes that a match can begin with: what pcre_study would find, which native OTP does not ask. It changes no result. */
import { variantsOf } from './char-classes.ts';
import { LOW_POINTS } from './char-set.ts';
import type { Branch, CharNode, Node } from './syntax.ts';
import { encodePoint } from './utf8-points.ts';

const FIRST_WIDE = 0x80;

class StartBytes {
  readonly bytes = new Uint8Array(LOW_POINTS);
  private readonly unicode: boolean;

  constructor(unicode: boolean) {
    this.unicode = unicode;
  }

  /** Adds what branches begin with. True: one may match nothing, or what it begins with is not known. */
  branches(branches: readonly Branch[]): boolean {
    let passes = false;
    for (const { items } of branches) if (this.sequence(items)) passes = true;
    return passes;
  }

  private sequence(items: readonly Node[]): boolean {
    return items.every((item) => this.node(item));
  }

  /** True: what follows counts, too. */
  private node(node: Node): boolean {
    switch (node.kind) {
      case 'char':
        return this.char(node);
      case 'set':
        return this.set(node.set.low);
      case 'group':
        return this.branches(node.branches);
      case 'repeat':
        return node.max === 0 || this.node(node.body) || node.min === 0;
      case 'assert':
      case 'look':
      case 'keep':
        return true;
      default:
        this.bytes.fill(1);
        return false;
    }
  }

  private char({ point, caseless }: CharNode): boolean {
    for (const variant of caseless ? variantsOf(point, this.unicode) : [point]) {
      this.bytes[this.unicode ? (encodePoint(variant)[0] as number) : variant] = 1;
    }
    return false;
  }

  private set(low: Uint8Array): boolean {
    const end = this.unicode ? FIRST_WIDE : LOW_POINTS;
    for (let point = 0; point < end; point++) if (low[point] === 1) this.bytes[point] = 1;
    // Beyond ASCII any first byte will do.
    if (this.unicode) this.bytes.fill(1, FIRST_WIDE);
    return false;
  }
}

/** 1 for each byte; undefined: it may be any, or nothing. */
export function startBytes(branches: readonly Branch[], unicode: boolean): Uint8Array | undefined {
  const found = new StartBytes(unicode);
  const passes = found.branches(branches);
  return passes || found.bytes.every((flag) => flag === 1) ? undefined : found.bytes;
}
