/**
 * What generated code often needs beyond a few instructions, as WebAssembly: a module of its own, one instance for each virtual
 * machine, which every translated module imports as `kernel`. What a kernel does not decide goes to a BIF or a runtime function.
 *
 *   <operator>(x, y) -> term, or 0: not decided here (another type, a longer integer, an exception)
 *
 * Kernels that look into terms, which TypeScript has a use for too, are in memory/term-kernels.ts.
 */
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { type FuncIndex, i32, type ValType } from '../wasm/types.ts';
import { defineFloatOperators, floatOperators } from './float-arith.ts';
import { defineLongOperators, longOperators } from './long-arith.ts';
import { defineMapKernels } from './map-kernels.ts';
import { type RuntimeName, runtimeTable, signature } from './runtime-table.ts';

/** Whether there is a kernel for the operator. */
export function isKernelOperator(module: string, name: string, arity: number): boolean {
  return (
    module === 'erlang' && arity === 2 && (Object.hasOwn(longOperators, name) || Object.hasOwn(floatOperators, name))
  );
}

export class KernelBuilder {
  private readonly builder = new ModuleBuilder({ names: true });
  private readonly imported = new Map<string, FuncIndex>();

  /** These runtime functions can be called. */
  constructor(runtime: readonly RuntimeName[]) {
    this.builder.importMemory('env', 'memory', { min: 1 });
    for (const name of runtime) {
      const { params, results } = signature(runtimeTable[name]);
      this.imported.set(name, this.builder.importFunction('rt', name, this.builder.type(params, results)));
    }
  }

  runtime(name: RuntimeName): FuncIndex {
    const func = this.imported.get(name);
    if (func === undefined) throw new RangeError(`kernels do not import ${name}`);
    return func;
  }

  /** A function of another module; before the first definition. */
  outside(module: string, name: string, params: readonly ValType[], result: ValType): FuncIndex {
    return this.builder.importFunction(module, name, this.builder.type([...params], [result]));
  }

  /** A function that others may call, itself too if it is declared before: see `body`. */
  declare(name: string, params: readonly ValType[], result: ValType): FuncIndex {
    return this.builder.declareFunction(this.builder.type([...params], [result]), name);
  }

  body(func: FuncIndex, emit: (w: FunctionBuilder) => void): void {
    const w = this.builder.body(func);
    emit(w);
    w.finish();
  }

  define(name: string, params: readonly ValType[], result: ValType, emit: (w: FunctionBuilder) => void): FuncIndex {
    const func = this.declare(name, params, result);
    this.body(func, emit);
    return func;
  }

  export(name: string, params: readonly ValType[], result: ValType, emit: (w: FunctionBuilder) => void): FuncIndex {
    const func = this.define(name, params, result, emit);
    this.builder.exportFunction(name, func);
    return func;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.builder.finish().bytes;
  }
}

/** The module. It imports the memory (`env`), runtime functions (`rt`), kernels that look into terms (`term`). For the flag see map-kernels.ts. */
export function buildKernels(atomKeysByIndex: boolean): Uint8Array<ArrayBuffer> {
  const kernels = new KernelBuilder(['moreHeap']);
  const ofTwo = (name: string): FuncIndex => kernels.outside('term', name, [i32, i32], i32);
  const terms = {
    position: ofTwo('flatmapPosition'),
    order: ofTwo('order'),
    mapGet: ofTwo('mapGet'),
    identical: ofTwo('identical'),
    leafAt: ofTwo('hashmapLeafAt'),
    keyHash: kernels.outside('term', 'keyHash', [i32], i32),
  };
  defineLongOperators(kernels, defineFloatOperators(kernels));
  defineMapKernels(kernels, terms, atomKeysByIndex);
  return kernels.finish();
}
