/**
 * The mode in which the tests run: the debug switches of the environment (ENIGMA_GC_STRESS=1, ENIGMA_REDUCTIONS=1), which the virtual machines
 * of the tests get, and the systems that tests start as programs inherit.
 */
import { readFlags } from '../../src/debug/flags.ts';

export const flags = readFlags(process.env);

/** Collections or slices are many more than usual: what only repeats a check is to be done less often. */
export const isStressed = flags.gcStress || flags.reductions !== undefined;

/** How much a test does: fewer rounds, shorter counts when stressed; the kinds of checks are the same. */
export function sized(usually: number, stressed: number): number {
  return isStressed ? stressed : usually;
}

const PATIENCE_WHEN_STRESSED = 5;

/** How long to wait for what takes at most so many milliseconds in the usual mode. */
export function patience(milliseconds: number): number {
  return milliseconds * sized(1, PATIENCE_WHEN_STRESSED);
}
