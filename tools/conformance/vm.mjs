/** Virtual machines as operating-system processes. A machine is { command: string[], env: object }. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';

/** Starts a machine as the leader of a process group of its own, so that what it started ends with it. */
export function startVm(vm, args, cwd) {
  return spawn(vm.command[0], [...vm.command.slice(1), ...args], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ERL_CRASH_DUMP: '/dev/null', ERL_FLAGS: '', ERL_COMPILER_OPTIONS: '[]', ...vm.env },
  });
}

/** Ends a machine and all that it started. */
export function killVm(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended, and its children with it.
  }
}

/** Runs a machine to its end; what it prints goes to the file `log`. Resolves to its exit code, or signal. */
export function runVm(vm, args, { cwd, log }) {
  const file = openSync(log, 'a');
  return new Promise((resolve, reject) => {
    const child = startVm(vm, args, cwd);
    child.stdout.on('data', (bytes) => writeSync(file, bytes));
    child.stderr.on('data', (bytes) => writeSync(file, bytes));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      closeSync(file);
      resolve(code ?? signal);
    });
  });
}
