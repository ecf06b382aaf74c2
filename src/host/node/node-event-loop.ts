/** Node's event loop, as scheduler/pump.ts wants it. */

/** The longest time that setTimeout takes. */
const LONGEST = 2 ** 31 - 1;

export interface NodeEventLoop {
  after(milliseconds: number, action: () => void): () => void;
  /** Lets Node end when nothing else holds it. */
  release(): void;
}

/** An event loop that does not end by itself: a virtual machine that waits for something from outside goes on waiting. */
export function nodeEventLoop(): NodeEventLoop {
  const held = setInterval(() => undefined, LONGEST);
  return {
    after(milliseconds, action) {
      if (milliseconds <= 0) {
        const immediate = setImmediate(action);
        return () => clearImmediate(immediate);
      }
      const timer = setTimeout(action, Math.min(LONGEST, Math.ceil(milliseconds)));
      return () => clearTimeout(timer);
    },
    release: () => clearInterval(held),
  };
}
