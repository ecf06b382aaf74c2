/** The timers of erlang:send_after and start_timer. Each owns its message, and is known to the process that is to get it. */
import { type Fragment, freeFragment } from '../memory/fragment.ts';
import type { Term } from '../term/layout.ts';
import { isAtom } from '../term/term.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';
import type { RefKey } from './references.ts';
import { deliver } from './signals.ts';
import { NOWHERE, type ReferencedTimer } from './timer.ts';

export class MessageTimer implements ReferencedTimer {
  at = 0;
  order = 0;
  place = NOWHERE;
  readonly to: Term;
  private readonly vm: Machine;
  readonly key: RefKey;
  nextInTable: ReferencedTimer | undefined;
  /** undefined: it is for a name, which is looked up only when the time has come. */
  private readonly receiver: Process | undefined;
  private readonly content: Fragment;
  /** Neighbours among the receiver's timers. */
  private before: MessageTimer | undefined;
  private behind: MessageTimer | undefined;

  constructor(vm: Machine, key: RefKey, to: Term, receiver: Process | undefined, content: Fragment) {
    this.vm = vm;
    this.key = key;
    this.to = to;
    this.receiver = receiver;
    this.content = content;
    vm.timers.byReference.add(this);
    if (receiver === undefined) return;
    this.behind = receiver.timers;
    if (this.behind !== undefined) this.behind.before = this;
    receiver.timers = this;
  }

  get message(): Term {
    return this.content.term;
  }

  fire(): void {
    const { vm, to, content } = this;
    this.forget();
    const process = isAtom(to) ? vm.registry.whereis(to) : vm.processes.byPid(to);
    if (process === undefined) freeFragment(content);
    else deliver(vm, process, content);
  }

  cancel(): void {
    this.forget();
    this.vm.timers.cancel(this);
    freeFragment(this.content);
  }

  private forget(): void {
    const { receiver, before, behind } = this;
    this.vm.timers.byReference.delete(this.key);
    if (receiver === undefined) return;
    if (before === undefined) receiver.timers = behind;
    else before.behind = behind;
    if (behind !== undefined) behind.before = before;
    this.before = undefined;
    this.behind = undefined;
  }
}
