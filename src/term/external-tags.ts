/** The external term format: its numbers, as in "External Term Format" of OTP's ERTS documentation and in erts' external.h. */

export const VERSION_MAGIC = 131;
export const COMPRESSED = 80;

export const SMALL_INTEGER_EXT = 97;
export const INTEGER_EXT = 98;
export const FLOAT_EXT = 99;
export const ATOM_EXT = 100;
export const REFERENCE_EXT = 101;
export const PORT_EXT = 102;
export const PID_EXT = 103;
export const SMALL_TUPLE_EXT = 104;
export const LARGE_TUPLE_EXT = 105;
export const NIL_EXT = 106;
export const STRING_EXT = 107;
export const LIST_EXT = 108;
export const BINARY_EXT = 109;
export const SMALL_BIG_EXT = 110;
export const LARGE_BIG_EXT = 111;
export const NEW_FUN_EXT = 112;
export const EXPORT_EXT = 113;
export const NEW_REFERENCE_EXT = 114;
export const SMALL_ATOM_EXT = 115;
export const MAP_EXT = 116;
export const ATOM_UTF8_EXT = 118;
export const SMALL_ATOM_UTF8_EXT = 119;
export const V4_PORT_EXT = 120;
export const LOCAL_EXT = 121;
/** Native record (OTP 29): number of fields, exported or not (a byte), module, name, names of the fields, values. */
export const RECORD_EXT = 67;
export const NEW_FLOAT_EXT = 70;
export const BIT_BINARY_EXT = 77;
export const NEW_PID_EXT = 88;
export const NEW_PORT_EXT = 89;
export const NEWER_REFERENCE_EXT = 90;

/** Bytes that the text of FLOAT_EXT takes. */
export const FLOAT_TEXT_BYTES = 31;
/** Longest list that STRING_EXT can hold. */
export const MAX_STRING_LENGTH = 0xffff;
/** Longest text of an atom in bytes. */
export const MAX_ATOM_BYTES = 255 * 4;
/** First number word of a reference of this node lies below this (MAX_REFERENCE in erl_term.h). */
export const MAX_REFERENCE = 2 ** 18;
/** Pid numbers of this node lie below this (28 bits, _PID_NUM_SIZE in erl_term.h). */
export const MAX_PID_NUMBER = 2 ** 28;
/** The high word of this node's port numbers lies below this (60 bits in all). */
export const MAX_PORT_HIGH = 2 ** 28;
/** Creation numbers of the old one-byte kind. */
export const MAX_TINY_CREATION = 3;
/** Most bytes that an integer can have (BIG_ARITY_MAX words of 8 bytes). */
export const MAX_BIG_BYTES = 0xffff * 8;
/** Most arguments and most free variables of a function (MAX_ARG in erts' erl_vm.h). */
export const MAX_ARGUMENTS = 255;
/** Most elements of a map that are accepted. */
export const MAX_MAP_SIZE = 2 ** 31;

/**
 * The 32 bits that go before a term encoded with the option `local`, over the bytes that follow them. Opaque to everyone but the
 * same virtual machine: `salt` is its own (`Nodes.localSalt`).
 */
export function localHash(bytes: Uint8Array, from: number, to: number, salt: number): number {
  let hash = 0x811c9dc5 ^ salt;
  for (let i = from; i < to; i++) {
    hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  }
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
