/**
 * Compiles OTP's libraries on native OTP and with the same compiler on Enigma, and compares the bytes.
 *
 *   npm run selfhost -- [option...] [module...]
 *
 *   --otp 27|25       whose libraries and compiler; 27 unless told
 *   --app NAME        an application; may be given more than once. kernel, stdlib and compiler unless told
 *   --all             every application
 *   --jobs N          machines at the same time; as many as there are processors unless told
 *   --resume          leaves alone what an earlier run has compiled on Enigma
 *
 * Options of the compiler: deterministic, debug_info. A module that native OTP does not compile from the source package
 * (something that its makefile generates is missing) is left out and counted. Exit code 1 if bytes differ.
 * The files lie in .cache/selfhost/<release>/{native,enigma}/<app>, the machines' output in log.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { followVm, runVm } from '../conformance/vm.mjs';
import { build, otp, root } from '../prepare.mjs';
import { otpModules } from './modules.mjs';

/** The most that a module may take, in milliseconds. */
const LIMIT = 600_000;
const DEFAULT_APPS = ['kernel', 'stdlib', 'compiler'];

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      otp: { type: 'string', default: '27' },
      app: { type: 'string', multiple: true, default: DEFAULT_APPS },
      all: { type: 'boolean', default: false },
      jobs: { type: 'string', default: String(availableParallelism()) },
      resume: { type: 'boolean', default: false },
    },
  });
  if (!/^[1-9]\d*$/.test(values.jobs)) throw new Error(`--jobs ${values.jobs}: a number`);
  return { ...values, jobs: Number(values.jobs), names: positionals };
}

function beamPath(store, side, { app, name }) {
  return join(store, side, app, `${name}.beam`);
}

/**
 * Compiles the modules on a machine, `jobs` at a time; those that took a machine down are 'crash' or 'timeout', and the
 * rest goes on in a fresh one. Returns results by module: { ms } or { failed: reason }.
 */
async function compileAll(side, vm, { store, ebin, jobs }, modules) {
  const results = new Map();
  for (const module of modules) {
    const beam = beamPath(store, side, module);
    mkdirSync(dirname(beam), { recursive: true });
    rmSync(beam, { force: true });
  }
  const queue = [...modules];
  const work = async (job) => {
    while (queue.length > 0) await compileSome(side, vm, { store, ebin, job, jobs }, queue, results);
  };
  await Promise.all(Array.from({ length: jobs }, (_, job) => work(job)));
  return results;
}

/** Takes a share of the queue and compiles it on one machine; what that did not come to goes back. */
async function compileSome(side, vm, { store, ebin, job, jobs }, queue, results) {
  const share = queue.splice(0, Math.max(1, Math.min(25, Math.ceil(queue.length / jobs))));
  const plan = join(store, `${side}-${job}.plan`);
  const text = (value) => JSON.stringify(value);
  const terms = share.map((module) => {
    const { version } = module;
    const macros = version === undefined ? [] : [`{d, '${version.macro}', ${text(version.value)}}`];
    const includes = module.includes.map((folder) => `{i, ${text(folder)}}`);
    const options = ['deterministic', 'debug_info', ...macros, ...includes];
    const beam = beamPath(store, side, module);
    return `{${text(module.name)}, ${text(module.source)}, ${text(beam)}, [${options.join(', ')}]}.\n`;
  });
  writeFileSync(plan, terms.join(''));
  let running;
  const line = (words) => {
    const match = /^(start|done|failed) (\S+) ?(.*)$/.exec(words);
    if (match === null) return false;
    running = match[1] === 'start' ? match[2] : undefined;
    if (match[1] === 'done') results.set(match[2], { ms: Number(match[3]) });
    if (match[1] === 'failed') results.set(match[2], { failed: match[3] });
    return true;
  };
  const args = ['-noshell', '-pa', ebin, '-s', 'selfhost_compiler', 'main', '-extra', plan];
  const end = await followVm(vm, args, { cwd: store, log: join(store, `${side}-${job}.log`), silence: LIMIT, line });
  const left = share.filter(({ name }) => !results.has(name));
  if (left.length === 0) return;
  const lost = left.find(({ name }) => name === running) ?? left[0];
  results.set(lost.name, { failed: end.hung ? 'timeout' : `the machine ended: ${end.code}` });
  queue.push(...left.filter((module) => module !== lost));
}

function compare(store, modules, enigma) {
  const counts = new Map();
  const differing = [];
  for (const module of modules) {
    const count = counts.get(module.app) ?? { all: 0, same: 0 };
    counts.set(module.app, count);
    count.all++;
    const ours = beamPath(store, 'enigma', module);
    const same = existsSync(ours) && readFileSync(ours).equals(readFileSync(beamPath(store, 'native', module)));
    if (same) count.same++;
    else differing.push(`${module.app}/${module.name}: ${enigma.get(module.name)?.failed ?? 'other bytes'}`);
  }
  return { counts, differing };
}

async function main() {
  const options = readOptions();
  const started = Date.now();
  build();
  const native = otp('--native', options.otp);
  const bin = join(native, 'bin');
  const store = join(root, '.cache', 'selfhost', options.otp);
  const ebin = join(store, 'ebin');
  mkdirSync(ebin, { recursive: true });
  const compiler = join(root, 'tools', 'selfhost', 'selfhost_compiler.erl');
  await runVm({ command: [join(bin, 'erlc')], env: {} }, ['-o', ebin, compiler], { cwd: ebin, log: join(ebin, 'log') });
  const source = join(otp('--source', options.otp), 'otp');
  const listed = otpModules({ source, scratch: join(store, 'generated'), bin }, options.all ? [] : options.app);
  const chosen = listed.filter(({ name }) => options.names.length === 0 || options.names.includes(name));
  const run = { store, ebin, jobs: options.jobs };
  const nativeVm = { command: [join(bin, 'erl'), '+S', '1:1'], env: {} };
  const missing = chosen.filter((module) => !existsSync(beamPath(store, 'native', module)));
  const failures = await compileAll('native', nativeVm, run, missing);
  for (const [name, { failed }] of failures)
    if (failed) console.log(`not compiled natively: ${name} ${failed.slice(0, 200)}`);
  const modules = chosen.filter((module) => existsSync(beamPath(store, 'native', module)));
  console.log(`${modules.length} modules; ready after ${seconds(started)} s`);
  const enigmaVm = {
    command: [process.execPath, join(root, 'dist', 'src', 'cli', 'main.js')],
    env: { ENIGMA_OTP: otp(options.otp) },
  };
  const todo = modules.filter((module) => !options.resume || !existsSync(beamPath(store, 'enigma', module)));
  const enigma = await compileAll('enigma', enigmaVm, run, todo);
  const { counts, differing } = compare(store, modules, enigma);
  for (const line of differing) console.log(`differs: ${line}`);
  for (const [app, { all, same }] of counts) console.log(`${app}: ${same} of ${all} modules are the same bytes`);
  console.log(
    `${modules.length - differing.length} of ${modules.length} agree, in ${seconds(started)} s; ${relative(root, store)}`,
  );
  if (differing.length > 0) process.exitCode = 1;
}

function seconds(since) {
  return Math.round((Date.now() - since) / 1000);
}

try {
  await main();
} catch (error) {
  console.error(`selfhost: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
