/**
 * The functions that all modules share (the runtime's, BIFs, the prelude's, kernels), as functions that a table takes: those in TypeScript
 * have gone through WebAssembly. V8 compiles a wrapper for each signature among a module's imported functions, whatever they are, so
 * generated code imports nothing but the memory, and calls them through its table of calls.
 */
import { signature } from '../jit/runtime-table.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';

/** Functions by name; undefined for a name that does not exist. */
export type FunctionSource = (name: string) => CallableFunction | undefined;

export interface SharedSources {
  /** Functions of WebAssembly. */
  readonly prelude: FunctionSource;
  readonly kernel: FunctionSource;
  /** Functions in TypeScript. */
  readonly rt: FunctionSource;
  readonly bif: FunctionSource;
  readonly call: FunctionSource;
  readonly guard: FunctionSource;
}

/** Modules that import a function `f.f` and export it, by its signature: compiled once, an instance for each function. */
const passing = new Map<string, WebAssembly.Module>();

function passingModule(text: string): WebAssembly.Module {
  let made = passing.get(text);
  if (made === undefined) {
    const builder = new ModuleBuilder();
    const { params, results } = signature(text);
    builder.exportFunction('f', builder.importFunction('f', 'f', builder.type(params, results)));
    made = new WebAssembly.Module(builder.finish().bytes);
    passing.set(text, made);
  }
  return made;
}

/** A function in TypeScript as one that a table takes. */
export function asTableFunction(f: CallableFunction, text: string): CallableFunction {
  const imports = { f: { f } } as unknown as WebAssembly.Imports;
  return new WebAssembly.Instance(passingModule(text), imports).exports.f as CallableFunction;
}

export class SharedFunctions {
  private readonly sources: Readonly<Record<string, FunctionSource>>;
  private readonly known = new Map<string, CallableFunction>();

  constructor(sources: SharedSources) {
    this.sources = { ...sources };
  }

  /** Puts the functions of these names (`Translation.shared`) into a table, from an element on. */
  place(table: WebAssembly.Table, first: number, keys: readonly string[]): void {
    for (let i = 0; i < keys.length; i++) table.set(first + i, this.function(keys[i] as string));
  }

  /** The function of a source, a name and a signature, such as `rt moreHeap i:i`. */
  function(key: string): CallableFunction {
    let found = this.known.get(key);
    if (found === undefined) {
      found = this.make(key);
      this.known.set(key, found);
    }
    return found;
  }

  private make(key: string): CallableFunction {
    const [first, last] = [key.indexOf(' '), key.lastIndexOf(' ')];
    const source = key.slice(0, first);
    const found = this.sources[source]?.(key.slice(first + 1, last));
    if (found === undefined) throw new RangeError(`there is no ${key}`);
    return source === 'prelude' || source === 'kernel' ? found : asTableFunction(found, key.slice(last + 1));
  }
}
