/**
 * The environment variables of the virtual machine: a copy of those it was started with, which putenv changes and programs that it
 * starts inherit (erl_osenv.c). Names and values are bytes in the encoding of file names.
 */

/** Bytes as a string of characters 0 to 255, to be a key. */
function keyOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

export interface Variable {
  readonly name: Uint8Array;
  readonly value: Uint8Array;
}

export class Environment {
  private readonly variables = new Map<string, Variable>();

  constructor(initial: Iterable<readonly [name: Uint8Array, value: Uint8Array]>) {
    for (const [name, value] of initial) this.set(name, value);
  }

  get(name: Uint8Array): Uint8Array | undefined {
    return this.variables.get(keyOf(name))?.value;
  }

  /** Keeps both arrays: they must not change any more. */
  set(name: Uint8Array, value: Uint8Array): void {
    this.variables.set(keyOf(name), { name, value });
  }

  /** False when there was no such variable. */
  remove(name: Uint8Array): boolean {
    return this.variables.delete(keyOf(name));
  }

  all(): Iterable<Variable> {
    return this.variables.values();
  }
}
