/** A program in a pseudo terminal, which script(1) of util-linux makes, with the screen that a person would see. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { Screen } from './screen.ts';

/** How long a program may print nothing to count as waiting for a key, in milliseconds. */
const QUIET = 150;
/** What a session begins with: its terminal's name, for `resize`. */
const DEVICE = /^(\/dev\/\S+)\r?\n/;

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}

export class Terminal {
  private readonly child: ChildProcess;
  private readonly screen: Screen;
  private readonly decoder = new TextDecoder();
  private start: string | undefined = '';
  private device = '';
  private lastOutput = performance.now();
  private lastKey = performance.now();
  /** All that was printed. */
  output = '';
  /** The command has ended: its exit status. */
  readonly ended: Promise<number | null>;
  hasEnded = false;

  /** Starts `words` (program and arguments) in the terminal. `afterwards` is a line for a shell that runs there when it has ended. */
  constructor(words: readonly string[], options: TerminalOptions = {}, afterwards = '') {
    const { columns = 80, rows = 24, environment, cwd } = options;
    this.screen = new Screen(columns, rows);
    const line = `trap : INT; stty cols ${columns} rows ${rows}; tty; ${afterwards === '' ? 'exec ' : ''}${quoted(words)}; ${afterwards}`;
    const env = { ...process.env, TERM: 'xterm', LC_ALL: 'C.UTF-8', TZ: 'UTC', ERL_FLAGS: '', ...environment };
    this.child = spawn('script', ['-q', '-e', '-f', '-c', line, '/dev/null'], {
      env,
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.child.stdout?.on('data', (bytes: Buffer) => this.take(this.decoder.decode(bytes, { stream: true })));
    this.ended = new Promise((resolve) => {
      this.child.on('exit', (status) => {
        this.hasEnded = true;
        resolve(status);
      });
    });
  }

  private take(text: string): void {
    this.lastOutput = performance.now();
    if (this.start === undefined) return this.print(text);
    this.start += text;
    const match = DEVICE.exec(this.start);
    if (match === null) return;
    this.device = match[1] ?? '';
    const rest = this.start.slice(match[0].length);
    this.start = undefined;
    this.print(rest);
  }

  private print(text: string): void {
    this.output += text;
    this.screen.write(text);
  }

  /** Types. */
  send(keys: string): void {
    this.lastKey = performance.now();
    this.child.stdin?.write(keys);
  }

  /** Gives the window another size. */
  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    const { status } = spawnSync('stty', ['-F', this.device, 'cols', String(columns), 'rows', String(rows)]);
    if (status !== 0) throw new Error(`cannot resize ${this.device}`);
  }

  isQuiet(milliseconds = QUIET): boolean {
    return performance.now() - Math.max(this.lastOutput, this.lastKey) > milliseconds;
  }

  show(): string {
    return this.screen.show();
  }

  close(): void {
    this.child.stdin?.end();
    this.child.kill('SIGTERM');
  }
}
