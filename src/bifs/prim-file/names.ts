/** prim_file:internal_… : what file names are for the operating system (erl_unicode.c). Also file:native_name_encoding/0. */
import type { Machine } from '../../process/machine.ts';
import { characterList, nativeBytes, wellFormedName } from '../../runtime/native-names.ts';
import { am } from '../../term/atoms.ts';
import { binaryBytes, isBinary, makeBinary } from '../../term/bits.ts';
import { tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isAtom, isBitstring } from '../../term/term.ts';
import { decodeUtf8 } from '../../term/utf8.ts';
import { atomOf } from '../erlang/arguments.ts';
import type { BifTable } from '../registry.ts';

function bytesArgument(t: Term): Uint8Array {
  if (!isBitstring(t) || !isBinary(t)) throw badarg();
  return binaryBytes(t);
}

/** The name as bytes with a 0 behind them. Binaries are taken as they are. Raises badarg, also for a 0 within the name. */
function nameToNative(vm: Machine, name: Term): Term {
  if (isAtom(name)) throw badarg();
  const content = isBitstring(name) ? bytesArgument(name) : nativeBytes(name, vm.host.files.nameEncoding);
  if (content === undefined || content.includes(0)) throw badarg();
  const terminated = new Uint8Array(content.length + 1);
  terminated.set(content);
  return makeBinary(terminated);
}

/** The name as list; `{error, warning}` where bytes are no UTF-8 (callers leave such names out, with a warning: `+fnuw`). */
function nativeToName(vm: Machine, binary: Term): Term {
  const content = bytesArgument(binary);
  if (content.length === 0) return NIL;
  return wellFormedName(content, vm.host.files.nameEncoding) ?? tuple(am.error, am.warning);
}

/** The text of a binary in UTF-8, with base characters and marks composed. Raises badarg. */
function normalizeUtf8(binary: Term): Term {
  const content = bytesArgument(binary);
  const text = decodeUtf8(content, 0, content.length);
  if (text === undefined) throw badarg();
  return characterList(text.normalize('NFC'));
}

function isTranslatable(vm: Machine, binary: Term): Term {
  const content = bytesArgument(binary);
  const isText = vm.host.files.nameEncoding === 'latin1' || decodeUtf8(content, 0, content.length) !== undefined;
  return atomOf(isText);
}

export const primFileNameBifs: BifTable = {
  module: 'prim_file',
  rows: [
    { name: 'internal_name2native', arity: 1, fn: nameToNative },
    { name: 'internal_native2name', arity: 1, fn: nativeToName },
    { name: 'internal_normalize_utf8', arity: 1, fn: (_vm: Machine, binary: Term) => normalizeUtf8(binary) },
    { name: 'is_translatable', arity: 1, fn: isTranslatable },
  ],
};

export const fileBifs: BifTable = {
  module: 'file',
  rows: [
    {
      name: 'native_name_encoding',
      arity: 0,
      fn: (vm: Machine) => (vm.host.files.nameEncoding === 'utf8' ? am.utf8 : am.latin1),
    },
  ],
};
