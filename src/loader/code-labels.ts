/** Checks that labels are defined once and that jumps and calls go where they may. */
import type { OpcodeRow } from '../isa/opcodes.ts';
import type { Operand } from '../isa/operands.ts';
import type { BeamFunction } from './beam-module.ts';
import { corrupt, LoadError } from './load-error.ts';

/**
 * Collects labels and references to them while code is read. Instructions are known by their index in the code, so that
 * what a label belongs to can be told once the functions are.
 */
export class CodeLabels {
  /** Labels are below this. */
  readonly count: number;
  private readonly definedAt: Int32Array;
  /** Pairs: label, index of the instruction that jumps to it. */
  private readonly jumps: number[] = [];
  /** Pairs: label, arity of the call. */
  private readonly calls: number[] = [];
  private functionOfInstruction: Int32Array = new Int32Array(0);

  constructor(count: number) {
    this.count = count;
    this.definedAt = new Int32Array(count).fill(-1);
  }

  /** Takes note of the labels that an operand of instruction `index` defines (`u`) or jumps to. */
  note(operand: Operand, index: number): void {
    if (operand.kind === 'u') {
      this.define(operand.value, index);
    } else if (operand.kind === 'f') {
      if (operand.label > 0) this.jumps.push(operand.label, index);
    } else if (operand.kind === 'list') {
      for (const item of operand.items) {
        if (item.kind === 'f') this.jumps.push(item.label, index);
      }
    }
  }

  /** Takes note of a call of a function of this module. */
  noteCall(args: readonly Operand[], op: OpcodeRow): void {
    if (op.operands[1]?.kind !== 'entry') return;
    const [arity, target] = args;
    if (arity?.kind === 'u' && target?.kind === 'f') this.calls.push(target.label, arity.value);
  }

  private define(label: number, index: number): void {
    if (label < 1 || label >= this.count) throw new LoadError('badfile', `label ${label} is not below ${this.count}`);
    if (this.definedAt[label] !== -1) throw new LoadError('badfile', `label ${label} is defined twice`);
    this.definedAt[label] = index;
  }

  /** Says which instructions make up which function: `starts` are the indices of their first ones. */
  setFunctionStarts(starts: readonly number[], end: number): void {
    this.functionOfInstruction = new Int32Array(end);
    for (const [i, start] of starts.entries()) this.functionOfInstruction.fill(i, start, starts[i + 1] ?? end);
  }

  /** Checks all jumps and calls; returns the functions by their entry labels. */
  check(functions: readonly BeamFunction[]): Map<number, number> {
    for (let i = 0; i < this.jumps.length; i += 2) {
      const label = this.jumps[i] ?? 0;
      const definedAt = this.definedAt[label] ?? -1;
      const from = this.functionOfInstruction[this.jumps[i + 1] ?? 0];
      if (definedAt < 0) corrupt('Code', `label ${label} is not defined`);
      if (this.functionOfInstruction[definedAt] !== from) {
        corrupt('Code', `function ${functions[from ?? 0]?.name} jumps to label ${label} of another function`);
      }
    }
    const byLabel = new Map(functions.map(({ entryLabel }, i) => [entryLabel, i]));
    for (let i = 0; i < this.calls.length; i += 2) {
      const label = this.calls[i] ?? 0;
      const arity = this.calls[i + 1];
      if (functions[byLabel.get(label) ?? -1]?.arity !== arity) {
        corrupt('Code', `label ${label} is not the entry of a function of arity ${arity}`);
      }
    }
    return byLabel;
  }
}
