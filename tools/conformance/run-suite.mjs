/**
 * Runs one suite through suite_runner.erl. A machine that crashes or hangs loses the case that was running ('crash',
 * 'timeout'); the suite goes on behind it in a fresh machine.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { followVm } from './vm.mjs';

const MAX_STARTS = 40;
/** What a silent machine gets on top of a case's own limit before it is taken for hung, in milliseconds. */
const GRACE = 45_000;

/**
 * @param run { vm, build, ebin, work, cap, factor }: the machine, the folders, the milliseconds that a case may take
 *   and what the suites' own limits are multiplied by
 * @param suite { app, name, cases, done }: `cases` are the names to run (undefined: all), `done` those of an earlier run
 * @param report is told each result: { name, result, ms, reason }
 */
export async function runSuite(run, { app, name, cases, done }, report) {
  const seen = new Set(done);
  const tell = (row) => {
    if (seen.has(row.name)) return;
    seen.add(row.name);
    report(row);
  };
  for (let starts = 0; starts < MAX_STARTS; starts++) {
    const before = seen.size;
    const end = await startOnce(run, { app, name, cases, seen: [...seen] }, tell);
    if (end.finished) break;
    const [result, why] = end.hung ? ['timeout', 'the machine hung'] : ['crash', `the machine ended: ${end.code}`];
    if (end.running !== undefined) tell({ name: end.running, result, ms: 0, reason: why });
    if (seen.size === before) {
      // It ends before any case: all that is left is lost to the same cause.
      for (const lost of cases ?? []) tell({ name: lost, result, ms: 0, reason: `${why}, before the case` });
      break;
    }
  }
  for (const lost of cases ?? []) tell({ name: lost, result: 'missing', ms: 0, reason: 'never reached' });
}

async function startOnce(run, { app, name, cases, seen }, tell) {
  const list = (kind, names) => {
    const file = join(run.work, `${app}.${name}.${kind}`);
    writeFileSync(file, names.join('\n'));
    return `${kind}=@${file}`;
  };
  const priv = join(run.work, 'priv', app);
  mkdirSync(priv, { recursive: true });
  const settings = [`suite=${name}`, `priv=${priv}`, `cap=${run.cap}`, `factor=${run.factor}`];
  if (cases !== undefined) settings.push(list('cases', cases));
  if (seen.length > 0) settings.push(list('skip', seen));
  const folders = [run.ebin, join(run.build, `${app}_test`)];
  const args = ['-noshell', '-pa', ...folders, '+S', '1:1', '-s', 'suite_runner', 'main', '-extra', ...settings];
  let running;
  let finished = false;
  const line = (text) => {
    const start = /^run \S+ (\S+)$/.exec(text);
    const result = /^(ok|fail|skip|timeout) \S+ (\S+) (\d+)ms ?(.*)$/.exec(text);
    if (start !== null) running = start[1];
    else if (result !== null) {
      running = undefined;
      tell({ name: result[2], result: result[1], ms: Number(result[3]), reason: result[4] });
    } else if (/^done \S+ \d+ms$/.test(text)) finished = true;
    else return false;
    return true;
  };
  const log = join(run.work, `${app}.${name}.log`);
  const end = await followVm(run.vm, args, { cwd: run.work, log, silence: run.cap + GRACE, line });
  return { ...end, finished, running };
}
