/** Output that never makes the virtual machine wait: to programs that it has started, and to descriptors that are open already. */
import { fstatSync, writev, writevSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { PosixError } from '../files.ts';
import type { OutputStream } from '../streams.ts';
import { posix } from './posix.ts';

/** How long to wait when what is written to takes nothing more right now, in milliseconds. */
const FULL_WAIT = 2;

type Progress = (error?: PosixError) => void;

export function posixErrorOf(error: NodeJS.ErrnoException): PosixError {
  return new PosixError((error.code ?? 'unknown').toLowerCase());
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** What is left of `parts` without their first bytes. */
export function without(parts: readonly Uint8Array[], byteCount: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  let skip = byteCount;
  for (const part of parts) {
    if (skip < part.length) left.push(part.subarray(skip));
    skip = Math.max(0, skip - part.length);
  }
  return left;
}

/** The other end of a program's input. */
export class PipeOutput implements OutputStream {
  private readonly stream: Writable;
  private isOpen = true;
  private progress: Progress = () => undefined;

  constructor(stream: Writable) {
    this.stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => this.progress(posixErrorOf(error)));
  }

  get pending(): number {
    return this.isOpen ? this.stream.writableLength : 0;
  }

  write(parts: readonly Uint8Array[]): void {
    const { stream } = this;
    // Many parts become one write.
    if (parts.length > 1) stream.cork();
    for (const part of parts) {
      if (part.length === 0) continue;
      stream.write(part, (error) => {
        if (error === null || error === undefined) this.progress();
      });
    }
    if (parts.length > 1) stream.uncork();
  }

  onProgress(action: Progress): void {
    this.progress = action;
  }

  close(): void {
    this.isOpen = false;
    this.progress = () => undefined;
    this.stream.destroy();
  }
}

/**
 * A descriptor that may be shared with other programs, so it stays blocking: a thread does the writing (fd_async in OTP's sys_drivers.c).
 * Regular files are written to at once.
 */
export class DescriptorOutput implements OutputStream {
  private readonly descriptor: number;
  private readonly isRegular: boolean;
  private queue: Uint8Array[] = [];
  private writes = false;
  private isOpen = true;
  private progress: Progress = () => undefined;

  constructor(descriptor: number) {
    this.descriptor = descriptor;
    this.isRegular = posix(() => fstatSync(descriptor)).isFile();
  }

  get pending(): number {
    return sizeOf(this.queue);
  }

  write(parts: readonly Uint8Array[]): void {
    this.queue.push(...parts.filter(({ length }) => length > 0));
    if (this.isRegular) this.writeAtOnce();
    else if (!this.writes) this.writeOn();
  }

  onProgress(action: Progress): void {
    this.progress = action;
  }

  close(): void {
    this.isOpen = false;
    this.queue = [];
  }

  private writeAtOnce(): void {
    let rest = this.queue;
    this.queue = [];
    while (rest.length > 0) rest = without(rest, writevOf(this.descriptor, rest));
  }

  private writeOn(): void {
    this.writes = this.isOpen && this.queue.length > 0;
    if (!this.writes) return;
    writev(this.descriptor, this.queue, (error, byteCount) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.writeOn(), FULL_WAIT);
        return;
      }
      if (error !== null) {
        this.writes = false;
        this.queue = [];
        if (this.isOpen) this.progress(posixErrorOf(error));
        return;
      }
      if (!this.isOpen) return;
      this.queue = without(this.queue, byteCount);
      this.progress();
      this.writeOn();
    });
  }
}

function writevOf(descriptor: number, parts: readonly Uint8Array[]): number {
  return posix(() => writevSync(descriptor, parts));
}
