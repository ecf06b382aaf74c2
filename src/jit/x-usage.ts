/** Which X registers an instruction reads and writes, for the analyses of one function's code (x-liveness.ts, raw-integers.ts). */
import type { MatchCommand, Operand } from '../isa/operands.ts';
import type { Instruction } from '../loader/beam-module.ts';

export interface XUsage {
  readonly reads: readonly number[];
  /** X registers below this are read too: arguments of a call. */
  readonly readsBelow: number;
  readonly writes: readonly number[];
  /** No X register but those written has a value behind it. */
  readonly forgets: boolean;
}

/** Roles of operands that are written. */
const writtenRoles = new Set(['dst', 'head', 'tail', 'marker']);
const families = new Set([
  'tests-compare',
  'lists-tuples',
  'arith',
  'bif-calls',
  'floats',
  'select',
  'maps',
  'bits-match',
]);
const others = new Set([
  'label',
  'line',
  'executable_line',
  'allocate',
  'allocate_heap',
  'test_heap',
  'deallocate',
  'trim',
  'init_yregs',
  'bs_create_bin',
  'make_fun3',
  'badmatch',
  'case_end',
  'try',
  'catch',
  'try_end',
]);

const ARGUMENT: Readonly<Record<string, number>> = {
  call: 0,
  call_only: 0,
  call_last: 0,
  call_ext: 0,
  call_ext_only: 0,
  call_ext_last: 0,
  call_fun: 1,
  apply: 2,
  apply_last: 2,
};

const NONE: readonly number[] = [];
const FINAL: XUsage = { reads: [0], readsBelow: 0, writes: NONE, forgets: true };

function countOf(operand: Operand | undefined): number {
  return operand?.kind === 'u' ? operand.value : 0;
}

/** Undefined: an instruction that these analyses need not know. */
export function xUsage({ op, args }: Instruction): XUsage | undefined {
  const { name } = op;
  const more = ARGUMENT[name];
  if (more !== undefined) return { reads: NONE, readsBelow: countOf(args[0]) + more, writes: [0], forgets: true };
  if (name === 'call_fun2') {
    const fun = args[2];
    return { reads: fun?.kind === 'x' ? [fun.index] : NONE, readsBelow: countOf(args[1]), writes: [0], forgets: true };
  }
  if (name === 'return') return FINAL;
  if (name === 'if_end') return { reads: NONE, readsBelow: 0, writes: NONE, forgets: true };
  if (!families.has(op.family) && !others.has(name)) return undefined;
  const reads: number[] = [];
  const writes: number[] = [];
  if (name === 'swap') {
    args.forEach((operand) => {
      noteX(operand, reads);
      noteX(operand, writes);
    });
    return { reads, readsBelow: 0, writes, forgets: false };
  }
  args.forEach((operand, i) => {
    const role = op.operands[i]?.role ?? '';
    if (isWritten(name, role)) noteX(operand, writes);
    else noteOperand(name, operand, reads, writes);
  });
  return { reads, readsBelow: 0, writes, forgets: false };
}

function isWritten(name: string, role: string): boolean {
  return name === 'put_list' ? role === 'dst' : writtenRoles.has(role);
}

function noteX(operand: Operand, list: number[]): void {
  if (operand.kind === 'x') list.push(operand.index);
}

function noteOperand(name: string, operand: Operand, reads: number[], writes: number[]): void {
  switch (operand.kind) {
    case 'x':
      reads.push(operand.index);
      break;
    case 'list': {
      // Pairs of get_map_elements: key, destination.
      const isGet = name === 'get_map_elements';
      operand.items.forEach((item, i) => {
        noteX(item, isGet && i % 2 === 1 ? writes : reads);
      });
      break;
    }
    case 'commands':
      for (const command of operand.items) noteCommand(command, writes);
      break;
    case 'segments':
      for (const { value, size } of operand.items) {
        noteX(value, reads);
        noteX(size, reads);
      }
      break;
  }
}

function noteCommand(command: MatchCommand, writes: number[]): void {
  if (command.op === 'integer' || command.op === 'binary' || command.op === 'get_tail') noteX(command.dst, writes);
}
