/** The driver of {spawn, Command} and {spawn_executable, File}: a program behind pipes (spawn_driver in OTP's sys_drivers.c). */
import { PosixError } from '../../host/files.ts';
import type { Program } from '../../host/processes.ts';
import { Environment } from '../../process/environment.ts';
import type { Machine } from '../../process/machine.ts';
import { type Port, type PortDriver, PortFault } from '../../process/port.ts';
import { endOfInput, tellOwner } from '../../process/port-signals.ts';
import { am } from '../../term/atoms.ts';
import { tuple } from '../../term/build.ts';
import { makeSmall } from '../../term/term.ts';
import { encodeUtf8 } from '../../term/utf8.ts';
import type { PortOptions } from './port-options.ts';
import { PortReader, PortWriter } from './port-transfer.ts';

/** Where the program has its ends of the pipes (erl_child_setup.c). */
const STDIO = { read: 0, write: 1 };
const BESIDE_STDIO = { read: 3, write: 4 };

export interface SpawnCommand {
  /** A line for the shell, or the name of a file. */
  readonly text: Uint8Array;
  readonly isFile: boolean;
  readonly folder: Uint8Array | undefined;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function commandOf({ text, isFile }: SpawnCommand, options: PortOptions): { file: Uint8Array; args: Uint8Array[] } {
  if (isFile) return { file: text, args: [options.arg0 ?? text, ...(options.args ?? [])] };
  return {
    file: encodeUtf8('/bin/sh'),
    args: [encodeUtf8('sh'), encodeUtf8('-c'), joined(encodeUtf8('exec '), text)],
  };
}

function environmentOf(vm: Machine, { env }: PortOptions): Environment {
  const all = new Environment(Array.from(vm.environment.all(), ({ name, value }) => [name, value] as const));
  for (const { name, value } of env) {
    if (value === undefined) all.remove(name);
    else all.set(name, value);
  }
  return all;
}

function start(vm: Machine, command: SpawnCommand, options: PortOptions): Program {
  const { files, processes } = vm.host;
  if (processes === undefined) throw new PosixError('enotsup');
  const { file, args } = commandOf(command, options);
  const descriptors = options.useStdio ? STDIO : BESIDE_STDIO;
  return processes.start({
    file,
    arguments: args,
    environment: environmentOf(vm, options).all(),
    workingDirectory: files.workingDirectory(),
    folder: command.folder,
    inputDescriptor: options.write ? descriptors.read : undefined,
    outputDescriptor: options.read ? descriptors.write : undefined,
    mergesErrors: options.redirectStderr,
  });
}

/** Ends the port when all has been read, and, if the exit status is to be told, the program has ended. */
function openReader(vm: Machine, port: Port, program: Program, options: PortOptions): PortReader | undefined {
  if (program.output === undefined) return undefined;
  let atEnd = false;
  let status: number | undefined;
  const end = (): void => {
    if (!atEnd || (options.exitStatus && status === undefined)) return;
    const known = status;
    if (known !== undefined && port.isOpen) tellOwner(vm, port, () => tuple(am.exit_status, makeSmall(known)));
    reader.flush();
    endOfInput(vm, port, options.eof);
  };
  const reader = new PortReader(vm, port, program.output, options, () => {
    atEnd = true;
    end();
  });
  if (options.exitStatus) {
    program.onExit((code) =>
      vm.fromOutside(() => {
        status = code;
        end();
      }),
    );
  }
  return reader;
}

/** Throws PosixError when there is no such file, or it may not be executed, or the host can start nothing. */
export function openSpawnDriver(vm: Machine, port: Port, command: SpawnCommand, options: PortOptions): PortDriver {
  const program = start(vm, command, options);
  const writer = program.input === undefined ? undefined : new PortWriter(vm, port, program.input, options);
  const reader = openReader(vm, port, program, options);
  return {
    name: Array.from(command.text, (byte) => String.fromCharCode(byte)).join(''),
    osPid: program.processId,
    get queued() {
      return writer?.queued ?? 0;
    },
    output(content) {
      if (writer === undefined) throw new PortFault('ebadf');
      writer.write(content);
    },
    close() {
      reader?.stop();
      program.close();
    },
  };
}
