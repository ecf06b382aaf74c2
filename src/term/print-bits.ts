/** Bitstrings as text. */
import { bitSize, byteAt } from './bits.ts';
import type { Term } from './layout.ts';
import type { Budget } from './print.ts';

/** As erlang:display writes them: printable ASCII as a string, all else as numbers. */
export function displayBits(t: Term, budget: Budget): string {
  const size = bitSize(t);
  const count = Math.floor(size / 8);
  if (size % 8 === 0 && count > 0 && isPrintableAscii(t, count)) return displayText(t, count, budget);
  let text = '<<';
  for (let i = 0; i < count; i++) {
    text += `${i === 0 ? '' : ','}${byteAt(t, i)}`;
    if (budget.left-- <= 0) return text;
  }
  return `${text}${trailing(t, size, count)}>>`;
}

/** As io_lib writes them: always numbers. */
export function formatBits(t: Term): string {
  const size = bitSize(t);
  const count = Math.floor(size / 8);
  const numbers: number[] = [];
  for (let i = 0; i < count; i++) numbers.push(byteAt(t, i));
  return `<<${numbers.join()}${trailing(t, size, count)}>>`;
}

/** The bits behind the whole bytes: their value and their number. */
function trailing(t: Term, size: number, count: number): string {
  const bits = size % 8;
  if (bits === 0) return '';
  return `${count === 0 ? '' : ','}${byteAt(t, count) >>> (8 - bits)}:${bits}`;
}

function isPrintableAscii(t: Term, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const byte = byteAt(t, i);
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

function displayText(t: Term, count: number, budget: Budget): string {
  let text = '<<"';
  for (let i = 0; i < count; i++) {
    const byte = byteAt(t, i);
    text += byte === 0x22 ? '\\"' : String.fromCharCode(byte);
    if (budget.left-- <= 0) return text;
  }
  return `${text}">>`;
}
