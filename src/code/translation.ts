/**
 * A translated module as the linker wants it: WebAssembly with holes, and tables of numbers. Names are indexes of the module's atoms.
 * It is the same for the same file, release and build of Enigma, so it can be kept between runs (translation-file.ts).
 */
import type { CompiledModule, ReturnPointKind } from '../jit/compiled-module.ts';
import type { BeamModule, RecordDefinition } from '../loader/beam-module.ts';

/** Numbers in a row of each table. */
export const ROW = { function: 2, import: 3, export: 2, lambda: 5, line: 2, point: 5 } as const;

/** `ReturnPoint.kind` by the number in a row. */
export const POINT_KINDS = [
  'call',
  'raise',
  'try',
  'catch',
  'receive',
  'budget',
] as const satisfies readonly ReturnPointKind[];

export interface Translation {
  readonly name: string;
  /** As in `BeamModule`: `atoms[1]` is the module's name, and there is no atom 0. */
  readonly atoms: readonly string[];
  readonly onLoad: string | undefined;
  /** Rows: name, arity. */
  readonly functions: Int32Array;
  /** Rows: module, name, arity. */
  readonly imports: Int32Array;
  /** Rows: name, arity. */
  readonly exports: Int32Array;
  /** Rows: name, arity with the free variables, index, number of free variables, oldUniq. */
  readonly lambdas: Int32Array;
  /** `LineTable.files` and its items. Rows: file, line. */
  readonly files: readonly string[];
  readonly lines: Int32Array;
  /** Those of `BeamModule`, one behind the other, and how many bytes each has. */
  readonly literals: Uint8Array;
  readonly literalLengths: Int32Array;
  /** As in `BeamModule`. */
  readonly strings: Uint8Array;
  readonly attributes: Uint8Array;
  readonly compileInfo: Uint8Array;
  readonly md5: Uint8Array;
  readonly records: readonly RecordDefinition[];
  /** As in `CompiledModule`; the linker writes to `wasm`. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly relocations: Int32Array;
  readonly integers: readonly bigint[];
  /** For each entry of `mapKeys` the number of keys, then kind and id of each. */
  readonly mapKeys: Int32Array;
  readonly calledImports: Int32Array;
  readonly shared: readonly string[];
  /** Rows: index into POINT_KINDS, func, pc, frameWords, line (`ReturnPoint`). */
  readonly returnPoints: Int32Array;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Rows of `width` numbers. */
function table<T>(items: readonly T[], width: number, row: (item: T) => readonly number[]): Int32Array {
  const all = new Int32Array(items.length * width);
  items.forEach((item, index) => {
    all.set(row(item), index * width);
  });
  return all;
}

const numberOfKind: ReadonlyMap<ReturnPointKind, number> = new Map(POINT_KINDS.map((kind, number) => [kind, number]));

function pointRows(points: CompiledModule['returnPoints']): Int32Array {
  const all = new Int32Array(points.length * ROW.point);
  let at = 0;
  for (const { kind, func, pc, frameWords, line } of points) {
    all[at] = numberOfKind.get(kind) as number;
    all[at + 1] = func;
    all[at + 2] = pc;
    all[at + 3] = frameWords;
    all[at + 4] = line;
    at += ROW.point;
  }
  return all;
}

/** What the translator gave for a module, without what only the translator needs. */
export function translationOf(beam: BeamModule, compiled: CompiledModule): Translation {
  const indexes = new Map(beam.atoms.map((name, index) => [name, index]));
  indexes.set(beam.name, 1);
  const atom = (name: string): number => {
    const index = indexes.get(name);
    if (index === undefined) throw new RangeError(`${beam.name} has no atom ${name}`);
    return index;
  };
  const { files, items } = beam.lines;
  const { name, atoms, strings, attributes, compileInfo, md5, records } = beam;
  return {
    ...{ name, atoms, strings, attributes, compileInfo, md5, records, files },
    onLoad: beam.onLoad,
    functions: table(beam.functions, ROW.function, (one) => [atom(one.name), one.arity]),
    imports: table(beam.imports, ROW.import, (one) => [atom(one.module), atom(one.name), one.arity]),
    exports: table(beam.exports, ROW.export, (one) => [atom(one.name), one.arity]),
    lambdas: table(beam.lambdas, ROW.lambda, (one) => [atom(one.name), one.arity, one.index, one.numFree, one.oldUniq]),
    lines: table(items, ROW.line, ({ file, line }) => [file, line]),
    literals: joined(beam.literals),
    literalLengths: Int32Array.from(beam.literals, ({ length }) => length),
    wasm: compiled.wasm.bytes,
    relocations: compiled.wasm.relocations,
    integers: compiled.integers,
    mapKeys: Int32Array.from(compiled.mapKeys.flatMap((keys) => [keys.length, ...keys.flat()])),
    calledImports: Int32Array.from(compiled.calledImports),
    shared: compiled.shared,
    returnPoints: pointRows(compiled.returnPoints),
  };
}
