import { execFileSync } from 'node:child_process';
/**
 * OTP's own test suites on Enigma, beside what native OTP makes of them.
 *
 *   npm run conformance -- [option...]
 *
 *   --otp 27|25           whose suites and libraries; 27 unless told
 *   --app NAME            emulator, stdlib, kernel or compiler; all unless told
 *   --suite NAME          one suite; may be given more than once
 *   --case NAME           one case of it: prints its result and keeps nothing
 *   --cap SECONDS         what a case may take besides three times its native time: 60 unless told; more where other
 *                         programs keep the processors busy
 *   --jobs N              machines at the same time; as many as there are processors unless told
 *   --resume              goes on where the last run was ended
 *   --compile-on-enigma   compiles the suites with OTP's compiler running on Enigma
 *   --baseline            runs them on native OTP instead, and keeps that as the baseline of those that have none
 *   --quick               the few suites of test/conformance/quick.tsv; exit code 1 if a case fails that passed before
 *   --stress              collects garbage at every safe point; exit code 1 if a case fails that passes without
 *
 * Only cases that pass natively count (test/conformance/baseline-otp<release>.tsv). A case that is lost, hangs or ends
 * the machine has failed. Keeps the results in test/conformance/results-otp<release>.tsv and writes docs/CONFORMANCE.md.
 * The suites lie in .cache/conformance/<release>, with a log for each in work/.
 */
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { build, otp, root } from '../prepare.mjs';
import { buildSuites } from './build-suites.mjs';
import { printTotals, suiteLine, writeReport } from './report.mjs';
import { baselineFile, data, keepResults, RESULT_FIELDS, resultsFile } from './results.mjs';
import { runSuite } from './run-suite.mjs';
import { groupBy, readTable, steadyReason, writeTable } from './tables.mjs';
import { runVm } from './vm.mjs';

const RELEASES = ['25', '27'];
const MAYBE_IS_ENABLED = 27;
/** The most that a case of a baseline may take, whose native time is not known yet; in milliseconds. */
const BASELINE_CAP = 600_000;
/** What suites' own limits are multiplied by: a suite may take three times its native time. */
const FACTOR = 3;
const STRESS_FACTOR = 10;
const RUNNERS = ['suite_runner', 'suite_surroundings', 'suite_compiler'];

function readOptions() {
  const { values } = parseArgs({
    options: {
      otp: { type: 'string', default: '27' },
      app: { type: 'string' },
      suite: { type: 'string', multiple: true },
      case: { type: 'string' },
      cap: { type: 'string', default: '60' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      resume: { type: 'boolean', default: false },
      'compile-on-enigma': { type: 'boolean', default: false },
      baseline: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      stress: { type: 'boolean', default: false },
    },
  });
  if (!RELEASES.includes(values.otp)) throw new Error(`--otp ${values.otp}: one of ${RELEASES.join(', ')}`);
  if (!/^[1-9]\d*$/.test(values.jobs)) throw new Error(`--jobs ${values.jobs}: a number`);
  if (!/^[1-9]\d*$/.test(values.cap)) throw new Error(`--cap ${values.cap}: a number of seconds`);
  return { ...values, jobs: Number(values.jobs), cap: 1000 * Number(values.cap) };
}

/** The machines and folders of a run. */
function settle(options) {
  const native = otp('--native', options.otp);
  // Suites use `maybe`, which OTP 25 and 26 load only where it is enabled.
  const features = Number(options.otp) < MAYBE_IS_ENABLED ? ['-enable-feature', 'maybe_expr'] : [];
  const store = join(root, '.cache', 'conformance', options.otp);
  const nativeVm = { command: [join(native, 'bin', 'erl'), ...features], env: {} };
  const enigmaVm = {
    command: [process.execPath, join(root, 'dist', 'src', 'cli', 'main.js'), ...features],
    // Suites that start another machine call it `erl`.
    env: {
      ENIGMA_OTP: otp(options.otp),
      PATH: `${join(store, 'bin')}:${process.env.PATH}`,
      ...(options.stress ? { ENIGMA_GC_STRESS: '1' } : {}),
    },
  };
  const folder = (name) => join(store, options['compile-on-enigma'] ? `${name}-enigma` : name);
  const kind = ['baseline', 'stress', 'quick'].find((name) => options[name]);
  return {
    native,
    vm: options.baseline ? nativeVm : enigmaVm,
    compiler: options['compile-on-enigma'] ? enigmaVm : nativeVm,
    ebin: join(store, 'ebin'),
    build: folder('suites'),
    work: folder(kind === undefined ? 'work' : `work-${kind}`),
    factor: options.baseline ? 1 : FACTOR * (options.stress ? STRESS_FACTOR : 1),
  };
}

/** The suites to run: { app, name, cases, nativeMs }, longest first; `cases` are those that pass natively. */
function chooseSuites(options) {
  const baseline = groupBy(
    readTable(baselineFile(options.otp)).filter((row) => row[3] === 'ok'),
    (row) => `${row[0]}/${row[1]}`,
  );
  const listed = options.quick ? readTable(join(data, 'quick.tsv')) : readTable(join(data, 'suites.tsv'));
  const wanted = listed
    .filter(([app, name]) => [undefined, app].includes(options.app) && (options.suite?.includes(name) ?? true))
    .map(([app, name]) => {
      const rows = baseline.get(`${app}/${name}`);
      const cases = rows?.map((row) => row[2]);
      const times = (rows ?? []).map((row) => Number(row[4]));
      return { app, name, cases, longest: Math.max(0, ...times), nativeMs: times.reduce((sum, ms) => sum + ms, 0) };
    });
  if (wanted.length === 0) throw new Error('no such suite in test/conformance/suites.tsv');
  if (options.baseline) {
    const known = new Set(readTable(baselineFile(options.otp)).map((row) => `${row[0]}/${row[1]}`));
    const named = options.suite !== undefined;
    return wanted
      .filter(({ app, name }) => named || !known.has(`${app}/${name}`))
      .map((s) => ({ ...s, cases: undefined }));
  }
  const chosen = wanted.filter(({ cases }) => cases !== undefined);
  if (options.case !== undefined) return chosen.map((suite) => ({ ...suite, cases: [options.case] }));
  return chosen.sort((a, b) => b.nativeMs - a.nativeMs);
}

async function prepare(options, run, suites) {
  mkdirSync(run.ebin, { recursive: true });
  execFileSync(process.execPath, [join(root, 'bin', 'enigma'), 'shims', join(run.ebin, '..', 'bin')], {
    env: { ...process.env, ENIGMA_OTP: otp(options.otp) },
  });
  const sources = RUNNERS.map((name) => join(root, 'tools', 'conformance', `${name}.erl`));
  const erlc = { command: [join(run.native, 'bin', 'erlc')], env: {} };
  const status = await runVm(erlc, ['-o', run.ebin, ...sources], { cwd: run.ebin, log: join(run.ebin, 'log') });
  if (status !== 0) throw new Error(`the runner does not compile: ${join(run.ebin, 'log')}`);
  const source = join(otp('--source', options.otp), 'otp');
  const names = suites.map(({ app, name }) => [app, name]);
  const failed = await buildSuites({ ...run, source, jobs: options.jobs }, names);
  if (failed.length > 0) console.log(`did not compile: ${failed.join(' ')}`);
}

/** Rows of the ended run that is gone on with: finished suites, and cases by suite. */
function earlier(journal) {
  const rows = readTable(journal);
  return {
    finished: new Set(rows.filter((row) => row[2] === '-').map((row) => `${row[0]}/${row[1]}`)),
    cases: groupBy(
      rows.filter((row) => row[2] !== '-'),
      (row) => `${row[0]}/${row[1]}`,
    ),
  };
}

/** Runs all; returns the rows of results: app, suite, case, result, ms, reason. */
async function runAll(options, run, suites) {
  const journal = join(run.work, 'journal.tsv');
  mkdirSync(run.work, { recursive: true });
  if (!options.resume) rmSync(journal, { force: true });
  if (!existsSync(journal)) writeTable(journal, RESULT_FIELDS, []);
  const before = earlier(journal);
  const queue = suites.filter(({ app, name }) => !before.finished.has(`${app}/${name}`));
  const next = async () => {
    for (let suite = queue.shift(); suite !== undefined; suite = queue.shift()) {
      const { app, name } = suite;
      const kept = before.cases.get(`${app}/${name}`) ?? [];
      const rows = [...kept];
      if (kept.length === 0) writeFileSync(join(run.work, `${app}.${name}.log`), '');
      const started = Date.now();
      const ours = (options.cap + FACTOR * suite.longest) * (options.stress ? STRESS_FACTOR : 1);
      const limits = { ...run, cap: options.baseline ? BASELINE_CAP : ours };
      await runSuite(limits, { ...suite, done: kept.map((row) => row[2]) }, (result) => {
        const reason =
          result.result === 'ok' ? '' : steadyReason(result.reason, [run.work, run.build, run.native, root]);
        const row = [app, name, result.name, result.result, result.ms, reason];
        rows.push(row);
        appendFileSync(journal, `${row.join('\t')}\n`);
      });
      appendFileSync(journal, `${app}\t${name}\t-\tdone\t${Date.now() - started}\t\n`);
      console.log(suiteLine(suite, rows, Date.now() - started));
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, next));
  const chosen = new Set(suites.map(({ app, name }) => `${app}/${name}`));
  return readTable(journal).filter((row) => row[2] !== '-' && chosen.has(`${row[0]}/${row[1]}`));
}

/** Whether no case failed that passes in the results kept. */
function holdsUp(options, rows) {
  const passed = new Set(
    readTable(resultsFile(options.otp))
      .filter((row) => row[3] === 'ok')
      .map((row) => row.slice(0, 3).join('/')),
  );
  const lost = rows.filter((row) => row[3] !== 'ok' && passed.has(row.slice(0, 3).join('/')));
  for (const row of lost) console.log(`passed before: ${row.slice(0, 4).join(' ')} ${row[5]}`);
  return lost.length === 0;
}

async function main() {
  const options = readOptions();
  const started = Date.now();
  build();
  const run = settle(options);
  const suites = chooseSuites(options);
  await prepare(options, run, suites);
  console.log(`${suites.length} suites, ${options.jobs} at a time; ready after ${seconds(started)} s`);
  const rows = await runAll(options, run, suites);
  if (options.case === undefined) printTotals(suites, rows, options.baseline);
  else for (const row of rows) console.log(row.slice(2).join(' '));
  console.log(`took ${seconds(started)} s; logs in ${relative(root, run.work)}`);
  if (options.quick || options.stress) {
    if (!holdsUp(options, rows)) process.exitCode = 1;
  } else if (options.baseline) keepResults(baselineFile(options.otp), rows);
  else if (options.case === undefined) {
    keepResults(resultsFile(options.otp), rows);
    writeReport(RELEASES);
  }
}

function seconds(since) {
  return Math.round((Date.now() - since) / 1000);
}

try {
  await main();
} catch (error) {
  console.error(`conformance: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
