/** What generated code is given: the memory, the prelude, runtime functions, BIFs. Made when first asked for. */
import { buildKernelBif, parseBifKey } from '../jit/bif-wrappers.ts';
import { buildKernels } from '../jit/kernels.ts';
import { kernelBifs } from '../jit/map-kernels.ts';
import { buildPrelude, buildUndefinedStub, TRAMPOLINE_ARITY } from '../jit/prelude.ts';
import { termKernels } from '../memory/term-kernels.ts';
import { termRules } from '../term/term-rules.ts';
import type { GeneratedImports } from './linker.ts';
import { SharedFunctions, type SharedSources } from './shared-functions.ts';

/** What the trampoline cannot do in WebAssembly. */
export interface TrampolineHelp {
  /** Calls a function (slot << 8 | arity) of more than TRAMPOLINE_ARITY arguments with the X registers. */
  callLarge(func: number): number;
  /** Makes room for so many bytes below SP on the running process's stack; the stack block may move. */
  growStack(byteCount: number): void;
  /** 1: the running process, its slice used up, gets another at once. */
  prolong(): number;
  /** The frame of tracing with this pc, which now lies behind SP, gets a value (src/trace/frames.ts); gives what the next frame gets. */
  traceReturn(pc: number, value: number): number;
}

/** The functions of the prelude; those of large arities are generated when first asked for. */
export class Prelude {
  private readonly environment: Record<string, unknown>;
  private readonly exports = new Map<string, CallableFunction>();
  /** What undefined exports hold, by arity. */
  private readonly stubs: WebAssembly.Module[] = [];

  constructor(memory: WebAssembly.Memory, table: WebAssembly.Table, help: TrampolineHelp) {
    this.environment = { memory, table, ...help };
    this.add(buildPrelude());
  }

  private add(bytes: Uint8Array<ArrayBuffer>): void {
    const imports = { env: this.environment } as WebAssembly.Imports;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
    for (const [name, value] of Object.entries(exports)) this.exports.set(name, value as CallableFunction);
  }

  /** A function that leaves saying that the export in `slot` has no code. */
  undefinedExport(slot: number, arity: number): CallableFunction {
    this.stubs[arity] ??= new WebAssembly.Module(buildUndefinedStub(arity));
    const target = this.function(`undefined${arity}`);
    const imports = { prelude: { undefined: target }, export: { slot } } as unknown as WebAssembly.Imports;
    return new WebAssembly.Instance(this.stubs[arity], imports).exports.f as CallableFunction;
  }

  /** A function of the prelude by its name, such as `undefined3`. */
  function(name: string): CallableFunction {
    const known = this.exports.get(name);
    if (known !== undefined) return known;
    const arity = Number(/\d+$/.exec(name)?.[0]);
    if (!(arity > TRAMPOLINE_ARITY)) throw new RangeError(`the prelude has no ${name}`);
    this.add(buildPrelude(arity));
    return this.exports.get(name) as CallableFunction;
  }
}

/** One instance of the kernels (jit/kernels.ts), and those that look into terms. `memory` is the one in use. */
export function kernels(
  memory: WebAssembly.Memory,
  rt: Record<string, CallableFunction>,
): Record<string, CallableFunction> {
  const imports = { env: { memory }, rt, term: termKernels() } as unknown as WebAssembly.Imports;
  const module = new WebAssembly.Module(buildKernels(termRules.atomKeysByIndex));
  const { exports } = new WebAssembly.Instance(module, imports);
  return { ...(exports as Record<string, CallableFunction>), ...termKernels() };
}

/** The BIF of this key, which asks its kernel first. */
function withKernel(
  memory: WebAssembly.Memory,
  key: string,
  kernel: CallableFunction | undefined,
  bif: CallableFunction | undefined,
): CallableFunction | undefined {
  if (bif === undefined || !kernelBifs.has(key)) return bif;
  const imports = { env: { memory }, call: { kernel, bif } } as unknown as WebAssembly.Imports;
  const module = new WebAssembly.Module(buildKernelBif(parseBifKey(key).arity));
  return new WebAssembly.Instance(module, imports).exports.f as CallableFunction;
}

/** What every module is instantiated with, and what is put into its table of calls. */
export function generatedImports(
  memory: WebAssembly.Memory,
  prelude: Prelude,
  sources: Pick<SharedSources, 'rt' | 'bif' | 'call' | 'guard'>,
): GeneratedImports {
  const rt = new Proxy<Record<string, CallableFunction>>({}, { get: (_target, name) => sources.rt(name as string) });
  const kernel = kernels(memory, rt);
  const shared = new SharedFunctions({
    ...sources,
    prelude: (name) => prelude.function(name),
    kernel: (name) => kernel[name],
    call: (key) => withKernel(memory, key, kernel[key], sources.call(key)),
  });
  return { imports: { env: { memory } }, shared };
}
