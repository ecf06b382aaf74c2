/** Sets of characters. The first 256 are in a table, the rest in ranges and tests. */

export type CharTest = (point: number) => boolean;

export const LOW_POINTS = 256;
export const LAST_POINT = 0x10ffff;

export interface CharSet {
  /** 1 for each member up to 255. */
  readonly low: Uint8Array;
  /** Members beyond. */
  readonly wide: CharTest;
}

export function contains({ low, wide }: CharSet, point: number): boolean {
  return point < LOW_POINTS ? low[point] === 1 : wide(point);
}

/** Whether a point lies in one of some ranges, which are sorted and apart. */
function inRanges(bounds: Uint32Array, point: number): boolean {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((bounds[middle] as number) <= point) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

/** Beginnings of ranges and of what lies behind them, in order. */
function mergedBounds(ranges: readonly (readonly [number, number])[]): Uint32Array {
  const bounds: number[] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const end = bounds.at(-1);
    if (end !== undefined && from <= end) bounds[bounds.length - 1] = Math.max(end, to + 1);
    else bounds.push(from, to + 1);
  }
  return Uint32Array.from(bounds);
}

export class SetBuilder {
  private readonly low = new Uint8Array(LOW_POINTS);
  private readonly ranges: (readonly [number, number])[] = [];
  private readonly tests: CharTest[] = [];

  addRange(from: number, to: number): this {
    this.low.fill(1, from, Math.min(to + 1, LOW_POINTS));
    if (to >= LOW_POINTS) this.ranges.push([Math.max(from, LOW_POINTS), to]);
    return this;
  }

  addPoints(points: Iterable<number>): this {
    for (const point of points) this.addRange(point, point);
    return this;
  }

  addTest(test: CharTest): this {
    for (let point = 0; point < LOW_POINTS; point++) if (test(point)) this.low[point] = 1;
    this.tests.push(test);
    return this;
  }

  addSet(set: CharSet): this {
    set.low.forEach((flag, point) => {
      if (flag === 1) this.low[point] = 1;
    });
    this.tests.push(set.wide);
    return this;
  }

  build(negated = false): CharSet {
    const bounds = mergedBounds(this.ranges);
    const { tests } = this;
    const isMember: CharTest = (point) => inRanges(bounds, point) || tests.some((test) => test(point));
    if (!negated) return { low: this.low, wide: isMember };
    return { low: this.low.map((flag) => 1 - flag), wide: (point) => !isMember(point) };
  }
}

export function complement({ low, wide }: CharSet): CharSet {
  return { low: low.map((flag) => 1 - flag), wide: (point) => !wide(point) };
}
