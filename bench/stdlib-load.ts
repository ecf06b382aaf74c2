/**
 * Loads all modules of stdlib in this fresh process and prints, as JSON, how long it took: node stdlib-load.js <root of OTP> [parts].
 * With `parts`, the modules are only read and translated, each step timed.
 */
import { setFlagsFromString } from 'node:v8';
import { readFlags } from '../src/debug/flags.ts';
import { nodeHost } from '../src/host/node/node-host.ts';
import { compileModule } from '../src/jit/compile-module.ts';
import { loadBeam } from '../src/loader/load.ts';
import { Vm } from '../src/vm.ts';
import { otpModules } from './otp-files.ts';

/** Milliseconds. */
export interface LoadTimes {
  readonly modules: number;
  readonly total: number;
  readonly load: number;
  readonly translate: number;
  readonly webAssembly: number;
  readonly wasmBytes: number;
  /** The first module that could not be loaded, and why. */
  readonly failure?: string;
}

/** Adds up the time that constructing a WebAssembly object takes. */
function timedConstructor<Kind extends 'Module' | 'Instance'>(kind: Kind, spent: { milliseconds: number }): void {
  const Original = WebAssembly[kind] as new (...args: unknown[]) => object;
  Object.defineProperty(WebAssembly, kind, {
    value: function timed(...args: unknown[]): object {
      const started = performance.now();
      const made = new Original(...args);
      spent.milliseconds += performance.now() - started;
      return made;
    },
  });
}

// As the command does (cli/launch.ts).
setFlagsFromString('--wasm-lazy-validation');
const [otpRoot, mode] = process.argv.slice(2) as [string, string | undefined];
const files = otpModules(otpRoot, 'stdlib');
const vm = new Vm({ host: nodeHost(), flags: readFlags(process.env) });
const times = { total: 0, load: 0, translate: 0, wasmBytes: 0 };
const webAssembly = { milliseconds: 0 };
let failure: string | undefined;

function translateOnly(file: Uint8Array): void {
  const started = performance.now();
  const beam = loadBeam(file);
  const loaded = performance.now();
  const compiled = compileModule(beam, { isBif: (module, name, arity) => vm.isBif(module, name, arity) });
  times.load += loaded - started;
  times.translate += performance.now() - loaded;
  times.wasmBytes += compiled.wasm.bytes.length;
}

if (mode !== 'parts') {
  timedConstructor('Module', webAssembly);
  timedConstructor('Instance', webAssembly);
}
const started = performance.now();
for (const { name, bytes } of files) {
  try {
    if (mode === 'parts') translateOnly(bytes);
    else vm.loadModule(bytes);
  } catch (error) {
    failure ??= `${name}: ${(error as Error).message}`;
  }
}
times.total = performance.now() - started;
const result: LoadTimes = {
  modules: files.length,
  ...times,
  webAssembly: webAssembly.milliseconds,
  ...(failure === undefined ? {} : { failure }),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
