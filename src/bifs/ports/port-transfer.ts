/** How drivers read and write: what comes goes to the owner, what is written waits in a queue as long as it must. */
import { PosixError } from '../../host/files.ts';
import type { InputStream, OutputStream } from '../../host/streams.ts';
import type { Machine } from '../../process/machine.ts';
import { type Port, PortFault } from '../../process/port.ts';
import { deliverData, failPort, setBusy } from '../../process/port-signals.ts';
import { atom } from '../../term/atoms.ts';
import { framed, PortInput } from './port-input.ts';
import type { PortOptions } from './port-options.ts';

/** ERTS_SYS_READ_BUF_SZ */
const READ_BYTES = 64 * 1024;
/** The longest packet for the bytes of its length. */
const LONGEST: ReadonlyMap<number, number> = new Map([
  [1, 2 ** 8 - 1],
  [2, 2 ** 16 - 1],
]);

/** What becomes of the bytes that a port reads, and of their end. */
export class PortReader {
  private readonly vm: Machine;
  private readonly port: Port;
  private readonly stream: InputStream;
  private readonly input: PortInput;
  private readonly atEnd: () => void;
  private off: () => void = () => undefined;

  /** `atEnd` is called when nothing more will come; a read that fails ends the port. */
  constructor(vm: Machine, port: Port, stream: InputStream, options: PortOptions, atEnd: () => void) {
    this.vm = vm;
    this.port = port;
    this.stream = stream;
    this.atEnd = atEnd;
    this.input = new PortInput(options, (content, mark) => {
      if (port.isOpen) deliverData(vm, port, content, mark);
    });
    this.wait();
  }

  /** The last line may lack its end: it is delivered now. */
  flush(): void {
    this.input.end();
  }

  stop(): void {
    this.off();
  }

  private wait(): void {
    this.off = this.stream.onReadable(() => this.vm.fromOutside(() => this.read()));
  }

  private read(): void {
    try {
      const content = this.stream.read(READ_BYTES);
      if (content === 'closed') return this.atEnd();
      this.input.take(content);
      if (this.port.isOpen || this.port.onWritten !== undefined) this.wait();
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      failPort(this.vm, this.port, atom(error.code));
    }
  }
}

/** The output of a port. A port that has much to write is busy until it has less. */
export class PortWriter {
  private readonly vm: Machine;
  private readonly port: Port;
  private readonly stream: OutputStream;
  private readonly options: PortOptions;

  constructor(vm: Machine, port: Port, stream: OutputStream, options: PortOptions) {
    this.vm = vm;
    this.port = port;
    this.stream = stream;
    this.options = options;
    stream.onProgress((error) => vm.fromOutside(() => this.progressed(error)));
  }

  get queued(): number {
    return this.stream.pending;
  }

  /** Throws PortFault. */
  write(content: Uint8Array): void {
    const { packetBytes, busyLimits } = this.options;
    if (content.length > (LONGEST.get(packetBytes) ?? Number.POSITIVE_INFINITY)) throw new PortFault('einval');
    try {
      this.stream.write(framed(content, packetBytes));
    } catch (error) {
      throw error instanceof PosixError ? new PortFault(error.code) : error;
    }
    if (this.stream.pending >= busyLimits.high) setBusy(this.vm, this.port, true);
  }

  private progressed(error: PosixError | undefined): void {
    const { vm, port, options } = this;
    if (error !== undefined) return failPort(vm, port, atom(error.code));
    const { pending } = this.stream;
    if (pending < options.busyLimits.low) setBusy(vm, port, false);
    if (pending === 0) port.onWritten?.();
  }
}
