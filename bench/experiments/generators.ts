/**
 * The road not taken: processes as generator functions, and as stacks that the engine switches (JSPI). Hand-written forms of programs of
 * `npm run bench`: `node --expose-gc --experimental-wasm-stack-switching dist/bench/experiments/generators.js`. docs/EXPERIMENTS.md has the figures.
 */
import { ModuleBuilder } from '../../src/wasm/module-builder.ts';
import { externref, i32 } from '../../src/wasm/types.ts';

type Body = Generator<undefined, unknown, undefined>;

const BUDGET = 4000;
const ROUNDS = 7;
const SUSPENDED = 100_000;

/** A process: a generator that yields when its budget is used up or its mailbox is empty. */
class Task {
  readonly mailbox: unknown[] = [];
  isQueued = false;
  readonly body: Body;

  constructor(body: (self: Task) => Body) {
    this.body = body(this);
  }
}

const state = { reductions: BUDGET };
const queue: Task[] = [];

function enqueue(task: Task): void {
  if (task.isQueued) return;
  task.isQueued = true;
  queue.push(task);
}

function send(task: Task, message: unknown): void {
  task.mailbox.push(message);
  enqueue(task);
}

function spawn(body: (self: Task) => Body): Task {
  const task = new Task(body);
  enqueue(task);
  return task;
}

/** Runs until nobody is ready; a task whose mailbox is empty when it yields waits. */
function run(): void {
  for (let at = 0; at < queue.length; at++) {
    const task = queue[at] as Task;
    task.isQueued = false;
    state.reductions = BUDGET;
    const { done } = task.body.next();
    if (done !== true && state.reductions <= 0) enqueue(task);
    if (at > 10_000) {
      queue.splice(0, at + 1);
      at = -1;
    }
  }
  queue.length = 0;
}

/** Every function that may be on the stack of a process that yields must be a generator itself. */
function* fib(n: number): Generator<undefined, number, undefined> {
  if (--state.reductions <= 0) yield;
  if (n < 2) return n;
  return (yield* fib(n - 1)) + (yield* fib(n - 2));
}

/** The same with plain functions: they cannot yield. */
function plainFib(n: number): number {
  if (--state.reductions <= 0) state.reductions = BUDGET;
  return n < 2 ? n : plainFib(n - 1) + plainFib(n - 2);
}

function* receive(self: Task): Generator<undefined, unknown, undefined> {
  while (self.mailbox.length === 0) yield;
  return self.mailbox.shift();
}

function* forward(self: Task, next: () => Task): Body {
  for (;;) {
    const n = (yield* receive(self)) as number;
    if (n < 0) return n;
    send(next(), n - 1);
  }
}

/** 100 processes, 100,000 messages, as bench/programs/processes/ring.erl. */
function ring(): void {
  const tasks: Task[] = [];
  for (let i = 0; i < 100; i++) tasks.push(spawn((self) => forward(self, () => tasks[(i + 1) % 100] as Task)));
  send(tasks[0] as Task, 100_000);
  run();
}

function* child(parent: Task, n: number): Body {
  if (--state.reductions <= 0) yield;
  return send(parent, n);
}

/** 100,000 processes, one after the other, as spawn_reap.erl. */
function spawnReap(): void {
  spawn(function* parent(self) {
    for (let n = 100_000; n > 0; n--) {
      spawn(() => child(self, n));
      yield* receive(self);
    }
    return 'done';
  });
  run();
}

/** Two processes that yield to each other. */
function switches(): void {
  const turns = function* turns(): Body {
    for (let i = 0; i < 500_000; i++) {
      state.reductions = 0;
      yield;
    }
    return undefined;
  };
  spawn(turns);
  spawn(turns);
  run();
}

/** Suspended `depth` calls deep: every resumption goes through all of them. */
function* deep(depth: number, turns: number): Generator<undefined, number, undefined> {
  if (depth > 0) return 1 + (yield* deep(depth - 1, turns));
  for (let i = 0; i < turns; i++) yield;
  return 0;
}

function deepSwitches(): void {
  for (const _ of deep(100, 10_000));
}

/** Bytes of V8's heap for a process that waits `depth` calls deep. */
function suspendedBytes(depth: number): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) return Number.NaN;
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: SUSPENDED / 10 }, () => {
    const task = new Task(function* body() {
      yield* deep(depth, 1);
    });
    task.body.next();
    return task;
  });
  collect();
  return (process.memoryUsage().heapUsed - before) / kept.length;
}

function least(work: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return Math.min(...times);
}

interface SwitchingFunction {
  new (type: object, f: unknown, how: object): WebAssembly.ExportValue;
}

/** A wasm function that calls its import, which gives a promise, so many times: each call leaves the stack and comes back to it. */
async function stackSwitching(turns: number): Promise<number> {
  const m = new ModuleBuilder();
  const pause = m.importFunction('host', 'pause', m.type([externref], [i32]));
  const main = m.declareFunction(m.type([externref, i32], [i32]));
  const b = m.body(main);
  const loop = b.loop();
  b.localGet(b.param(0));
  b.call(pause);
  b.drop();
  b.localGet(b.param(1));
  b.i32Const(1);
  b.i32Sub();
  b.localTee(b.param(1));
  b.brIf(loop);
  b.end(loop);
  b.i32Const(0);
  b.finish();
  m.exportFunction('main', main);
  const Switching = (WebAssembly as unknown as { Function: SwitchingFunction }).Function;
  const ready = Promise.resolve(0);
  const type = { parameters: ['externref'], results: ['i32'] };
  const imported = new Switching(type, () => ready, { suspending: 'first' });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(m.finish().bytes), {
    host: { pause: imported as WebAssembly.ImportValue },
  });
  const promising = { parameters: ['i32'], results: ['externref'] };
  const start = new Switching(promising, instance.exports.main, { promising: 'first' }) as unknown as (
    n: number,
  ) => Promise<number>;
  await start(turns);
  const started = performance.now();
  await start(turns);
  const switching = performance.now() - started;
  return switching;
}

const lines: readonly (readonly [string, () => void])[] = [
  [
    'fib(32), generators',
    () => {
      spawn(() => fib(32));
      run();
    },
  ],
  ['fib(32), plain functions', () => void plainFib(32)],
  ['ring', ring],
  ['spawn_reap', spawnReap],
  ['1,000,000 switches, 1 deep', switches],
  ['10,000 switches, 100 deep', deepSwitches],
];
for (const [name, work] of lines) process.stdout.write(`${name.padEnd(30)} ${least(work).toFixed(1)} ms\n`);
for (const depth of [0, 1, 10]) {
  process.stdout.write(`waiting, ${depth} calls deep        ${suspendedBytes(depth).toFixed(0)} bytes\n`);
}
try {
  process.stdout.write(`100,000 switches by promises   ${(await stackSwitching(100_000)).toFixed(1)} ms\n`);
} catch (error) {
  process.stdout.write(`no stack switching: ${String(error)}\n`);
}
