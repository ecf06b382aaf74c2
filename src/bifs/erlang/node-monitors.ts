/** process_flag(monitor_nodes, _): what net_kernel:monitor_nodes/1,2 is built on (erts_monitor_nodes in dist.c). */
import type { Process } from '../../process/process.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { NIL, NON_VALUE, type Term } from '../../term/layout.ts';
import { mapGet } from '../../term/map.ts';
import { mapSize } from '../../term/map-build.ts';
import { isMap } from '../../term/term.ts';
import { boolean, pairOf } from './arguments.ts';

/** What subscriptions with equal options have in common; undefined: they are none. */
function keyOf(options: Term): string | undefined {
  if (options === NIL) return '';
  if (!isMap(options)) return undefined;
  const given = (key: Term): Term => mapGet(options, key);
  const [list, id, type, reason] = [am.list, am.connection_id, am.node_type, am.nodedown_reason].map(given) as [
    Term,
    Term,
    Term,
    Term,
  ];
  const isFlag = (value: Term): boolean => value === NON_VALUE || boolean(value) !== undefined;
  const types: readonly Term[] = [NON_VALUE, am.visible, am.hidden, am.all];
  const isRight = (list === NON_VALUE || list === am.true) && isFlag(id) && isFlag(reason) && types.includes(type);
  const known = [list, id, type, reason].filter((value) => value !== NON_VALUE).length;
  if (!isRight || known !== mapSize(options)) return undefined;
  return [list === am.true ? 'list' : 'map', id === am.true, types.indexOf(type), reason === am.true].join();
}

/** Whether a process flag is one of these: monitor_nodes or {monitor_nodes, Options}. */
export function isNodeMonitorFlag(flag: Term): boolean {
  return flag === am.monitor_nodes || pairOf(flag)?.key === am.monitor_nodes;
}

/** Subscribes once more, or ends all subscriptions; returns how many there were. undefined: an argument is wrong. */
export function setNodeMonitor(process: Process, flag: Term, value: Term): Term | undefined {
  const key = keyOf(pairOf(flag)?.value ?? NIL);
  const on = boolean(value);
  if (key === undefined || on === undefined) return undefined;
  const old = process.nodeMonitors?.get(key) ?? 0;
  process.nodeMonitors ??= new Map();
  if (on) process.nodeMonitors.set(key, old + 1);
  else process.nodeMonitors.delete(key);
  return makeInteger(old);
}
