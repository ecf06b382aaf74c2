/**
 * Literal areas whose module was purged, or whose persistent term is gone: erts_literal_area_collector has each process give up
 * what it holds of one after the other (the release of literal areas in OTP's beam_bif_load.c), and then its memory is freed.
 */
import { collect } from '../memory/collector.ts';
import { freeLiteralArea, type LiteralArea } from '../memory/literal-area.ts';
import { ATTENTION, MESSAGE } from '../memory/map.ts';
import { load, store } from '../memory/memory.ts';
import { running } from '../memory/process-heap.ts';
import {
  copyReleased,
  holdsReleased,
  isReleased,
  refersToReleased,
  setReleasedArea,
} from '../memory/released-literals.ts';
import { am } from '../term/atoms.ts';
import { copyOut } from '../term/copy.ts';
import { NON_VALUE } from '../term/layout.ts';
import { isImmediate } from '../term/term.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';
import { isActive, sendMessage } from './signals.ts';

export class LiteralReleases {
  private readonly queue: LiteralArea[] = [];
  private current: LiteralArea | undefined;
  /** The process that asks all others; told of each area that comes. */
  collector: Process | undefined;
  private readonly machine: () => Machine;

  constructor(machine: () => Machine) {
    this.machine = machine;
  }

  /** Queues an area. One that was too large for one block stays for ever. */
  add(area: LiteralArea): void {
    if (area.blocks.length !== 1) return;
    this.queue.push(area);
    if (this.collector !== undefined) sendMessage(this.machine(), this.collector, am.copy_literals);
  }

  /** Frees an area that nobody can point into. */
  free(area: LiteralArea): void {
    freeLiteralArea(area, this.machine().flags.gcStress);
  }

  /** Frees the area that all processes have given up, and goes on to the next; false: there is none. */
  next(): boolean {
    const done = this.current;
    this.current = this.queue.shift();
    setReleasedArea(this.current);
    if (done !== undefined) this.free(done);
    return this.current !== undefined;
  }

  /**
   * Has a process point to copies of its own instead of into the area. That of the running process must have its stack whole. Returns
   * how many words were looked at.
   */
  giveUp(process: Process): number {
    const area = this.current;
    if (area === undefined) return 0;
    const { heap, mailbox } = process;
    if (isActive(process)) heap.fromRegisters();
    let words = heap.usedWords() + (heap.stackTop - heap.sp) / 4;
    for (const message of [...mailbox.messages(), process.pendingExit]) {
      if (message === undefined) continue;
      words += message.wordCount;
      const { term, block, wordCount } = message;
      const holds =
        block === 0 ? isReleased(term) && !isImmediate(term) : refersToReleased(block, block + wordCount * 4);
      if (holds) message.become(copyOut(term));
    }
    if (isActive(process)) store(MESSAGE, mailbox.unread?.term ?? NON_VALUE);
    const visitRoots = process.visitRoots.bind(process);
    if (!holdsReleased(heap, visitRoots)) return words;
    if (isActive(process)) {
      heap.needsMajor = true;
      heap.requestCollection();
    } else {
      this.collectAtRest(process);
    }
    copyReleased(heap, area, visitRoots);
    return words + area.wordCount;
  }

  /** A major collection of a process that does not run, which leaves it no old block. */
  private collectAtRest(process: Process): void {
    const { flags, tracing } = this.machine();
    const active = running.heap;
    const attention = load(ATTENTION);
    process.heap.needsMajor = true;
    const watch = tracing.turns.collects(process);
    active?.deactivate();
    process.heap.activate();
    const visitRoots = process.visitRoots.bind(process);
    const { before, after } = collect(process.heap, { live: 0, major: true, stress: flags.gcStress, visitRoots });
    process.heap.deactivate();
    active?.activate();
    store(ATTENTION, attention);
    watch?.(true, before - after);
  }
}
