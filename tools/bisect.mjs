/**
 * Finds the function that the translator gets wrong: `node tools/bisect.mjs COMMAND ARGUMENT…`. The command starts Enigma and fails (exit
 * status other than 0) because of the fault. It is run again and again with other functions translated without optimizations
 * (ENIGMA_PLAIN), until one is left that must be for the command to pass. Exit status: 0 found, 1 not to be found so, 2 wrong use.
 */
import { spawnSync } from 'node:child_process';
import process, { argv, env, stderr, stdout } from 'node:process';

const HIGHEST = 0xffffffff;
const [command, ...args] = argv.slice(2);

function run(plain, more = {}) {
  const { status, stderr: text } = spawnSync(command, args, {
    env: { ...env, ENIGMA_PLAIN: plain, ...more },
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 2 ** 30,
  });
  return { passes: status === 0, text };
}

const range = (first, last) => `${first.toString(16)}-${last.toString(16)}`;

function end(status, message) {
  (status === 0 ? stdout : stderr).write(`${message}\n`);
  process.exit(status);
}

if (command === undefined) end(2, 'usage: node tools/bisect.mjs COMMAND ARGUMENT…');
if (run('').passes) end(1, 'the command passes with all optimizations: nothing to find');
if (!run('all').passes) end(1, 'the command fails without optimizations, too: they are not the reason');

let [first, last] = [0, HIGHEST];
while (first < last) {
  const middle = first + Math.floor((last - first) / 2);
  const { passes } = run(range(first, middle));
  if (!passes && !run(range(middle + 1, last)).passes) {
    end(1, `more than one function must be plain: with hashes ${range(first, middle)} and ${range(middle + 1, last)}`);
  }
  if (passes) last = middle;
  else first = middle + 1;
  stderr.write(`${range(first, last)}\n`);
}
const { text } = run(range(first, last), { ENIGMA_TRACE_LOAD: '1' });
const found = [...new Set([...text.matchAll(/^plain (.*)$/gm)].map(([, name]) => name))];
const names =
  found.length > 0
    ? found.join(' ')
    : 'with ENIGMA_TRACE_LOAD=1 the name is written to standard error, which the command hides';
end(0, `ENIGMA_PLAIN=${range(first, last)}: ${names}`);
