/** erl_crash.dump says of the same program what native OTP's says. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Ending, type RunOptions, runEnigma, runNative } from '../boot/run-both.ts';

const PROGRAM = `register(crashing, self()), ets:new(a_table, [named_table, ordered_set]), ets:insert(a_table, {a, 1}),
  put(key, {value, 1.5}), erlang:send_after(100000, self(), hello),
  self() ! {list_to_binary([1, 2, 3]), "list", 123456789012345678901234567890, #{a => 1}, 1.5, -7, [], {}},
  halt("a slogan").`.replaceAll('\n', ' ');

interface Dump {
  readonly ending: Ending;
  readonly text: string | undefined;
}

type Run = (args: readonly string[], options: RunOptions) => Ending;

function dumpOf(run: Run, expression: string, environment: Readonly<Record<string, string>> = {}): Dump {
  const cwd = mkdtempSync(join(tmpdir(), 'enigma-'));
  try {
    const options = { cwd, environment: { ERL_CRASH_DUMP_SECONDS: '-1', ...environment } };
    const ending = run(['-noshell', '-eval', expression], options);
    const file = join(cwd, environment.ERL_CRASH_DUMP ?? 'erl_crash.dump');
    return { ending, text: existsSync(file) ? readFileSync(file, 'utf8') : undefined };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** The sections of a dump by their headings. */
function sections(text: string): Map<string, string[]> {
  const parts = text.split(/^(?==)/m).map((part) => part.trimEnd().split('\n'));
  return new Map(parts.map(([heading = '', ...lines]) => [heading, lines]));
}

/** What holds for either emulator: names, first functions and queues of registered processes. */
function registered(text: string): string[][] {
  const facts = /^(State: Running|(Name|Spawned as|Message queue length): )/;
  const processes = [...sections(text)].filter(([heading]) => heading.startsWith('=proc:'));
  const named = processes.map(([, lines]) => lines.filter((line) => facts.test(line)));
  return named.filter((lines) => lines.some((line) => line.startsWith('Name: '))).sort();
}

/** The objects that can be reached from an element of a dump, without their addresses. */
function spelled(element: string, heap: ReadonlyMap<string, string>): string {
  return element.replaceAll(/H([0-9A-F]+)(?=$|[,|:])/g, (_, address: string) => {
    return `(${spelled(heap.get(address) ?? '?', heap)})`;
  });
}

function ofCrashing(text: string): object {
  const all = sections(text);
  const [heading = ''] = [...all].find(([, lines]) => lines.includes('Name: crashing')) ?? [];
  const pid = heading.slice('=proc:'.length);
  const objects = [...(all.get('=literals') ?? []), ...(all.get(`=proc_heap:${pid}`) ?? [])];
  const heap = new Map(objects.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
  const table = [...all.values()].find((lines) => lines.includes('Name: a_table')) ?? [];
  return {
    messages: all.get(`=proc_messages:${pid}`)?.map((line) => spelled(line, heap)),
    dictionary: all.get(`=proc_dictionary:${pid}`)?.map((line) => spelled(line, heap)),
    table: table.filter((line) => /^(Name|Ordered set .*|Objects|Type|Protection|Compressed): /.test(line)),
    timers: all.get(`=timer:${pid}`)?.[0],
    calls: all.get(`=proc_stack:${pid}`)?.flatMap((line) => line.match(/SReturn addr \S+ \((\S+)/)?.[1] ?? []),
  };
}

test('a dump after a slogan', async (t) => {
  const [ours, native] = [dumpOf(runEnigma, PROGRAM), dumpOf(runNative, PROGRAM)];
  const [text = '', expected = ''] = [ours.text, native.text];
  await t.test('what is said', () => assert.deepEqual(ours.ending, native.ending));
  await t.test('beginning and end', () => {
    const [heading, time = '', slogan] = text.split('\n');
    assert.deepEqual([heading, slogan], ['=erl_crash_dump:0.5', expected.split('\n')[2]]);
    assert.match(time, /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d \d{4}$/);
    assert.ok(text.endsWith('\n=end\n'));
  });
  await t.test('processes', () => assert.deepEqual(registered(text), registered(expected)));
  await t.test('terms', () => assert.deepEqual(ofCrashing(text), ofCrashing(expected)));
  await t.test('modules', () => {
    const attributes = (dump: string): string | undefined => sections(dump).get('=mod:lists')?.at(-2);
    assert.equal(attributes(text), attributes(expected));
  });
});

const limits: readonly Readonly<Record<string, string>>[] = [
  { ERL_CRASH_DUMP_SECONDS: '0' },
  { ERL_CRASH_DUMP_BYTES: '0' },
  { ERL_CRASH_DUMP_BYTES: '1000', ERL_CRASH_DUMP: 'another_name' },
  { ERL_CRASH_DUMP: '/no/such/folder/dump' },
];

for (const environment of limits) {
  test(`a dump with ${JSON.stringify(environment)}`, () => {
    const run = (which: Run): object => {
      const { ending, text } = dumpOf(which, 'halt("x").', environment);
      return { ending, size: text?.length, end: text?.slice(text.lastIndexOf('\n=')) };
    };
    assert.deepEqual(run(runEnigma), run(runNative));
  });
}
