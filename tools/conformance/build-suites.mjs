/**
 * Brings OTP's own test suites into a scratch folder (.cache/conformance/<release>/<app>_test) and compiles those that
 * are asked for: the sources from tools/otp --source, the compiler that of native OTP or the same one on Enigma.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runVm } from './vm.mjs';

const NO_OPTIMIZATION = 'no_bool_opt,no_share_opt,no_bsm_opt,no_fun_opt,no_ssa_opt,no_recv_opt';
const COMPILER_OPTIONS = 'clint,clint0,ssalint';

/** The variants that OTP's makefiles derive from a suite: tag, options of the compiler. */
const VARIANTS = {
  emulator: { no_opt: 'no_copt,no_postopt,no_ssa_opt,no_bsm_opt', native: '' },
  compiler: {
    no_opt: `${COMPILER_OPTIONS},no_copt,${NO_OPTIMIZATION},no_postopt`,
    no_ssa_opt: `${COMPILER_OPTIONS},${NO_OPTIMIZATION}`,
    post_opt: `${COMPILER_OPTIONS},no_copt,${NO_OPTIMIZATION}`,
    no_copt: `${COMPILER_OPTIONS},no_copt`,
    inline: `${COMPILER_OPTIONS},inline`,
    r23: `${COMPILER_OPTIONS},r23`,
    r24: `${COMPILER_OPTIONS},r24`,
    no_module_opt: `${COMPILER_OPTIONS},no_module_opt`,
    no_type_opt: `${COMPILER_OPTIONS},no_type_opt`,
    dialyzer: `${COMPILER_OPTIONS},dialyzer`,
  },
};

/** Files of other folders of the sources that the suites of an application use. */
const EXTRA_FILES = {
  emulator: ['lib/kernel/examples/gen_tcp_dist/src/gen_tcp_dist.erl'],
  stdlib: ['erts/emulator/test/erts_test_utils.erl', 'lib/sasl/test/otp_vsns.erl', 'otp_versions.table'],
  kernel: [
    'lib/sasl/test/otp_vsns.erl',
    'lib/stdlib/test/error_info_lib.erl',
    'otp_versions.table',
    'lib/kernel/examples/gen_tcp_dist/src/gen_tcp_dist.erl',
    'lib/kernel/examples/erl_uds_dist/src/erl_uds_dist.erl',
  ],
  compiler: [],
};

/** What configure would have put into the makefiles of the suites' port programs. */
const MAKEFILE_VALUES = [
  [/@exe@/g, ''],
  [/@obj@/g, '.o'],
  [/@dll@/g, '.so'],
  [/@EMULATOR@/g, 'beam'],
  [/@erl_name@/g, 'erl'],
  [/@DS@/g, '/'],
  [/@(CC|LD)@/g, 'cc'],
  [/@CFLAGS@/g, '-O1 -w'],
  [/@DEFS@/g, '-DHAVE_STRERROR=1 -DHAVE_UNISTD_H=1 -DHAVE_FCNTL_H=1 -DHAVE_SYS_IOCTL_H=1'],
  [/@(CROSSLDFLAGS|LIBS|SHLIB_RULES)@/g, ''],
  [/-I@erl_include@/g, ''],
  [/^include @.*$/gm, ''],
];

/**
 * Compiles the suites [app, name] that are not compiled yet, with what they need; returns the names of the files that
 * did not compile. `compiler` is a virtual machine ({ command, env }) that has OTP's compiler; `source` the root of the
 * sources; `build` the scratch folder; `native` a native OTP; `ebin` where suite_compiler.beam lies.
 */
export async function buildSuites({ native, source, build, ebin, compiler, jobs }, suites) {
  const failed = [];
  for (const app of new Set(suites.map(([name]) => name))) {
    const folder = join(build, `${app}_test`);
    copyTests(app, source, folder, native);
    const wanted = suites.filter(([name]) => name === app).map(([, suite]) => suite);
    const helpers = readdirSync(folder).filter((file) => file.endsWith('.erl') && !file.endsWith('_SUITE.erl'));
    const base = app === 'compiler' ? COMPILER_OPTIONS : '';
    const cores = readdirSync(folder).filter((file) => file.endsWith('.core'));
    // Helpers first: some are parse transforms or behaviours of the suites.
    const phases = [
      helpers.map((file) => [file, base]),
      [...wanted.flatMap((suite) => suiteFile(app, suite, folder, base)), ...cores.map((file) => [file, 'from_core'])],
    ];
    for (const phase of phases) {
      const missing = phase.filter(([file]) => !existsSync(beamOf(folder, file)) && !isKnownFailure(folder, file));
      await compileAll({ app, source, folder, ebin, compiler, jobs }, missing);
      failed.push(...missing.map(([file]) => file).filter((file) => !existsSync(beamOf(folder, file))));
    }
    writeFileSync(join(folder, '.failed'), `${[...knownFailures(folder), ...failed].join('\n')}\n`);
  }
  return failed;
}

function beamOf(folder, file) {
  return join(folder, file.replace(/\.(erl|core)$/, '.beam'));
}

/** Files that did not compile in an earlier run; some are not meant to. */
function knownFailures(folder) {
  const list = join(folder, '.failed');
  return existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : [];
}

function isKnownFailure(folder, file) {
  return knownFailures(folder).includes(file);
}

function copyTests(app, source, folder, native) {
  const stamp = join(folder, '.copied');
  if (existsSync(stamp)) return;
  const from = testFolder(app, source);
  cpSync(from, folder, { recursive: true });
  for (const file of EXTRA_FILES[app] ?? []) {
    const path = join(source, file);
    if (existsSync(path)) cpSync(path, join(folder, basename(file)));
  }
  const tickets = join(source, 'make', 'otp_version_tickets');
  if (app === 'stdlib' && existsSync(tickets))
    cpSync(tickets, join(folder, 'stdlib_SUITE_data', 'otp_version_tickets'));
  makePortPrograms(folder, join(native, 'bin'));
  writeFileSync(stamp, '');
}

function testFolder(app, source) {
  return app === 'emulator' ? join(source, 'erts', 'emulator', 'test') : join(source, 'lib', app, 'test');
}

/**
 * The external programs of the suites and what they want compiled beforehand, by OTP's own makefiles, the system's C
 * compiler and the `erlc` in `erlcFolder`. Drivers and NIFs are left out: a case that needs one fails natively too, so it
 * is not in the baseline.
 */
function makePortPrograms(folder, erlcFolder) {
  const env = { ...process.env, PATH: `${erlcFolder}:${process.env.PATH}` };
  for (const data of readdirSync(folder).filter((name) => name.endsWith('_SUITE_data'))) {
    const template = join(folder, data, 'Makefile.src');
    if (!existsSync(template)) continue;
    let text = readFileSync(template, 'utf8');
    for (const [pattern, value] of MAKEFILE_VALUES) text = text.replace(pattern, value);
    const makefile = join(folder, data, 'Makefile');
    if (existsSync(makefile)) chmodSync(makefile, 0o644);
    writeFileSync(makefile, text);
    spawnSync('make', ['-k'], { cwd: join(folder, data), stdio: 'ignore', env });
  }
}

/** The file of a suite with the options it is compiled with; a variant is first derived from its suite. */
function suiteFile(app, suite, folder, base) {
  const file = `${suite}.erl`;
  for (const [tag, options] of Object.entries(VARIANTS[app] ?? {})) {
    if (!suite.endsWith(`_${tag}_SUITE`)) continue;
    const stem = suite.slice(0, -`_${tag}_SUITE`.length);
    const original = join(folder, `${stem}_SUITE.erl`);
    if (!existsSync(original)) break;
    if (!existsSync(join(folder, file))) {
      const text = readFileSync(original, 'latin1');
      writeFileSync(join(folder, file), text.replace(`-module(${stem}_SUITE)`, `-module(${suite})`), 'latin1');
      const data = join(folder, `${stem}_SUITE_data`);
      if (existsSync(data)) cpSync(data, join(folder, `${suite}_data`), { recursive: true });
    }
    return [[file, options]];
  }
  return existsSync(join(folder, file)) ? [[file, base]] : [];
}

async function compileAll({ app, source, folder, ebin, compiler, jobs }, files) {
  if (files.length === 0) return;
  const lib = (name, part) => join(source, 'lib', name, part);
  const own = testFolder(app, source);
  const includes = [
    own,
    // For -include_lib of what the libraries' packages leave out.
    join(source, 'lib'),
    lib('common_test', 'include'),
    ...['kernel', 'stdlib'].flatMap((name) => [lib(name, 'include'), lib(name, 'src')]),
    join(own, '..', 'src'),
    join(own, '..', 'include'),
  ];
  const plans = Array.from({ length: Math.min(jobs, files.length) }, (_, job) =>
    files.filter((_file, index) => index % jobs === job),
  );
  mkdirSync(folder, { recursive: true });
  await Promise.all(
    plans.map((plan, job) => {
      const path = join(folder, `.plan-${job}`);
      const options = (extra) => ['debug_info', ...(extra === '' ? [] : extra.split(','))].join(', ');
      const paths = includes.map((include) => `{i, ${JSON.stringify(include)}}`).join(', ');
      writeFileSync(path, plan.map(([file, extra]) => `{"${file}", [${options(extra)}, ${paths}]}.\n`).join(''));
      const args = ['-noshell', '-pa', ebin, '-pa', folder, '-s', 'suite_compiler', 'main', '-extra', path];
      return runVm(compiler, args, { cwd: folder, log: join(folder, `compile-${job}.log`) });
    }),
  );
}
