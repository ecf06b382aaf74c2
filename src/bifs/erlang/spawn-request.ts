/** spawn_request: the new process is told by a message (erts_internal:spawn_request/4 in bif.c, spawn_reply in erl_process.c). */
import type { Machine } from '../../process/machine.ts';
import { sendMessage } from '../../process/signals.ts';
import { spawnProcess } from '../../process/spawn.ts';
import { listElements, MAX_ARGUMENTS } from '../../runtime/apply.ts';
import { am } from '../../term/atoms.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg, ErlangError } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isRef } from '../../term/nodes.ts';
import { isAtom } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { pairOf } from './arguments.ts';
import { spawnOptions } from './spawn.ts';

interface Reply {
  tag: Term;
  onSuccess: boolean;
  onError: boolean;
}

const WANTED: ReadonlyMap<Term, Pick<Reply, 'onSuccess' | 'onError'>> = new Map([
  [am.yes, { onSuccess: true, onError: true }],
  [am.no, { onSuccess: false, onError: false }],
  [am.error_only, { onSuccess: false, onError: true }],
  [am.success_only, { onSuccess: true, onError: false }],
]);

/** Takes the options about the reply out of the list; `wrong`: one has a value that it cannot have. */
function replyOptions(options: readonly Term[]): {
  readonly reply: Reply;
  readonly rest: Term[];
  readonly wrong: boolean;
} {
  const reply: Reply = { tag: am.spawn_reply, onSuccess: true, onError: true };
  const rest: Term[] = [];
  let wrong = false;
  for (const option of options) {
    const pair = pairOf(option);
    if (pair?.key === am.reply_tag) {
      reply.tag = pair.value;
    } else if (pair?.key === am.reply) {
      const wanted = WANTED.get(pair.value);
      if (wanted === undefined) wrong = true;
      else Object.assign(reply, wanted);
    } else {
      rest.push(option);
    }
  }
  return { reply, rest, wrong };
}

/** Returns the reference of the reply, or an atom that says what is wrong; other faults come as replies. */
function spawnRequest(vm: Machine, module: Term, name: Term, args: Term, list: Term): Term {
  const elements = listElements(args);
  const options = listElements(list);
  if (!isAtom(module) || !isAtom(name) || elements === undefined) return am.badarg;
  if (options === undefined) return am.badopt;
  const { reply, rest, wrong } = replyOptions(options);
  try {
    if (elements.length > MAX_ARGUMENTS) throw new ErlangError('error', am.system_limit);
    if (wrong) throw new ErlangError('error', am.badopt);
    const call = { module, name, arity: elements.length };
    const { process, monitor } = spawnProcess(vm, vm.current, call, args, spawnOptions(vm, listOf(rest)));
    const reference = vm.references.term(monitor ?? vm.references.fresh());
    if (reply.onSuccess) sendMessage(vm, vm.current, tuple(reply.tag, reference, am.ok, process.pid));
    return reference;
  } catch (error) {
    if (!(error instanceof ErlangError)) throw error;
    const reference = vm.references.term(vm.references.fresh());
    const reason = error.reason === am.badarg ? am.badopt : error.reason;
    if (reply.onError) sendMessage(vm, vm.current, tuple(reply.tag, reference, am.error, reason));
    return reference;
  }
}

/** A request that was made here has been answered by now. Raises badarg. */
function spawnRequestAbandon(_vm: Machine, reference: Term): Term {
  if (!isRef(reference)) throw badarg();
  return am.false;
}

export const erlangSpawnRequestBifs: BifTable = {
  module: 'erlang',
  rows: [{ name: 'spawn_request_abandon', arity: 1, fn: spawnRequestAbandon }],
};

export const ertsInternalSpawnRequestBifs: BifTable = {
  module: 'erts_internal',
  rows: [{ name: 'spawn_request', arity: 4, fn: spawnRequest }],
};
