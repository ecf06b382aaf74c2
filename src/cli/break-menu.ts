/** The menu that ^C opens (do_break in OTP's break.c). While it is open no Erlang code runs. */
import process from 'node:process';
import type { Process } from '../process/process.ts';
import { sendExitSignal } from '../process/signals.ts';
import {
  distributionReport,
  moduleReport,
  portReport,
  processesReport,
  processReport,
  systemReport,
  tableReport,
} from '../runtime/system-reports.ts';
import type { Pump } from '../scheduler/pump.ts';
import { am } from '../term/atoms.ts';
import type { Vm } from '../vm.ts';

const STDIN = 0;
const STDOUT = 1;
const KEY_BYTES = 64;
const CLEAR_BELOW = '\u001b[J';
const MENU = `BREAK: (a)bort (A)bort with dump (c)ontinue (p)roc info (i)nfo
       (l)oaded (v)ersion (k)ill (D)b-tables (d)istribution
`;

const REPORTS: Readonly<Record<string, (vm: Vm) => string>> = {
  p: processesReport,
  o: portReport,
  i: systemReport,
  l: moduleReport,
  d: distributionReport,
  D: tableReport,
};

/** Keys that end this process. */
const ABORTS = 'qa*';

const bytes = new TextEncoder();

export class BreakMenu {
  private readonly vm: Vm;
  private readonly pump: Pump;
  private readonly version: string;
  private isOpen = false;

  /** `version` is that of the runtime system. */
  constructor(vm: Vm, pump: Pump, version: string) {
    this.vm = vm;
    this.pump = pump;
    this.version = version;
  }

  /** Opens on every ^C; one while it is open ends this process. */
  listen(): void {
    process.on('SIGINT', () => {
      if (this.isOpen) this.abort();
      this.isOpen = true;
      this.pump.pause();
      void this.open().then(() => {
        this.isOpen = false;
        this.pump.resume();
      });
    });
  }

  /** Shows the menu as the terminal was found, and leaves the terminal as it was set. */
  private async open(): Promise<void> {
    const { terminal, isTerminal } = this.vm.host.streams;
    const settings = isTerminal(STDIN) ? terminal.settings(STDIN) : undefined;
    terminal.reset();
    // Completion may have written something below the line.
    this.write(`\n${settings !== undefined && isTerminal(STDOUT) ? CLEAR_BELOW : ''}${MENU}`);
    await this.choose();
    if (settings !== undefined) terminal.set(STDIN, settings);
  }

  private async choose(): Promise<void> {
    for (;;) {
      const key = await this.key();
      const report = REPORTS[key];
      if (report !== undefined) return this.write(report(this.vm));
      if (key === 'c' || key === 'm') return;
      if (key === 'v') return this.write(`Erlang (BEAM) emulator version ${this.version}\n`);
      if (key === 'k') return this.kill();
      if (key === 'A') return this.abortWithDump();
      if (ABORTS.includes(key)) this.abort();
      if (key !== '\n') this.write(`Invalid option '${key}'. Please enter one of the following:\n${MENU}`);
    }
  }

  /** Offers each process, the newest first. */
  private async kill(): Promise<void> {
    this.write(`\n\nProcess Information\n\n${'-'.repeat(50)}\n`);
    for (const each of this.vm.processes.all().reverse()) {
      this.write(`${processReport(this.vm, each)}(k)ill (n)ext (r)eturn:\n`);
      const key = await this.key();
      if (key === 'k') this.endProcess(each);
      else if (key !== 'n') return;
    }
  }

  private endProcess(victim: Process): void {
    const init = this.vm.processes.all()[0] as Process;
    this.vm.fromOutside(() => sendExitSignal(this.vm, victim, init.pid, am.kill));
  }

  /** The first of the bytes that came together; the end of input ends this process. */
  private async key(): Promise<string> {
    const input = this.vm.host.streams.input(STDIN);
    for (;;) {
      const content = input.read(KEY_BYTES);
      if (content === 'closed') return this.abort();
      if (content.length > 0) return String.fromCharCode(content[0] as number);
      await new Promise<void>((resolve) => input.onReadable(resolve));
    }
  }

  private write(text: string): void {
    this.vm.host.streams.write(STDOUT, [bytes.encode(text)]);
  }

  private abort(): never {
    this.vm.host.streams.terminal.reset();
    process.exit(0);
  }

  private abortWithDump(): void {
    this.vm.halted = { kind: 'slogan', text: 'Crash dump requested by user' };
  }
}
