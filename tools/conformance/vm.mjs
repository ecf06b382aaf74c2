/** Virtual machines as operating-system processes. A machine is { command: string[], env: object }. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';

const MAX_SILENCE = 1_800_000;
/** Output beyond this is no longer logged: some test cases print without end. */
const MAX_LOG = 20_000_000;
const MAX_LINE = 100_000;

/** Starts a machine as the leader of a process group of its own, so that what it started ends with it. */
function startVm(vm, args, cwd) {
  return spawn(vm.command[0], [...vm.command.slice(1), ...args], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ERL_CRASH_DUMP: '/dev/null', ERL_FLAGS: '', ERL_COMPILER_OPTIONS: '[]', ...vm.env },
  });
}

/** Ends a machine and all that it started. */
function killVm(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended, and its children with it.
  }
}

/** Runs a machine to its end; what it prints goes to the file `log`. Resolves to its exit code, or signal. */
export async function runVm(vm, args, { cwd, log }) {
  const { code } = await followVm(vm, args, { cwd, log, silence: MAX_SILENCE, line: () => true });
  return code;
}

/**
 * Runs a machine to its end and gives each line of its output to `line`, which tells whether the line is a sign of life.
 * A machine without one for `silence` milliseconds is killed. What is printed goes to the end of the file `log`.
 * Resolves to { code, hung }: its exit code, or signal, and whether it was killed.
 */
export function followVm(vm, args, { cwd, log, silence, line }) {
  const child = startVm(vm, args, cwd);
  const file = openSync(log, 'a');
  let hung = false;
  let logged = 0;
  let rest = '';
  let timer;
  const arm = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      hung = true;
      killVm(child);
    }, silence);
  };
  const write = (bytes) => {
    logged += bytes.length;
    if (logged < MAX_LOG) writeSync(file, bytes);
  };
  arm();
  return new Promise((resolve) => {
    child.stdout.on('data', (bytes) => {
      write(bytes);
      const lines = (rest + bytes.toString()).split('\n');
      rest = (lines.pop() ?? '').slice(-MAX_LINE);
      for (const text of lines) if (line(text)) arm();
    });
    child.stderr.on('data', write);
    child.on('error', (error) => write(Buffer.from(`${error.message}\n`)));
    // Programs that it left behind hold its output open.
    child.on('exit', () => setTimeout(() => killVm(child), 300));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      line(rest);
      closeSync(file);
      resolve({ code: code ?? signal, hung });
    });
  });
}
