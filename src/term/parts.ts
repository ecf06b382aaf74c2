/** Work that may be long and is done in parts: yields what each part costs, in reductions, and returns what comes of it. */
export type Parts<Result> = Generator<number, Result, void>;

/** Does all parts at once. */
export function whole<Result>(parts: Parts<Result>): Result {
  let part = parts.next();
  while (part.done !== true) part = parts.next();
  return part.value;
}

/** Work that ends with an exception at once. */
// biome-ignore lint/correctness/useYield: it has no parts.
export function* failing(error: unknown): Parts<never> {
  throw error;
}
