/**
 * Native Erlang/OTP as the judge of the tests: compiles Erlang, evaluates expressions and runs functions, each batch in
 * one run of `erl`. What it compiled is kept under .cache/, by the hash of source, options and compiler.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder, repositoryRoot } from './repository.ts';

/** OTP releases that a test may ask for; 27 is always there, the others after `tools/otp --native <release>`. */
export type Release = 25 | 27 | 29;

/** A term as native OTP sees it: `term_to_binary(Term)` without options, and Term printed by `~w`. */
export interface NativeTerm {
  readonly bytes: Buffer;
  readonly text: string;
}

/** How an evaluation ended. `killed`: an exit signal ended its process; `timeout`: it ran longer than allowed. */
export type NativeResult =
  | { readonly kind: 'value'; readonly value: NativeTerm }
  | {
      readonly kind: 'raise';
      readonly class: 'error' | 'exit' | 'throw';
      readonly reason: NativeTerm;
      /** Without the frames of the driver and of erl_eval. */
      readonly stack: NativeTerm;
    }
  | { readonly kind: 'killed'; readonly reason: NativeTerm }
  | { readonly kind: 'timeout' };

/** A call to run: the arguments as Erlang text of the whole list (`"[1, a]"`), or each in external term format. */
export interface NativeCall {
  readonly module: string;
  readonly function: string;
  readonly arguments: string | readonly Uint8Array[];
}

export interface RunOptions {
  readonly release?: Release;
  /** Milliseconds that each expression or call may take; 60,000 unless told. */
  readonly timeout?: number;
  /** More options for `erl`. */
  readonly flags?: readonly string[];
}

export interface CompileOptions {
  readonly release?: Release;
  /** More arguments for `erlc`, such as `+no_type_opt` or `-DNAME`. */
  readonly flags?: readonly string[];
  /** What the source is: Erlang unless told, else BEAM assembly or Core Erlang. */
  readonly language?: 'erl' | 'S' | 'core';
}

const roots = new Map<Release, string>();

/** Whether this release can judge without fetching anything. */
export function hasRelease(release: Release): boolean {
  const store = process.env.ENIGMA_OTP_DIR ?? join(repositoryRoot, '.otp');
  return release === 27 || existsSync(join(store, String(release), '.native'));
}

/** The root of native OTP (the folder with lib/ and bin/erl); brings it first if need be. */
export function nativeRoot(release: Release = 27): string {
  const known = roots.get(release);
  if (known !== undefined) return known;
  const root = run(join(repositoryRoot, 'tools', 'otp'), ['--native', String(release)], repositoryRoot).trim();
  roots.set(release, root);
  return root;
}

/** Compiles one module; returns the path of its .beam file. Throws with the compiler's messages if it has errors. */
export function erlc(source: string, options: CompileOptions = {}): string {
  return erlcAll([source], options)[0] as string;
}

/** Compiles modules of different names in one run of `erlc`; returns the paths of their .beam files, in order. */
export function erlcAll(sources: readonly string[], options: CompileOptions = {}): string[] {
  const { release = 27, flags = [], language = 'erl' } = options;
  const root = nativeRoot(release);
  const compiler = readdirSync(join(root, 'lib')).sort().join();
  const modules = sources.map((source) => {
    const name = moduleName(source);
    const hash = createHash('sha256')
      .update(JSON.stringify([source, flags, language, compiler]))
      .digest('hex');
    return { name, source, folder: join(cacheFolder, 'oracle', hash.slice(0, 24)) };
  });
  const missing = modules.filter(({ name, folder }) => !existsSync(join(folder, `${name}.beam`)));
  if (new Set(missing.map(({ name }) => name)).size < missing.length) throw new Error('two modules of the same name');
  if (missing.length > 0) {
    inScratchFolder((scratch) => {
      const files = missing.map(({ name }) => `${name}.${language}`);
      missing.forEach(({ source }, index) => {
        writeFileSync(join(scratch, files[index] as string), source);
      });
      run(join(root, 'bin', 'erlc'), ['+deterministic', ...flags, ...files], scratch);
      for (const { name, folder } of missing) {
        mkdirSync(folder, { recursive: true });
        renameSync(join(scratch, `${name}.beam`), join(folder, `${name}.beam`));
      }
    });
  }
  return modules.map(({ name, folder }) => join(folder, `${name}.beam`));
}

/** Evaluates Erlang expressions (each may be a sequence, `X = 1, X + 1`), each in a process of its own, in order. */
export function evalNative(expressions: readonly string[], options: RunOptions = {}): NativeResult[] {
  return perform(
    expressions.map((text) => request('e', [text])),
    expressions,
    [],
    options,
  );
}

/** Runs functions of OTP and of the given .beam files (or folders of them), each in a process of its own, in order. */
export function nativeModule(
  beams: string | readonly string[],
  calls: readonly NativeCall[],
  options: RunOptions = {},
): NativeResult[] {
  const folders = [beams].flat().map((path) => (path.endsWith('.beam') ? dirname(path) : path));
  const requests = calls.map((call) => {
    const name = [call.module, call.function];
    return typeof call.arguments === 'string'
      ? request('t', [...name, call.arguments])
      : request('b', [...name, ...call.arguments]);
  });
  const labels = calls.map((call) => `${call.module}:${call.function}, ${call.arguments}`);
  return perform(requests, labels, folders, options);
}

/** One request in the format that oracle-driver.erl explains. */
function request(kind: string, fields: readonly (string | Uint8Array)[]): Buffer {
  const parts = fields.flatMap((field) => [word(Buffer.byteLength(field)), Buffer.from(field)]);
  return Buffer.concat([Buffer.from(kind), word(fields.length), ...parts]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function perform(
  requests: readonly Buffer[],
  labels: readonly string[],
  folders: readonly string[],
  { release = 27, timeout = 60_000, flags = [] }: RunOptions,
): NativeResult[] {
  const driver = erlc(readFileSync(join(repositoryRoot, 'test', 'support', 'oracle-driver.erl'), 'utf8'), { release });
  return inScratchFolder((scratch) => {
    writeFileSync(join(scratch, 'requests'), Buffer.concat([word(timeout), ...requests]));
    const paths = [dirname(driver), ...folders].flatMap((folder) => ['-pa', folder]);
    const evaluate = `'oracle-driver':run("requests", "results"), halt().`;
    run(
      join(nativeRoot(release), 'bin', 'erl'),
      ['-noinput', '-boot', 'no_dot_erlang', '+S', '1', ...paths, ...flags, '-eval', evaluate],
      scratch,
    );
    return parseResults(readFileSync(join(scratch, 'results')), labels);
  });
}

function parseResults(bytes: Buffer, labels: readonly string[]): NativeResult[] {
  let at = 0;
  const take = (): Buffer => {
    const start = at + 4;
    at = start + bytes.readUInt32BE(at);
    return bytes.subarray(start, at);
  };
  const takeTerm = (): NativeTerm => ({ bytes: take(), text: take().toString() });
  return labels.map((label) => {
    const kind = String.fromCharCode(bytes.readUInt8(at++));
    const term = takeTerm();
    return toResult(kind, term, takeTerm(), label);
  });
}

function toResult(kind: string, term: NativeTerm, stack: NativeTerm, label: string): NativeResult {
  switch (kind) {
    case 'v':
      return { kind: 'value', value: term };
    case 'e':
      return { kind: 'raise', class: 'error', reason: term, stack };
    case 'x':
      return { kind: 'raise', class: 'exit', reason: term, stack };
    case 't':
      return { kind: 'raise', class: 'throw', reason: term, stack };
    case 'k':
      return { kind: 'killed', reason: term };
    case 'l':
      return { kind: 'timeout' };
    default:
      throw new Error(`not Erlang: ${label}`);
  }
}

function moduleName(source: string): string {
  const match = /(?:^-module\(|^\{module,\s*|^module\s+)(?:'([^']+)'|([a-z][\w@]*))/m.exec(source);
  const name = match?.[1] ?? match?.[2];
  if (name === undefined) throw new Error(`no module name in: ${source.slice(0, 200)}`);
  return name;
}

function inScratchFolder<Result>(work: (folder: string) => Result): Result {
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, 'scratch-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a program to its end and returns what it printed; throws with that and its errors if it fails. */
function run(program: string, args: readonly string[], folder: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1e9,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ERL_CRASH_DUMP_SECONDS: '0', ERL_FLAGS: '', ERL_COMPILER_OPTIONS: '[]' },
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${status}\n${stdout}${stderr}`);
  return stdout;
}
