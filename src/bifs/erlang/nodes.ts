/** Nodes (dist.c). There is no distribution yet: the only node is this one. */
import type { Machine } from '../../process/machine.ts';
import { am, atomName } from '../../term/atoms.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg, ErlangError } from '../../term/erlang-error.ts';
import { NIL, NON_VALUE, type Term } from '../../term/layout.ts';
import { mapGet } from '../../term/map.ts';
import { mapFromArrays, mapSize } from '../../term/map-build.ts';
import { isAtom, isMap } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { boolean, elementsOf } from './arguments.ts';

const NO_NODE = 'nonode@nohost';

/** nodes(Type | [Type], Options): {Node, Info} of each. Raises badarg. */
function nodes(vm: Machine, types: Term, options: Term): Term {
  let withThis = false;
  for (const type of isAtom(types) ? [types] : elementsOf(types)) {
    if (type === am.this || type === am.known) withThis = true;
    else if (type !== am.visible && type !== am.hidden && type !== am.connected) throw badarg();
  }
  if (!isMap(options)) throw badarg();
  const keys = [am.connection_id, am.node_type].filter((key) => mapGet(options, key) !== NON_VALUE);
  const wanted = keys.map((key) => boolean(mapGet(options, key)));
  if (keys.length !== mapSize(options) || wanted.includes(undefined)) throw badarg();
  if (!withThis) return NIL;
  const shown = keys.filter((_, i) => wanted[i] === true);
  const info = mapFromArrays(
    shown,
    shown.map((key) => (key === am.node_type ? am.this : am.undefined)),
  );
  return listOf([tuple(vm.nodes.self.name, info)]);
}

/** monitor_node(Node, Flag, Options): true for this node, which never goes down. Raises badarg, notalive. */
function monitorNodeWith(vm: Machine, node: Term, flag: Term, options: Term): Term {
  for (const option of elementsOf(options, badarg(am.badopt))) {
    if (option !== am.allow_passive_connect) throw badarg(am.badopt);
  }
  if (!isAtom(node)) throw badarg();
  if (atomName(node) !== NO_NODE && atomName(vm.nodes.self.name) === NO_NODE)
    throw new ErlangError('error', am.notalive);
  if (boolean(flag) === undefined) throw badarg();
  return am.true;
}

export const erlangNodeBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'nodes', arity: 2, fn: nodes },
    {
      name: 'monitor_node',
      arity: 2,
      fn: (vm: Machine, node: Term, flag: Term) => monitorNodeWith(vm, node, flag, NIL),
    },
    { name: 'monitor_node', arity: 3, fn: monitorNodeWith },
  ],
};
