/**
 * Functions that are translated without what needs proof: types, integers that are no terms, handlers in place, funs' free variables taken
 * by the function (switch ENIGMA_PLAIN). Each function has a number, the hash of its name, so that a range of numbers is a set of functions;
 * tools/bisect.mjs makes the range smaller until it has found one that is translated wrongly.
 */
import { BadFlag } from './flags.ts';

const HASHES = 2 ** 32;
/** Its products with hashes are exact. */
const FACTOR = 65599;

/** The hash of sdbm, of UTF-16 code units: from 0 to 2^32 - 1. */
function hashOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (hash * FACTOR + name.charCodeAt(i)) % HASHES;
  return hash;
}

export type IsPlain = (module: string, name: string, arity: number) => boolean;

/** What the switch says; undefined: no function is plain. Throws BadFlag. */
export function plainFunctions(text: string | undefined): IsPlain | undefined {
  if (text === undefined) return undefined;
  if (text === 'all') return () => true;
  const [, from, to] = /^([0-9a-f]{1,8})-([0-9a-f]{1,8})$/i.exec(text) ?? [];
  if (from === undefined || to === undefined)
    throw new BadFlag('ENIGMA_PLAIN', text, 'all, or FROM-TO in hexadecimal digits');
  const [first, last] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
  return (module, name, arity) => {
    const hash = hashOf(`${module}:${name}/${arity}`);
    return hash >= first && hash <= last;
  };
}
