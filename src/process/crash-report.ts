/** What OTP says when a process ends with an error that nothing caught (terminate_proc, send_term_to_logger in OTP's utils.c). */
import { freeFragment } from '../memory/fragment.ts';
import { am, atom, atomName } from '../term/atoms.ts';
import { makeBigInt } from '../term/bignum.ts';
import { listOf, tuple } from '../term/build.ts';
import { NIL, type Term } from '../term/layout.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { formatTerm } from '../term/print.ts';
import { makeSmall } from '../term/term.ts';
import { buildFragment } from './fragment-building.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';
import { deliver } from './signals.ts';

const NO_NODE = 'nonode@nohost';
const WORDS_OF_CONS = 2;
const LABEL_WIDTH = 20;
/** Words of a report without its format and arguments. */
const REPORT_WORDS = 64;

/**
 * Sends the report to the process `logger`; where there is none, writes it to the host's error output. `reason` lies on the heap of
 * the process, which is active.
 */
export function reportCrash(vm: Machine, process: Process, reason: Term): void {
  const node = vm.nodes.self.name;
  const alive = atomName(node) !== NO_NODE;
  const format = alive
    ? 'Error in process ~p on node ~p with exit value:~n~p~n'
    : 'Error in process ~p with exit value:~n~p~n';
  const args = alive ? [process.pid, node, reason] : [process.pid, reason];
  const where = alive ? ` on node ${formatTerm(node)}` : '';
  const plain = `Error in process ${formatTerm(process.pid)}${where} with exit value:\n${formatTerm(reason)}\n`;
  report(vm, { level: am.error, format, args, plain, by: process, isOfProcess: true });
}

/** Reports that a process has reached max_heap_size; `facts` are what stands in the report's lines, by their labels. */
export function reportHeapLimit(vm: Machine, process: Process, facts: readonly (readonly [string, Term])[]): void {
  const node = vm.nodes.self.name;
  const alive = atomName(node) !== NO_NODE;
  const line = (label: string, value: string): string => `     ${label.padEnd(LABEL_WIDTH)}${value}`;
  const lines = (values: readonly string[], where: string, end: string): string =>
    [
      line('Process:', `${values[0]} ${where}`),
      line('Context:', 'maximum heap size reached'),
      ...facts.map(([label], i) => line(label, values[i + 1] as string)),
    ].join(end) + end;
  const values = [process.pid, ...facts.map(([, value]) => value)];
  const format = lines(
    values.map(() => '~p'),
    alive ? 'on node ~p' : '',
    '~n',
  );
  const plain = lines(values.map(formatTerm), alive ? `on node ${formatTerm(node)}` : '', '\n');
  const args = alive ? [process.pid, node, ...values.slice(1)] : values;
  report(vm, { level: am.error, format, args, plain, by: process, isOfProcess: true });
}

/** Tells the process `logger` of an error that belongs to no process (erts_send_error_to_logger_nogl). */
export function reportText(vm: Machine, text: string): void {
  tell(vm, am.error, text, false);
}

/** The same of what the running process does (erts_send_error_to_logger). */
export function reportError(vm: Machine, text: string): void {
  tell(vm, am.error, text, true);
}

/** Warns the process `logger` of what the running process does (erts_send_warning_to_logger); the flag +W says how seriously. */
export function reportWarning(vm: Machine, text: string): void {
  tell(vm, atom(vm.settings.warnings), text, true);
}

function tell(vm: Machine, level: Term, text: string, isOfProcess: boolean): void {
  const message = buildFragment(text.length * WORDS_OF_CONS, [], () => charactersOf(text));
  report(vm, { level, format: '~s~n', args: [message.term], plain: text, by: vm.current, isOfProcess });
  freeFragment(message);
}

interface Report {
  readonly level: Term;
  readonly format: string;
  readonly args: readonly Term[];
  /** What is written when there is no logger. */
  readonly plain: string;
  readonly by: Process;
  /** Whether its group leader is to know. */
  readonly isOfProcess: boolean;
}

function report(vm: Machine, { level, format, args, plain, by, isOfProcess }: Report): void {
  const { systemLogger } = vm;
  if (systemLogger === am.undefined) return;
  const chosen = vm.processes.byPid(systemLogger);
  // Who was chosen has ended: from now on it is the process `logger` again (erts_get_system_logger_proc).
  if (chosen === undefined) vm.systemLogger = am.logger;
  const logger = chosen ?? vm.registry.whereis(am.logger);
  if (logger === undefined || logger === by) {
    vm.host.writeError(`${plain}\n`);
    return;
  }
  const words = REPORT_WORDS + format.length * WORDS_OF_CONS;
  const message = buildFragment(words, [...args, by.groupLeader], (copies) => {
    const about: [Term, Term][] = [
      [am.error_logger, mapFromArrays([am.emulator, am.tag], [am.true, level])],
      ...(isOfProcess ? [[am.gl, copies[args.length] as Term] as [Term, Term]] : []),
      [am.pid, by.pid],
      [am.time, makeBigInt(vm.host.clock.systemNanoseconds() / 1000n)],
    ];
    const metadata = mapFromArrays(
      about.map(([key]) => key),
      about.map(([, value]) => value),
    );
    return tuple(am.log, level, charactersOf(format), listOf(copies.slice(0, args.length)), metadata);
  });
  deliver(vm, logger, message);
}

function charactersOf(text: string): Term {
  return text === '' ? NIL : listOf([...text].map((character) => makeSmall(character.charCodeAt(0))));
}
