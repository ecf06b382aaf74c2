/** erlang:system_flag(multi_scheduling, _): who has asked that no other scheduler runs. There is only one, so all that can be seen is who asked. */
import type { ProcessTable } from './process-table.ts';

interface Blocks {
  all: number;
  normal: number;
}

export class SchedulingBlocks {
  private readonly blocks = new Map<number, Blocks>();

  /** Counts a block, or takes one of the process's own away. */
  change(processNumber: number, kind: keyof Blocks, by: 1 | -1): void {
    const counts = this.blocks.get(processNumber) ?? { all: 0, normal: 0 };
    counts[kind] = Math.max(0, counts[kind] + by);
    this.blocks.set(processNumber, counts);
    if (counts.all + counts.normal === 0) this.blocks.delete(processNumber);
  }

  /** What system_info(multi_scheduling) says; the end of a process ends its blocks. */
  state(processes: ProcessTable): 'blocked' | 'blocked_normal' | 'enabled' {
    for (const number of this.blocks.keys()) if (processes.get(number) === undefined) this.blocks.delete(number);
    const all = [...this.blocks.values()];
    if (all.some((counts) => counts.all > 0)) return 'blocked';
    return all.length > 0 ? 'blocked_normal' : 'enabled';
  }
}
