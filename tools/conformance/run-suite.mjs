/**
 * Runs one suite through suite_runner.erl. A machine that crashes or hangs loses the case that was running ('crash',
 * 'timeout'); the suite goes on behind it in a fresh machine.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { killVm, startVm } from './vm.mjs';

const MAX_STARTS = 40;
/** What a silent machine gets on top of a case's own limit before it is taken for hung, in milliseconds. */
const GRACE = 45_000;
/** Output beyond this is no longer logged: some cases print without end. */
const MAX_LOG = 20_000_000;

/**
 * @param run { vm, build, ebin, work, cap, factor }: the machine, the folders, the milliseconds that a case may take
 *   and what the suites' own limits are multiplied by
 * @param suite { app, name, cases, done }: `cases` are the names to run (undefined: all), `done` those of an earlier run
 * @param report is told each result: { name, result, ms, reason }
 */
export async function runSuite(run, { app, name, cases, done }, report) {
  const log = openSync(join(run.work, `${app}.${name}.log`), 'a');
  const seen = new Set(done);
  const tell = (row) => {
    if (seen.has(row.name)) return;
    seen.add(row.name);
    report(row);
  };
  for (let starts = 0; starts < MAX_STARTS; starts++) {
    const before = seen.size;
    const end = await startOnce(run, { app, name, cases, seen: [...seen] }, log, tell);
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
  closeSync(log);
}

function startOnce(run, { app, name, cases, seen }, log, tell) {
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
  return follow(startVm(run.vm, args, run.work), run.cap + GRACE, log, tell);
}

/** Reads what the runner prints until the machine ends: { finished, running, hung, code }. */
function follow(child, silence, log, tell) {
  const end = { finished: false, running: undefined, hung: false, code: undefined };
  let logged = 0;
  let rest = '';
  let timer;
  const arm = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      end.hung = true;
      killVm(child);
    }, silence);
  };
  const line = (text) => {
    const start = /^run \S+ (\S+)$/.exec(text);
    const result = /^(ok|fail|skip|timeout) \S+ (\S+) (\d+)ms ?(.*)$/.exec(text);
    if (start !== null) end.running = start[1];
    else if (result !== null) {
      end.running = undefined;
      tell({ name: result[2], result: result[1], ms: Number(result[3]), reason: result[4] });
    } else if (/^done \S+ \d+ms$/.test(text)) end.finished = true;
    else return;
    arm();
  };
  const write = (bytes) => {
    logged += bytes.length;
    if (logged < MAX_LOG) writeSync(log, bytes);
  };
  arm();
  return new Promise((resolve) => {
    child.stdout.on('data', (bytes) => {
      write(bytes);
      const lines = (rest + bytes.toString()).split('\n');
      rest = (lines.pop() ?? '').slice(-100_000);
      lines.forEach(line);
    });
    child.stderr.on('data', write);
    child.on('error', (error) => write(Buffer.from(`${error.message}\n`)));
    child.on('exit', (code, signal) => {
      end.code = code ?? signal;
      // Programs that it left behind hold its output open.
      setTimeout(() => killVm(child), 300);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      end.code ??= code ?? signal;
      line(rest);
      resolve(end);
    });
  });
}
