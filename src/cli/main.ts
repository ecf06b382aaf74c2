/** The command `enigma`. */
import { readFileSync } from 'node:fs';
import process, { argv, env, stderr, stdout } from 'node:process';
import { BadFlag, flagsHelp } from '../debug/flags.ts';
import { LoadError } from '../loader/load-error.ts';
import { bootCommand } from './boot-command.ts';
import { DEBUG_HELP, debugCommand, Usage } from './debug-command.ts';
import { SyntaxFault } from './term-parser.ts';

const HELP = `Usage: enigma [FLAG…]            starts OTP with the command line of erl: -noshell -eval … +P …
       enigma debug COMMAND …
       enigma --help | --version

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
function main([command, ...args]: readonly string[]): number | undefined {
  if (command === '--help' || command === undefined) {
    stdout.write(HELP);
    return 0;
  }
  if (command === '--version') {
    stdout.write(`${version()}\n`);
    return 0;
  }
  if (command === 'debug') return debugCommand(args);
  if (/^[-+]/.test(command)) return bootCommand([command, ...args]);
  throw new Usage(`there is no command ${command}`);
}

/** What a person can do something about is told in a line; anything else is a fault of ours and shown whole. */
function explain(error: unknown): number {
  if (error instanceof Usage) {
    stderr.write(`enigma: ${error.message}\n${HELP}`);
    return USAGE;
  }
  const known =
    error instanceof LoadError || error instanceof SyntaxFault || error instanceof BadFlag || isSystemError(error);
  if (!known || env.ENIGMA_DEBUG !== undefined) throw error;
  stderr.write(`enigma: ${(error as Error).message}\n`);
  return FAILED;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

try {
  const status = main(argv.slice(2));
  if (status !== undefined) process.exitCode = status;
} catch (error) {
  process.exitCode = explain(error);
}
