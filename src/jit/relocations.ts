/** Constants of a translated module that only the linker knows. Kinds of `i32ConstReloc`; the id is in the comment. */

/** Term of an atom: index into `BeamModule.atoms`. */
export const RELOC_ATOM = 0;
/** Term of a literal: index into `BeamModule.literals`. */
export const RELOC_LITERAL = 1;
/** Term of an integer too large for a small: index into `CompiledModule.integers`. */
export const RELOC_INTEGER = 2;
/** `number << 8 | arity` of a function of the module (its number: CodeTable.slotInfo): its index. */
export const RELOC_SLOT = 3;
/** Return address (the word): index into `CompiledModule.returnPoints`. */
export const RELOC_RETURN = 4;
/** Catch tag (the word): index into `CompiledModule.returnPoints`. */
export const RELOC_CATCH = 5;
/** Slot of an imported function: index into `BeamModule.imports`. */
export const RELOC_IMPORT_SLOT = 6;
/** Table slot of a lambda's adapter: index into `BeamModule.lambdas`. */
export const RELOC_ADAPTER_SLOT = 7;
/** Number of a lambda's fun entry: index into `BeamModule.lambdas`. */
export const RELOC_FUN_ENTRY = 8;
/** Term of a fun without free variables: index into `BeamModule.lambdas`. */
export const RELOC_FUN_LITERAL = 9;
/** Address of a byte of the module's strings: offset into `BeamModule.strings`. */
export const RELOC_STRING = 10;
/** Prototype of a native record that the module defines: index of its name into `BeamModule.atoms`. */
export const RELOC_RECORD = 12;
/** Return address (the word) for going on behind a breakpoint of a function: its index (breakpoints.ts). */
export const RELOC_ENTER = 13;
/** Tuple of the sorted keys of a map that code builds: index into `CompiledModule.mapKeys`. */
export const RELOC_MAP_KEYS = 15;
/** Offset, in such a map, of the value of the key that the code has at some place: `index * MAP_PLACES + place`. */
export const RELOC_MAP_OFFSET = 16;
export const MAP_PLACES = 64;
/** In `CompiledModule.mapKeys`: the id is the term. */
export const CONSTANT_WORD = -1;
/** Address of the byte that tells a function's breakpoints: its index. */
export const RELOC_BREAKPOINT = 14;
