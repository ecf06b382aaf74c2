/** Registered names of processes. Ports will have theirs here, too. */
import type { Term } from '../term/layout.ts';
import type { Process } from './process.ts';

export class Registry {
  private readonly byName = new Map<Term, Process>();

  whereis(name: Term): Process | undefined {
    return this.byName.get(name);
  }

  /** False when the name is taken or the process has one. */
  register(name: Term, process: Process): boolean {
    if (this.byName.has(name) || process.name !== undefined) return false;
    this.byName.set(name, process);
    process.name = name;
    return true;
  }

  unregister(name: Term): boolean {
    const process = this.byName.get(name);
    if (process === undefined) return false;
    this.byName.delete(name);
    process.name = undefined;
    return true;
  }

  names(): Term[] {
    return [...this.byName.keys()];
  }
}
