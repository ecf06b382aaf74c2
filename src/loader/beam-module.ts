/** What a loaded `.beam` file is: the value the translator works on. Everything in it is validated and immutable. */
import type { OpcodeRow } from '../isa/opcodes.ts';
import type { Operand } from '../isa/operands.ts';
import type { BeamType } from '../isa/types.ts';

/**
 * One generic instruction. `args.length === op.operands.length`, and each argument is of a kind that
 * `op.operands[i].kind` admits (see operand-checks.ts), so an emitter may narrow without handling other kinds.
 */
export interface Instruction {
  readonly op: OpcodeRow;
  readonly args: readonly Operand[];
}

export interface BeamFunction {
  readonly name: string;
  /** 0..255. */
  readonly arity: number;
  /** Label of `func_info`: a jump to it raises `function_clause`. */
  readonly infoLabel: number;
  /** Label calls go to. */
  readonly entryLabel: number;
  /** Location index (into `BeamModule.lines.items`) of the function's head; 0 is unknown. */
  readonly infoLine: number;
  /**
   * What follows the entry label: `label`, `func_info` and the entry label itself are not repeated here. Other labels
   * are `label` instructions. Never empty, and the last instruction never falls through into what follows it, as far
   * as the compiler kept its word (the loader does not prove it).
   */
  readonly instructions: readonly Instruction[];
}

export interface ImportEntry {
  readonly module: string;
  readonly name: string;
  readonly arity: number;
}

/** Entry of ExpT or LocT. `label` is an entry label. */
export interface ExportEntry {
  readonly name: string;
  readonly arity: number;
  readonly label: number;
}

/** Entry of FunT: one `fun` expression. */
export interface LambdaEntry {
  /** Name of the generated function, such as `-map/2-fun-0-`. */
  readonly name: string;
  /** Arity of that function: the fun's own arity is `arity - numFree`; free variables are its last arguments. */
  readonly arity: number;
  /** Its entry label. */
  readonly label: number;
  /** The fun's index in the module (part of its identity). */
  readonly index: number;
  readonly numFree: number;
  /** `uniq` of `erlang:fun_info/2`. */
  readonly oldUniq: number;
}

/** Source position: `file` is an index into `LineTable.files`, `line` a line number; line 0 is an unknown position. */
export interface LineItem {
  readonly file: number;
  readonly line: number;
}

export interface LineTable {
  /** Entry 0 is the module's name with `.erl`. */
  readonly files: readonly string[];
  /** Indexed by the operand of `line` and `executable_line`. Entry 0 is the unknown position. */
  readonly items: readonly LineItem[];
  /** Bit 0: the module has `executable_line` instructions; bit 1: line counters are wanted whatever the mode. */
  readonly flags: number;
}

/** Native record of OTP 29 (chunk `Recs`): `default` is undefined for a field that has none. */
export interface RecordDefinition {
  readonly name: string;
  readonly exported: boolean;
  readonly fields: readonly { readonly name: string; readonly default?: Operand }[];
}

export interface BeamModule {
  readonly name: string;
  /** The atom table. Indices start at 1 (`atoms[1]` is the module's name); `atoms[0]` is unused and ''. */
  readonly atoms: readonly string[];
  /** In file order, which is the order of the code. */
  readonly functions: readonly BeamFunction[];
  /** Entry label -> index into `functions`. Every label a `call…` instruction, an export or a lambda names is in it. */
  readonly functionOfLabel: ReadonlyMap<number, number>;
  /** All labels are in 1..labelCount-1. Not every number need be defined. At most as large as the code has bytes. */
  readonly labelCount: number;
  readonly imports: readonly ImportEntry[];
  readonly exports: readonly ExportEntry[];
  /** Functions that are not exported; empty when the chunk was stripped. */
  readonly locals: readonly ExportEntry[];
  readonly lambdas: readonly LambdaEntry[];
  /** Each in the external term format with its version byte (131), structurally valid (scan-external.ts). */
  readonly literals: readonly Uint8Array[];
  /** StrT: what `bs_put_string`, `bs_match_string` and string segments take their bytes from, by offset. */
  readonly strings: Uint8Array;
  readonly lines: LineTable;
  /** Indexed by `XReg.type`. Entry 0 is the type of any term. Only entry 0 when the chunk is missing or unknown. */
  readonly types: readonly BeamType[];
  readonly records: readonly RecordDefinition[];
  /** Name of the `-on_load` function (arity 0), if the module has one. */
  readonly onLoad?: string;
  /** Chunks `Attr` and `CInf`: external terms, structurally valid; empty when absent. */
  readonly attributes: Uint8Array;
  readonly compileInfo: Uint8Array;
  /** 16 bytes: what `Module:module_info(md5)` returns. */
  readonly md5: Uint8Array;
  /** Highest opcode that the code chunk's header promises. */
  readonly maxOpcode: number;
  /** Every chunk of the file, raw, by its four-letter name (`Dbgi`, `Docs`, `Meta`, `DbgB` … are only here). */
  readonly chunks: ReadonlyMap<string, Uint8Array>;
}
