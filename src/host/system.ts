/** The operating system around the virtual machine: environment, process number, signals. */

/** What becomes of a signal: nothing, what the virtual machine does without being told, or `onSignal` is called. */
export type SignalAction = 'ignore' | 'default' | 'handle';

export interface System {
  /** The environment that the virtual machine was started in: names and values as bytes. */
  environment(): Iterable<readonly [name: Uint8Array, value: Uint8Array]>;
  /** Kind and name as `os:type/0` has them, such as unix and linux. */
  readonly family: 'unix' | 'win32';
  readonly name: string;
  /** Three numbers, as `os:version/0` has them. */
  readonly version: readonly [number, number, number];
  /** Microseconds of processor time that the virtual machine has taken. */
  cpuMicroseconds(): bigint;
  /** What this process is called among the system's processes. */
  readonly processId: string;
  /** `name` as Erlang has it: `sigterm`. `onSignal` may be called at any time, but not while Erlang code runs. */
  setSignal(name: string, action: SignalAction, onSignal: () => void): void;
}
