/** Environment, process number and signals of the Node process. */
import { platform, release, type } from 'node:os';
import process from 'node:process';
import type { SignalAction, System } from '../system.ts';

/** Cannot be caught: asking for it succeeds in OTP, too, and changes nothing. */
const UNCATCHABLE = new Set(['sigstop']);

export function nodeSystem(): System {
  const listeners = new Map<string, () => void>();
  return {
    family: platform() === 'win32' ? 'win32' : 'unix',
    name: platform() === 'win32' ? 'nt' : type().toLowerCase(),
    version: versionNumbers(release()),
    cpuMicroseconds() {
      const { user, system } = process.cpuUsage();
      return BigInt(user + system);
    },
    processId: String(process.pid),
    *environment() {
      for (const [name, value] of Object.entries(process.env)) {
        if (value !== undefined) yield [Buffer.from(name), Buffer.from(value)] as const;
      }
    },
    setSignal(name, action, onSignal) {
      const signal = name.toUpperCase() as NodeJS.Signals;
      const known = listeners.get(name);
      if (known !== undefined) process.off(signal, known);
      listeners.delete(name);
      const listener = listenerFor(action, onSignal);
      if (listener === undefined || UNCATCHABLE.has(name)) return;
      process.on(signal, listener);
      listeners.set(name, listener);
    },
  };
}

/** `6.1.0-13-amd64` -> 6, 1, 0 (os_version in OTP's sys.c; a missing number is 0). */
function versionNumbers(text: string): [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = (text.match(/^\d+(\.\d+)*/)?.[0] ?? '').split('.').map(Number);
  return [major, minor, patch];
}

/** A signal with a listener does nothing of its own. */
function listenerFor(action: SignalAction, onSignal: () => void): (() => void) | undefined {
  if (action === 'default') return undefined;
  return action === 'handle' ? onSignal : () => undefined;
}
