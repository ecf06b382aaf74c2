/** The command `enigma`. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import process, { argv, env, stderr, stdout } from 'node:process';
import { BadFlag, flagsHelp } from '../debug/flags.ts';
import { LoadError } from '../loader/load-error.ts';
import { DEBUG_HELP, debugCommand, Usage } from './debug-command.ts';
import { findOtp } from './find-otp.ts';
import { NoOtp } from './otp-root.ts';
import { PROGRAMS } from './programs.ts';
import { writeShims } from './shims-command.ts';
import { SyntaxFault } from './term-parser.ts';

const HELP = `Usage: enigma [--otp OTP] [erl] [FLAG…]        starts OTP with the command line of erl: -noshell -eval … +P …
       enigma [--otp OTP] erlc OPTION… FILE…    compiles as erlc
       enigma [--otp OTP] escript SCRIPT…       runs a script as escript
       enigma [--otp OTP] shims DIR             writes programs erl, erlc, escript (and Elixir's) that are Enigma
       enigma debug COMMAND …
       enigma --help | --version
OTP: the root of an OTP, or a release: 25, 27, 29. Called by the name of one of those programs, enigma is that program.

${DEBUG_HELP}
Switches, from the environment:
${flagsHelp()}
ENIGMA_OTP=…            root of the OTP whose libraries are used
`;

const FAILED = 1;
const USAGE = 2;

function version(): string {
  const file = new URL('../../../package.json', import.meta.url);
  const { version: number } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return `enigma ${number}`;
}

/** Returns the exit status; undefined: the process goes on. */
function main(args: readonly string[]): number | undefined {
  const [first, ...others] = args;
  if (first === '--otp') return runCommand(others.slice(1), others[0]);
  return runCommand(args, undefined);
}

/** Who reads has had enough: nothing more is to be done, and nothing to be said. */
function endWithPipe(): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(FAILED);
  });
}

function runCommand(line: readonly string[], otp: string | undefined): number | undefined {
  const [command, ...args] = line;
  if (command === undefined) return PROGRAMS.erl?.({ name: 'erl', args: [], otp: findOtp(otp) });
  const program = PROGRAMS[command];
  if (program !== undefined) return program({ name: command, args, otp: findOtp(otp) });
  endWithPipe();
  switch (command) {
    case '--help':
      stdout.write(HELP);
      return 0;
    case '--version':
      stdout.write(`${version()}\n`);
      return 0;
    case 'debug':
      return debugCommand(args);
    case 'shims':
      if (args[0] === undefined) throw new Usage('shims wants a folder');
      writeShims(args[0], findOtp(otp).path);
      return 0;
    default:
      if (!/^[-+]/.test(command)) throw new Usage(`there is no command ${command}`);
      return PROGRAMS.erl?.({ name: 'erl', args: line, otp: findOtp(otp) });
  }
}

/** The command line behind the name of this program, which may be that of one of OTP's. */
function commandLine([, name = '', ...args]: readonly string[]): readonly string[] {
  const program = basename(name);
  return PROGRAMS[program] === undefined ? args : [program, ...args];
}

/** What a person can do something about is told in a line; anything else is a fault of ours and shown whole. */
function explain(error: unknown): number {
  if (error instanceof Usage) {
    stderr.write(`enigma: ${error.message}\n${HELP}`);
    return USAGE;
  }
  const known =
    error instanceof NoOtp ||
    error instanceof LoadError ||
    error instanceof SyntaxFault ||
    error instanceof BadFlag ||
    isSystemError(error);
  if (!known || env.ENIGMA_DEBUG !== undefined) throw error;
  stderr.write(`enigma: ${(error as Error).message}\n`);
  return FAILED;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

try {
  const status = main(commandLine(argv));
  if (status !== undefined) process.exitCode = status;
} catch (error) {
  process.exitCode = explain(error);
}
