/** Imports, exports, local functions and funs: chunks ImpT, ExpT, LocT, FunT. Tables of 32-bit numbers. */
import type { ExportEntry, ImportEntry, LambdaEntry } from './beam-module.ts';
import { ByteReader } from './byte-reader.ts';
import { corrupt } from './load-error.ts';

const maxArity = 255;

function atomAt(reader: ByteReader, atoms: readonly string[]): string {
  const index = reader.i32();
  const name = index < 1 ? undefined : atoms[index];
  return name ?? corrupt(reader.chunk, `there is no atom ${index}`);
}

function arityAt(reader: ByteReader): number {
  const arity = reader.i32();
  if (arity < 0 || arity > maxArity) corrupt(reader.chunk, `${arity} is no arity`);
  return arity;
}

/** ImpT: the functions that `import` operands name, by index. */
export function readImports(bytes: Uint8Array, atoms: readonly string[]): ImportEntry[] {
  const reader = new ByteReader(bytes, 'ImpT');
  const count = reader.count(12);
  return Array.from({ length: count }, () => ({
    module: atomAt(reader, atoms),
    name: atomAt(reader, atoms),
    arity: arityAt(reader),
  }));
}

/** ExpT or LocT. Whether the labels are entry labels is checked against the code later. */
export function readExports(bytes: Uint8Array, chunk: string, atoms: readonly string[]): ExportEntry[] {
  const reader = new ByteReader(bytes, chunk);
  const count = reader.count(12);
  return Array.from({ length: count }, () => ({
    name: atomAt(reader, atoms),
    arity: arityAt(reader),
    label: reader.i32(),
  }));
}

/** FunT, by index. As in OTP, nothing may follow the entries. */
export function readLambdas(bytes: Uint8Array, atoms: readonly string[]): LambdaEntry[] {
  if (bytes.length === 0) return [];
  const reader = new ByteReader(bytes, 'FunT');
  const count = reader.count(24);
  const lambdas: LambdaEntry[] = [];
  for (let i = 0; i < count; i++) {
    const name = atomAt(reader, atoms);
    const arity = arityAt(reader);
    const label = reader.i32();
    const index = reader.i32();
    const numFree = reader.i32();
    const oldUniq = reader.i32();
    if (numFree < 0 || numFree > arity)
      corrupt('FunT', `a fun of arity ${arity} cannot have ${numFree} free variables`);
    lambdas.push({ name, arity, label, index, numFree, oldUniq });
  }
  if (reader.remaining > 0) corrupt('FunT', 'has bytes behind its entries');
  return lambdas;
}
