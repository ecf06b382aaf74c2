/** The driver of {fd, In, Out}: files that are open already (fd_driver in OTP's sys_drivers.c). They stay open when the port is closed. */
import type { Streams } from '../../host/streams.ts';
import type { Machine } from '../../process/machine.ts';
import { type Port, type PortDriver, PortFault } from '../../process/port.ts';
import { endOfInput } from '../../process/port-signals.ts';
import type { PortOptions } from './port-options.ts';
import { PortReader, PortWriter } from './port-transfer.ts';

/** ERTS_TTYSL_DRV_CONTROL_MAGIC_NUMBER and the operation FD_CTRL_OP_GET_WINSIZE. */
const WINDOW_SIZE = 0x018b0900 + 100;
const WORD = 4;

export interface FdPort {
  readonly input: number;
  readonly output: number;
}

function sizeOfWindow(streams: Streams, { input, output }: FdPort, options: PortOptions): Uint8Array | undefined {
  const size =
    (options.write ? streams.windowSize(output) : undefined) ?? (options.read ? streams.windowSize(input) : undefined);
  if (size === undefined) return undefined;
  // In the byte order of the machine, which is little endian.
  const answer = new DataView(new ArrayBuffer(2 * WORD));
  answer.setUint32(0, size.columns, true);
  answer.setUint32(WORD, size.rows, true);
  return new Uint8Array(answer.buffer);
}

/** Throws PosixError when the host cannot read or write there. */
export function openFdDriver(vm: Machine, port: Port, fd: FdPort, options: PortOptions): PortDriver {
  const { streams } = vm.host;
  const stream = options.write ? streams.output(fd.output) : undefined;
  const writer = stream === undefined ? undefined : new PortWriter(vm, port, stream, options);
  const end = (): void => {
    reader?.flush();
    endOfInput(vm, port, options.eof);
  };
  // What is still to be written is written before the end of the input ends the port (port_inp_failure).
  const atEnd = (): void => {
    if (writer === undefined || writer.queued === 0 || !port.isOpen) return end();
    port.onWritten = () => {
      port.onWritten = undefined;
      end();
    };
  };
  const reader = options.read ? new PortReader(vm, port, streams.input(fd.input), options, atEnd) : undefined;
  return {
    name: `${fd.input}/${fd.output}`,
    get queued() {
      return writer?.queued ?? 0;
    },
    output(content) {
      if (writer === undefined) throw new PortFault('ebadf');
      writer.write(content);
    },
    control: (operation) => (operation === WINDOW_SIZE ? sizeOfWindow(streams, fd, options) : undefined),
    close() {
      reader?.stop();
      stream?.close();
    },
  };
}
