/** The programs of OTP that the command `enigma` is: erl, erlc, escript. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import { env, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';
import { bootCommand } from './boot-command.ts';
import { type ErlStart, ProgramError } from './erl-start.ts';
import { erlcCommandLine } from './erlc-command.ts';
import { escriptCommandLine } from './escript-command.ts';
import type { OtpRoot } from './otp-root.ts';

/** What follows a signal's number as the status of a shell's command. */
const SIGNAL_STATUS = 128;
const FAILED = 1;

/** What a program is started with. */
export interface Program {
  /** Its own name, as it was called. */
  readonly name: string;
  readonly args: readonly string[];
  readonly otp: OtpRoot;
}

/** Where the programs lie that programs under Enigma find first on their PATH. */
export const ownPrograms = fileURLToPath(new URL('../../../libexec', import.meta.url));

/** Runs a program; the result is its exit status, or undefined: it goes on. */
export const PROGRAMS: Readonly<Record<string, (program: Program) => number | undefined>> = {
  erl: ({ args, otp }) => bootCommand(args, { otp, programs: ownPrograms, environment: [] }),
  erlc: ({ name, args, otp }) => startErl(otp, () => erlcCommandLine(args, world(name))),
  escript: ({ name, args, otp }) => startErl(otp, () => escriptCommandLine(args, { ...world(name), readHead })),
};

function world(program: string) {
  return { program, environment: env, erl: `${ownPrograms}/erl` };
}

function readHead(path: string, bytes: number): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  const buffer = Buffer.alloc(bytes);
  const length = readSync(file, buffer);
  closeSync(file);
  return buffer.toString('latin1', 0, length);
}

function startErl(otp: OtpRoot, commandLine: () => ErlStart): number | undefined {
  let start: ErlStart;
  try {
    start = commandLine();
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    stderr.write(error.message);
    return FAILED;
  }
  const { emulator, args, environment, remarks } = start;
  stderr.write(remarks);
  if (emulator !== undefined) return otherEmulator([...emulator, ...args], environment);
  return bootCommand(args, { otp, programs: ownPrograms, environment });
}

/** Runs the emulator that the environment names and gives its status. */
function otherEmulator([command = '', ...args]: readonly string[], environment: ErlStart['environment']): number {
  const variables = { ...env, ...Object.fromEntries(environment) };
  const { status, signal, error } = spawnSync(command, args, { stdio: 'inherit', env: variables });
  if (error !== undefined) {
    stderr.write(`enigma: ${command} does not run: ${error.message}\n`);
    return FAILED;
  }
  return status ?? SIGNAL_STATUS + constants.signals[signal as NodeJS.Signals];
}
