/** Tags of dynamic traces (erl_bif_trace.c): what these do in an OTP that was built without such traces. */
import { am } from '../../term/atoms.ts';
import type { Term } from '../../term/layout.ts';
import type { BifTable } from '../registry.ts';

const same = (t: Term): Term => t;

export const erlangDynamicTraceBifs: BifTable = {
  module: 'erlang',
  pure: true,
  rows: [
    { name: 'dt_put_tag', arity: 1, fn: () => am.undefined },
    { name: 'dt_get_tag', arity: 0, fn: () => am.undefined },
    { name: 'dt_get_tag_data', arity: 0, fn: () => am.undefined },
    { name: 'dt_spread_tag', arity: 1, fn: () => am.true },
    { name: 'dt_restore_tag', arity: 1, fn: () => am.true },
    { name: 'dt_prepend_vm_tag_data', arity: 1, fn: same },
    { name: 'dt_append_vm_tag_data', arity: 1, fn: same },
  ],
};
