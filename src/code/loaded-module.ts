/** A module as it lies in the virtual machine: where its code is, its literals, what its return points stand for. */
import type { LiteralArea } from '../memory/literal-area.ts';
import type { NameAndArity, ReturnPointInfo } from '../process/machine.ts';
import type { Addr, Term } from '../term/layout.ts';
import type { Export } from './code-table.ts';
import { POINT_KINDS, ROW, type Translation } from './translation.ts';

/** What constants of the code stand for, by index: enough to link it once more. */
export interface ModuleConstants {
  readonly literals: readonly Term[];
  readonly integers: readonly Term[];
  /** Of the maps that code builds: the tuple of the keys, and where in the map the value of each lies (bytes), in the code's order. */
  readonly maps: readonly { readonly keys: Term; readonly offsets: readonly number[] }[];
  /** Funs without free variables, by lambda. */
  readonly funs: readonly Term[];
  /** Table slots of the adapters of lambdas, and of imported functions. */
  readonly adapterSlots: readonly number[];
  readonly importSlots: readonly (number | undefined)[];
  /** What its code calls of other modules, in the order of its table of calls. */
  readonly calls: readonly Export[];
}

/** Lines from this on are not told (IS_VALID_LOCATION in OTP's beam_code.h). */
const LINE_LIMIT = 2 ** 24 - 1;

export class LoadedModule {
  readonly name: Term;
  readonly functionCount: number;
  /** External terms; empty when the file had none. */
  readonly attributes: Uint8Array;
  readonly compileInfo: Uint8Array;
  readonly md5: Uint8Array;
  readonly codeBytes: number;
  private readonly functionRows: Int32Array;
  private readonly exportRows: Int32Array;
  private readonly returnPoints: Int32Array;
  private readonly files: readonly string[];
  private readonly lines: Int32Array;
  /** Terms of the module's atoms, by index. */
  readonly atoms: readonly Term[];
  readonly literals: LiteralArea;
  /** Prototypes of its native records by name (runtime/native-records.ts). */
  readonly records: ReadonlyMap<Term, Term>;
  /** Address of the module's strings (StrT), 0 when it has none. */
  readonly strings: Addr;
  /** Number of its first function, for `CodeTable.slotInfo`: no slot, since only exports are called through the table. */
  readonly firstNumber: number;
  /** Numbers of the fun entries of its lambdas. */
  readonly funEntries: readonly number[];
  /** Table slot of its resume function. */
  readonly resumeSlot: number;
  /** All slots that only its own code is in, those of funs aside. */
  readonly ownSlots: number[];
  /** The tables of calls of the instances of its code. */
  readonly callTables: WebAssembly.Table[] = [];
  /** What else is to be done when its code is purged. */
  readonly releases: (() => void)[] = [];
  constants: ModuleConstants;
  /** Number of its first return point. */
  firstPoint = 0;
  /** That of the first one behind the breakpoints of its functions (jit/breakpoints.ts), if it has ever had any. */
  firstEnterPoint: number | undefined;
  /** Translates it once more, with breakpoints. */
  retranslate: (() => Translation) | undefined;

  /** Copies what it needs of the translation, of which code and literals are the most. */
  constructor(
    translation: Translation,
    place: Pick<
      LoadedModule,
      'atoms' | 'literals' | 'records' | 'strings' | 'firstNumber' | 'funEntries' | 'resumeSlot' | 'constants'
    >,
  ) {
    this.functionRows = translation.functions.slice();
    this.exportRows = translation.exports.slice();
    this.returnPoints = translation.returnPoints.slice();
    this.lines = translation.lines.slice();
    this.files = translation.files;
    this.attributes = translation.attributes.slice();
    this.compileInfo = translation.compileInfo.slice();
    this.md5 = translation.md5.slice();
    this.codeBytes = translation.wasm.length;
    this.functionCount = this.functionRows.length / ROW.function;
    this.atoms = place.atoms;
    this.name = place.atoms[1] as Term;
    this.literals = place.literals;
    this.records = place.records;
    this.strings = place.strings;
    this.firstNumber = place.firstNumber;
    this.funEntries = place.funEntries;
    this.resumeSlot = place.resumeSlot;
    this.ownSlots = [place.resumeSlot];
    this.constants = place.constants;
  }

  /** Its code is purged: what is left says where the return points of old stack traces lay. */
  forget(): void {
    this.retranslate = undefined;
    this.constants = { literals: [], integers: [], maps: [], funs: [], adapterSlots: [], importSlots: [], calls: [] };
    for (const release of this.releases.splice(0)) release();
  }

  /** What it exports, in the order of its file. */
  exports(): NameAndArity[] {
    return this.named(this.exportRows);
  }

  functions(): NameAndArity[] {
    return this.named(this.functionRows);
  }

  private named(rows: Int32Array): NameAndArity[] {
    const all: NameAndArity[] = [];
    for (let at = 0; at < rows.length; at += ROW.function) all.push(this.nameIn(rows, at));
    return all;
  }

  private nameIn(rows: Int32Array, at: number): NameAndArity {
    return { name: this.atoms[rows[at] as number] as Term, arity: rows[at + 1] as number };
  }

  /** Its function of this index. */
  functionAt(index: number): NameAndArity {
    return this.nameIn(this.functionRows, index * ROW.function);
  }

  /** What is known of the return point with this number, which is one of this module's. */
  returnPoint(point: number): ReturnPointInfo {
    const { firstEnterPoint } = this;
    if (firstEnterPoint !== undefined && this.isEnterPoint(point)) return this.enterPoint(point - firstEnterPoint);
    const at = (point - this.firstPoint) * ROW.point;
    // Stack traces ask for many: no views of the rows are made.
    const cell = (column: number): number => this.returnPoints[at + column] as number;
    const func = cell(POINT.func);
    const { name, arity } = this.functionAt(func);
    const lineRow = cell(POINT.line) * ROW.line;
    const file = this.lines[lineRow];
    const written = this.lines[lineRow + 1] ?? 0;
    const line = written < LINE_LIMIT ? written : 0;
    return {
      kind: POINT_KINDS[cell(POINT.kind)] as ReturnPointInfo['kind'],
      module: this.name,
      name,
      arity,
      slot: this.firstNumber + func,
      frameWords: cell(POINT.frameWords),
      file: file === undefined || line === 0 ? undefined : this.files[file],
      line,
    };
  }

  /** How many return points it has beside those of its breakpoints. */
  get pointCount(): number {
    return this.returnPoints.length / ROW.point;
  }

  /** Whether a return point of this module is none of the others. */
  private isEnterPoint(point: number): boolean {
    return point < this.firstPoint || point >= this.firstPoint + this.pointCount;
  }

  pointKind(point: number): ReturnPointInfo['kind'] {
    const { firstEnterPoint } = this;
    if (firstEnterPoint !== undefined && this.isEnterPoint(point)) return this.returnPoint(point).kind;
    return POINT_KINDS[this.returnPoints[(point - this.firstPoint) * ROW.point] as number] as ReturnPointInfo['kind'];
  }

  /** Behind the breakpoint of a function: nothing of it has run. */
  private enterPoint(func: number): ReturnPointInfo {
    const { name, arity } = this.functionAt(func);
    const place = { slot: this.firstNumber + func, frameWords: arity + 1, file: undefined, line: 0 };
    return { kind: 'budget', module: this.name, name, arity, ...place };
  }
}

/** A row of `Translation.returnPoints`. */
const POINT = { kind: 0, func: 1, frameWords: 3, line: 4 } as const;
