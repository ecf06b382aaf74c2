/** Starts OTP as `erl` does. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { argv, cwd, env, execArgv, execPath, stderr, stdout } from 'node:process';
import { getSystemErrorMap } from 'node:util';
import { startSystem } from '../boot/start-system.ts';
import { readFlags } from '../debug/flags.ts';
import { nodeEventLoop } from '../host/node/node-event-loop.ts';
import { nodeHost } from '../host/node/node-host.ts';
import { Pump } from '../scheduler/pump.ts';
import { Vm } from '../vm.ts';
import { BreakMenu } from './break-menu.ts';
import { chosenCodeCache } from './code-cache.ts';
import { BadEmulatorFlag, type EmulatorSettings, emulatorSettings } from './emulator-flags.ts';
import { type ErlCommandLine, ErlRefusal, ErlUsage, erlCommandLine, erlUsage } from './erl-command-line.ts';
import { endProcess } from './halting.ts';
import type { OtpRoot } from './otp-root.ts';

/** What erl's script calls itself; programs start other nodes by this name. */
const PROGRAM = 'erl';
const FAILED = 1;
/** Set for the process that -detached made. */
const DETACHED = 'ENIGMA_DETACHED';

const bytes = new TextEncoder();

/** What starts erl gives it. */
export interface BootOptions {
  readonly otp: OtpRoot;
  /** The folder of Enigma's own erl, erlc and escript: what runs under it finds them first. */
  readonly programs: string;
  /** Variables beside those of this process. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** Gets the virtual machine before it runs: whoever wants to watch it. */
  readonly watch?: (vm: Vm) => void;
}

/** Starts OTP; the process ends with the status that OTP gives it. Returns a status when it ends before that. */
export function bootCommand(args: readonly string[], options: BootOptions): number | undefined {
  try {
    return boot(args, options);
  } catch (error) {
    if (error instanceof ErlUsage) stderr.write(`${error.message}\n${erlUsage(options.otp.release)}`);
    else if (error instanceof ErlRefusal) stderr.write(`erlexec: ${error.message}\n`);
    else if (error instanceof BadEmulatorFlag) writeAsEmulator(error.message);
    else throw error;
    return FAILED;
  }
}

function boot(args: readonly string[], options: BootOptions): number | undefined {
  const { otp, environment } = options;
  const binaries = `${otp.path}/erts-${otp.erts}/bin`;
  const variables = { ...env, ...Object.fromEntries(environment) };
  const world = { environment: variables, root: otp.path, binaries, name: PROGRAM, release: otp.release };
  const line = erlCommandLine(args, { ...world, readFile: readArguments });
  if (line.show !== undefined && show(line, `${binaries}/beam.smp`)) return 0;
  if (line.isDetached && variables[DETACHED] === undefined) return detach(args);
  const settings = emulatorSettings(line.emulator, {
    program: variables.ESCRIPT_NAME ?? `${binaries}/beam.smp`,
    release: otp.release,
    processors: availableParallelism(),
  });
  writeAsEmulator(settings.remarks);
  if (settings.showVersion) {
    writeAsEmulator(`Erlang (SMP,ASYNC_THREADS) (BEAM) emulator version ${otp.erts}\n`);
    return 0;
  }
  run(line, settings, { ...options, binaries });
  return undefined;
}

function readArguments(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException;
    const text = getSystemErrorMap().get(errno)?.[1] ?? 'unknown error';
    throw new ErlUsage(
      `Failed to open arguments file "${path}" at "${cwd()}": ${text.charAt(0).toUpperCase()}${text.slice(1)}`,
    );
  }
}

/** Starts the same once more, away from the terminal, and ends. */
function detach(args: readonly string[]): number {
  const [, program = ''] = argv;
  spawn(execPath, [...execArgv, program, 'erl', ...args], {
    detached: true,
    stdio: 'ignore',
    env: { ...env, [DETACHED]: 'true' },
  }).unref();
  return 0;
}

/** True: nothing is to be started. */
function show({ show: what, emulator, init }: ErlCommandLine, program: string): boolean {
  const all = [...emulator, '--', ...init];
  if (what === 'name') stdout.write('beam.smp\n');
  else if (what === 'arguments') stdout.write(all.map((argument) => `${argument}\n`).join(''));
  else if (what === 'quoted') stdout.write(`${[program, ...all].map((word) => `"${word}" `).join('')}\n`);
  else stdout.write(`Executing: ${[program, program, ...all].join(' ')}\n\n`);
  return what !== 'both';
}

interface RunOptions extends BootOptions {
  readonly binaries: string;
}

function run(line: ErlCommandLine, settings: EmulatorSettings, options: RunOptions): void {
  const { otp } = options;
  const flags = readFlags(env);
  const host = { ...nodeHost(), codeCache: chosenCodeCache(flags.cache) };
  // What a fault of ours prints is to be readable.
  process.once('uncaughtExceptionMonitor', () => host.streams.terminal.reset());
  const vm = new Vm({ host, flags, otpRelease: otp.release, settings });
  options.watch?.(vm);
  setEnvironment(vm, line, options);
  const loop = nodeEventLoop();
  const pump = new Pump(vm.scheduler, loop, () => {
    if (vm.halted === undefined) {
      if (vm.runQueue.isEmpty) vm.tracing.profile.schedulerSleeps();
      return;
    }
    pump.stop();
    endProcess(vm, vm.halted);
  });
  vm.onOutside = () => pump.poke();
  if (settings.interrupt === 'menu') new BreakMenu(vm, pump, otp.erts).listen();
  if (settings.interrupt === 'ignore') vm.host.system.setSignal('sigint', 'ignore', () => undefined);
  startSystem(vm, {
    findModule: otp.preloaded,
    arguments: line.init.map((argument) => bytes.encode(argument)),
    initModule: settings.initModule,
  });
  pump.poke();
}

/** The emulator itself ends lines so, whatever they are written to. */
function writeAsEmulator(text: string): void {
  stderr.write(text.replaceAll('\n', '\r\n'));
}

/** What erl's script and erlexec set before the emulator starts. */
function setEnvironment(vm: Vm, { environment }: ErlCommandLine, options: RunOptions): void {
  const { otp, binaries, programs } = options;
  const others = (env.PATH ?? '').split(':').filter((folder) => folder !== binaries && folder !== programs);
  const bin = env.PATH?.includes(otp.path) === true ? [] : [`${otp.path}/bin`];
  const path = [programs, binaries, ...bin, ...others].filter((folder) => folder !== '').join(':');
  const set = [
    ...options.environment,
    ['PATH', path],
    ['ROOTDIR', otp.path],
    ['BINDIR', binaries],
    ['EMU', 'beam'],
    ['PROGNAME', PROGRAM],
    ['ENIGMA_OTP', otp.path],
    ...environment,
  ] as const;
  for (const [name, value] of set) vm.environment.set(bytes.encode(name), bytes.encode(value));
}
