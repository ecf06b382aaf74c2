/** A process that runs programs on demand: native OTP, or a virtual machine of ours. A line asks, a line answers. */
import { type ChildProcess, spawn } from 'node:child_process';

/** What a side did in one round. `skipped`: it cannot run this program, and why. */
export type Runs =
  | { readonly kind: 'ran'; readonly value: string; readonly microseconds: readonly number[] }
  | { readonly kind: 'skipped'; readonly reason: string };

export class Side {
  private readonly command: string;
  private readonly args: readonly string[];
  private child: ChildProcess | undefined;

  constructor(command: string, args: readonly string[]) {
    this.command = command;
    this.args = args;
  }

  /** A process that has ended is followed by another. */
  private start(): ChildProcess {
    const child = spawn(this.command, this.args, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.on('exit', () => {
      if (this.child === child) this.child = undefined;
    });
    this.child = child;
    return child;
  }

  /** Asks and waits for the answer. */
  private ask(question: string): Promise<string> {
    const child = this.child ?? this.start();
    return new Promise((resolve, reject) => {
      let text = '';
      const listen = (chunk: Buffer): void => {
        text += chunk.toString();
        if (!text.endsWith('\n')) return;
        child.stdout?.off('data', listen);
        child.off('exit', fail);
        resolve(text.trimEnd());
      };
      const fail = (code: number | null): void => reject(new Error(`${this.command} ended with exit code ${code}`));
      child.stdout?.on('data', listen);
      child.on('exit', fail);
      child.stdin?.write(`${question}\n`);
    });
  }

  /** Runs a program so many times, each in a fresh Erlang process. */
  async run(program: string, count: number): Promise<Runs> {
    const answer = await this.ask(`${program} ${count}`);
    const [, kind, rest] = /^(ok|skip) (.*)$/.exec(answer) ?? [];
    if (kind === 'skip') return { kind: 'skipped', reason: rest as string };
    // The value is Erlang text without the pattern of the times.
    const times = /((?: \d+\.\d{3})+)$/.exec(rest ?? '')?.[1];
    if (kind !== 'ok' || times === undefined) throw new Error(`not an answer: ${answer}`);
    const value = (rest as string).slice(0, -times.length);
    return { kind: 'ran', value, microseconds: times.trim().split(' ').map(Number) };
  }

  stop(): void {
    this.child?.stdin?.end();
  }
}
