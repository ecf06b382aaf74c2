/** erlang:load_nif/2 (erl_nif.c). What OTP links in statically is part of the virtual machine; native libraries cannot be loaded. */
import type { Machine } from '../../process/machine.ts';
import { characterList, nativeBytes } from '../../runtime/native-names.ts';
import { am } from '../../term/atoms.ts';
import { tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isAtom } from '../../term/term.ts';
import { decodeUtf8 } from '../../term/utf8.ts';
import type { BifTable } from '../registry.ts';

/** Modules whose functions in C are BIFs here. */
const LINKED_IN: ReadonlySet<string> = new Set(['erl_tracer', 'prim_buffer', 'prim_file', 'prim_tty', 'zlib']);

/** ok for the libraries that are linked in, an error for any other. Raises badarg. */
function loadNif(vm: Machine, path: Term, _info: Term): Term {
  const bytes = isAtom(path) ? undefined : nativeBytes(path, vm.host.files.nameEncoding);
  if (bytes === undefined) throw badarg();
  const name = decodeUtf8(bytes, 0, bytes.length) ?? String.fromCharCode(...bytes);
  if (LINKED_IN.has(name)) return am.ok;
  const text = `Failed to load NIF library: '${name}: native libraries cannot be loaded'`;
  return tuple(am.error, tuple(am.load_failed, characterList(text)));
}

export const erlangLoadNifBifs: BifTable = {
  module: 'erlang',
  rows: [{ name: 'load_nif', arity: 2, fn: loadNif }],
};
