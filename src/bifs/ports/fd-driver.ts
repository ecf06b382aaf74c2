/** The driver of {fd, In, Out}: files that are open already (fd_driver in OTP's sys_drivers.c). */
import { PosixError } from '../../host/files.ts';
import type { InputStream, Streams } from '../../host/streams.ts';
import type { Machine } from '../../process/machine.ts';
import { type Port, type PortDriver, PortFault } from '../../process/port.ts';
import { closePort, deliverData, tellOwner } from '../../process/port-signals.ts';
import { am, atom } from '../../term/atoms.ts';
import { framed, PortInput } from './port-input.ts';
import type { PortOptions } from './port-options.ts';

/** ERTS_TTYSL_DRV_CONTROL_MAGIC_NUMBER and the operation FD_CTRL_OP_GET_WINSIZE. */
const WINDOW_SIZE = 0x018b0900 + 100;
const WORD = 4;
/** ERTS_SYS_READ_BUF_SZ */
const READ_BYTES = 64 * 1024;

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

/** Reads for the port as long as it is open. */
function readOn(vm: Machine, port: Port, stream: InputStream, input: PortInput, options: PortOptions): () => void {
  let off: () => void = () => undefined;
  const wait = (): void => {
    off = stream.onReadable(() => vm.fromOutside(read));
  };
  const end = (reason: string): void => {
    if (options.eof) tellOwner(vm, port, () => am.eof);
    else closePort(vm, port, atom(reason));
  };
  const read = (): void => {
    if (!port.isOpen) return;
    try {
      const content = stream.read(READ_BYTES);
      if (content === 'closed') {
        input.end();
        return end('normal');
      }
      input.take(content);
      wait();
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      end(error.code);
    }
  };
  wait();
  return () => off();
}

/** Throws PosixError when the host cannot read from there. */
export function openFdDriver(vm: Machine, port: Port, fd: FdPort, options: PortOptions): PortDriver {
  const { streams } = vm.host;
  let stop = (): void => undefined;
  if (options.read) {
    const input = new PortInput(options, (content, mark) => deliverData(vm, port, content, mark));
    stop = readOn(vm, port, streams.input(fd.input), input, options);
  }
  return {
    name: `${fd.input}/${fd.output}`,
    output(content) {
      if (!options.write) throw new PortFault('einval');
      try {
        streams.write(fd.output, framed(content, options.packetBytes));
      } catch (error) {
        throw error instanceof PosixError ? new PortFault(error.code) : error;
      }
    },
    control: (operation) => (operation === WINDOW_SIZE ? sizeOfWindow(streams, fd, options) : undefined),
    close: () => stop(),
  };
}
