/** Runs a command line of `erl` on native OTP and on Enigma. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { patience } from '../support/mode.ts';
import { nativeRoot, type Release } from '../support/oracle.ts';
import { cacheFolder } from '../support/repository.ts';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status, or the name of the signal that ended the process. */
  readonly status: number | string | null;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** erl unless told. */
  readonly program?: 'erl' | 'erlc' | 'escript';
  /** 27 unless told. */
  readonly release?: Release;
}

/** What differs from run to run: numbers of processes and references, times. */
function withoutAccidents(text: string): string {
  return text
    .replace(/<0\.\d+\.0>/g, '<PID>')
    .replace(/#Ref<[\d.]+>/g, '#Ref')
    .replace(/\d{1,2}-[A-Z][a-z]{2}-\d{4}::[\d:.]+/g, 'TIME')
    .replace(/\d{4}-\d\d-\d\d[ T][\d:.]+\S*/g, 'TIME')
    .replace(/__escript__\d+__\d+__\d+__\d+/g, '__escript__')
    .replace(/(heap_size|stack_size|reductions|message_queue_len): \d+/g, '$1: N');
}

/** Runs a program, in a world that is the same everywhere. */
export function runProgram(
  program: string,
  args: readonly string[],
  { input = '', cwd, environment }: RunOptions,
): Ending {
  const env = {
    ...process.env,
    ERL_CRASH_DUMP_SECONDS: '0',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    ERL_FLAGS: '',
    ...environment,
  };
  const { stdout, stderr, status, signal, error } = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    timeout: patience(300_000),
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (error !== undefined) throw error;
  return { stdout: withoutAccidents(stdout), stderr: withoutAccidents(stderr), status: status ?? signal };
}

export function runNative(args: readonly string[], options: RunOptions = {}): Ending {
  const { program = 'erl', release } = options;
  return runProgram(join(nativeRoot(release), 'bin', program), args, options);
}

export function runEnigma(args: readonly string[], options: RunOptions = {}): Ending {
  const ours = { ENIGMA_OTP: nativeRoot(options.release), ENIGMA_CACHE: join(cacheFolder, 'translations') };
  const environment = { ...ours, ...options.environment };
  return runProgram(process.execPath, [main, options.program ?? 'erl', ...args], { ...options, environment });
}
