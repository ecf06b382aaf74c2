/** What processes of the virtual machine ask for that clean up after code and traces. */
import { am } from '../../term/atoms.ts';
import type { BifTable } from '../registry.ts';

/** Literals of purged code are kept: there is never an area to be released. */
export const literalAreaBifs: BifTable = {
  module: 'erts_literal_area_collector',
  rows: [{ name: 'release_area_switch', arity: 0, fn: () => am.false }],
};

/** There are no trace sessions to be cleaned up. */
export const traceCleanerBifs: BifTable = {
  module: 'erts_trace_cleaner',
  rows: [{ name: 'check', arity: 0, fn: () => am.false }],
};
