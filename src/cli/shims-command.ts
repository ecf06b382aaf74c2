/** `enigma shims DIR`: small scripts by the names of OTP's programs, so that what runs `erl` finds Enigma first on its PATH. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execPath, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { STACK_OPTION_SCRIPT } from './native-stack.ts';
import { PROGRAMS } from './programs.ts';

const ELIXIR_PROGRAMS = ['elixir', 'elixirc', 'iex', 'mix'];
const EXECUTABLE = 0o755;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Writes `erl`, `erlc` and `escript`, which use the OTP at `root` unless ENIGMA_OTP says otherwise, and the programs of the Elixir
 * beside it, which run on that `erl`. Prints what it wrote.
 */
export function writeShims(folder: string, root: string): void {
  const target = resolve(folder);
  const enigma = fileURLToPath(new URL('../../../bin/enigma', import.meta.url));
  mkdirSync(target, { recursive: true });
  const write = (name: string, command: string): void => {
    const path = join(target, name);
    writeFileSync(path, `#!/bin/sh\n${command} "$@"\n`);
    chmodSync(path, EXECUTABLE);
    stdout.write(`${path}\n`);
  };
  for (const name of Object.keys(PROGRAMS)) {
    const use = `ENIGMA_OTP=\${ENIGMA_OTP:-${quoted(root)}}`;
    write(name, `${STACK_OPTION_SCRIPT}\n${use} exec ${quoted(execPath)} $stack ${quoted(enigma)} ${name}`);
  }
  for (const name of ELIXIR_PROGRAMS) {
    const program = join(root, '..', 'elixir', 'bin', name);
    if (existsSync(program)) write(name, `PATH=${quoted(target)}:$PATH exec ${quoted(program)}`);
  }
}
