/** A module as it lies in the virtual machine: where its code is, its literals, what its return points stand for. */
import type { ReturnPoint } from '../jit/compiled-module.ts';
import type { BeamModule } from '../loader/beam-module.ts';
import type { LiteralArea } from '../memory/literal-area.ts';
import type { ReturnPointInfo } from '../process/machine.ts';
import { atom } from '../term/atoms.ts';
import type { Addr, Term } from '../term/layout.ts';

export class LoadedModule {
  readonly name: Term;
  /** Without the instructions of its functions: they are most of its memory. */
  readonly beam: BeamModule;
  private readonly returnPoints: readonly ReturnPoint[];
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
  /** Number of its first return point. */
  firstPoint = 0;

  constructor(
    beam: BeamModule,
    returnPoints: readonly ReturnPoint[],
    place: Pick<
      LoadedModule,
      'atoms' | 'literals' | 'records' | 'strings' | 'firstNumber' | 'funEntries' | 'resumeSlot'
    >,
  ) {
    this.beam = { ...beam, functions: beam.functions.map((func) => ({ ...func, instructions: [] })) };
    this.returnPoints = returnPoints;
    this.atoms = place.atoms;
    this.name = place.atoms[1] as Term;
    this.literals = place.literals;
    this.records = place.records;
    this.strings = place.strings;
    this.firstNumber = place.firstNumber;
    this.funEntries = place.funEntries;
    this.resumeSlot = place.resumeSlot;
  }

  /** What is known of the return point with this number, which is one of this module's. */
  returnPoint(point: number): ReturnPointInfo {
    const { kind, func, frameWords, line } = this.returnPoints[point - this.firstPoint] as ReturnPoint;
    const { lines, functions } = this.beam;
    const item = lines.items[line];
    const { name, arity } = functions[func] as (typeof functions)[number];
    return {
      kind,
      module: this.name,
      name: atom(name),
      arity,
      slot: this.firstNumber + func,
      frameWords,
      file: item === undefined || item.line === 0 ? undefined : lines.files[item.file],
      line: item?.line ?? 0,
    };
  }
}
