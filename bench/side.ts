/** A system that runs programs on demand (driver.erl): native OTP, or ours. A line asks, a line answers. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

/** What a side did in one round. `skipped`: it cannot run this program, and why. */
export type Runs =
  | { readonly kind: 'ran'; readonly value: string; readonly microseconds: readonly number[] }
  | { readonly kind: 'skipped'; readonly reason: string };

/** A run from the start of the system to its end, and the most memory that the system used. */
export interface Cold {
  readonly value: string;
  readonly microseconds: number;
  readonly kilobytes: number;
}

export class Side {
  private readonly command: string;
  private readonly args: readonly string[];
  private readonly environment: Readonly<Record<string, string | undefined>>;
  private child: ChildProcess | undefined;

  /** `command` takes erl's flags after `args`; `environment` is added to ours. */
  constructor(
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string | undefined>> = {},
  ) {
    this.command = command;
    this.args = args;
    this.environment = { ...process.env, ...environment };
  }

  /** A process that has ended is followed by another. */
  private start(): ChildProcess {
    const args = [...this.args, '-s', 'driver', 'main'];
    const child = spawn(this.command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: this.environment });
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
    if (kind === 'skip') return { kind: 'skipped', reason: `ended: ${rest}` };
    // The value is Erlang text without the pattern of the times.
    const times = /((?: \d+\.\d{3})+)$/.exec(rest ?? '')?.[1];
    if (kind !== 'ok' || times === undefined) throw new Error(`not an answer: ${answer}`);
    const value = (rest as string).slice(0, -times.length);
    return { kind: 'ran', value, microseconds: times.trim().split(' ').map(Number) };
  }

  /** Starts a system that runs the program once and halts. */
  cold(program: string): Cold {
    const started = performance.now();
    const { stdout } = spawnSync(this.command, [...this.args, '-s', 'driver', 'cold', program], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: this.environment,
    });
    const microseconds = (performance.now() - started) * 1000;
    const [, value, kilobytes] = /^(.*) (\d+)\n$/s.exec(stdout) ?? [];
    if (value === undefined) throw new Error(`${this.command}: ${program} ended without an answer: ${stdout}`);
    return { value, microseconds, kilobytes: Number(kilobytes) };
  }

  /** Starts a system that calls a function with the names and halts; the lines that it printed. */
  output(module: string, name: string, ...names: readonly string[]): string[] {
    const { stdout, status } = spawnSync(this.command, [...this.args, '-s', module, name, ...names], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: this.environment,
    });
    if (status !== 0) throw new Error(`${this.command}: ${module}:${name} ended with exit code ${status}: ${stdout}`);
    return stdout.trimEnd().split('\n');
  }

  stop(): void {
    this.child?.stdin?.end();
  }
}
