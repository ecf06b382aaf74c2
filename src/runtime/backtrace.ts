/** A process's stack as text (erts_stack_dump in OTP's erl_process_dump.c, print_function_from_pc): what process_info item `backtrace` shows. */
import { load, plus } from '../memory/memory.ts';
import type { Machine, ReturnPointInfo } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import { atomName } from '../term/atoms.ts';
import { withoutContext } from '../term/bits.ts';
import type { Addr, Term } from '../term/layout.ts';
import { display } from '../term/print.ts';
import { END_OF_STACK, isCatchTag, isReturnAddress, pointOfWord } from '../term/stack-words.ts';

const HEX = 16;
const ADDRESS_DIGITS = 8;
const LABEL_COLUMNS = 8;

function address(n: number): string {
  return `0x${n.toString(HEX).padStart(ADDRESS_DIGITS, '0')}`;
}

function place({ module, name, arity, line }: ReturnPointInfo): string {
  return `(${atomName(module)}:${atomName(name)}/${arity} + ${line})`;
}

/** What a word of a frame holds. */
function content(vm: Machine, word: number): string {
  if (isCatchTag(word)) return `Catch ${address(pointOfWord(word))} ${place(vm.code.returnPoint(pointOfWord(word)))}`;
  return word === 0 || isReturnAddress(word) ? '[]' : display(withoutContext(word as Term));
}

/** The frames from `sp` on, innermost first; nothing of a sensitive process. Addresses are numbers of return points; the offset is the line. */
export function formatBacktrace(vm: Machine, process: Process, sp: Addr): string {
  if (process.isSensitive) return '';
  const lines: string[] = [];
  const { initialCall } = process;
  const first = load(sp);
  const counter = first === END_OF_STACK ? undefined : vm.code.returnPoint(pointOfWord(first));
  const at =
    counter === undefined
      ? `(${atomName(initialCall.module)}:${atomName(initialCall.name)}/${initialCall.arity} + 0)`
      : place(counter);
  lines.push(`Program counter: ${address(pointOfWord(first))} ${at}`);
  let frame = sp;
  for (let word = first; word !== END_OF_STACK; word = load(frame)) {
    const words = vm.code.frameWords(pointOfWord(word));
    const next = plus(frame, 4 * words);
    lines.push('');
    const below = load(next);
    const returns = below === END_OF_STACK ? '<terminate process normally>' : undefined;
    const label = returns ?? place(vm.code.returnPoint(pointOfWord(below)));
    lines.push(
      `${address(next)} Return addr ${address(pointOfWord(below))} ${label.startsWith('(') ? label : `(${label})`}`,
    );
    for (let i = 1; i < words; i++) {
      const name = `y(${i - 1})`.padEnd(LABEL_COLUMNS);
      lines.push(`${name} ${content(vm, load(plus(frame, 4 * i)))}`);
    }
    frame = next;
  }
  return `${lines.join('\n')}\n`;
}
