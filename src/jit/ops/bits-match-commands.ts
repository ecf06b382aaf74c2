/**
 * bs_match: a list of commands that read fields of fixed sizes. All sizes are known, so every command is at a fixed distance from
 * where the instruction begins; the position is stored once, at the end. Short neighbours are read together.
 */
import type { MatchCommand, Operand, Reg } from '../../isa/operands.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import { rangeOfBits } from '../integer-range.ts';
import { ContextReader, isLittle, isSigned, tagSmall } from './bits-reader.ts';
import { MAX_BITS, swapped } from './bits-words.ts';
import { isUsedAsLong } from './raw-arith.ts';

/** A command that takes bits, and where they lie. */
interface Piece {
  readonly command: MatchCommand;
  readonly offset: number;
  readonly size: number;
}

/** Bits that one window gives at any alignment. */
const WINDOW_BITS = 25;

function sizeOf(command: MatchCommand): number {
  switch (command.op) {
    case 'integer':
    case 'binary':
      return command.size * command.unit;
    case 'skip':
    case '=:=':
      return command.bits;
    default:
      return 0;
  }
}

function piecesOf(commands: readonly MatchCommand[]): Piece[] {
  const pieces: Piece[] = [];
  let offset = 0;
  for (const command of commands) {
    const size = sizeOf(command);
    pieces.push({ command, offset, size });
    offset += size;
  }
  return pieces;
}

export function emitBsMatch(a: BeamAssembler, fail: Operand, context: Operand, list: Operand): void {
  if (list.kind !== 'commands') throw new TypeError('bs_match without commands');
  emitCommands(a, fail, context, list.items);
}

/** The commands, one after the other, on a context. */
export function emitCommands(
  a: BeamAssembler,
  fail: Operand,
  context: Operand,
  commands: readonly MatchCommand[],
): void {
  const reader = new ContextReader(a, context);
  const pieces = piecesOf(commands);
  const last = pieces.at(-1);
  const total = last === undefined ? 0 : last.offset + last.size;
  if (total > MAX_BITS) {
    // No bitstring is so long: an ensure_ fails before anything is read.
    a.w.i32Const(1);
    reader.failIf(fail);
  } else {
    for (let i = 0; i < pieces.length; ) i = emitPieces(a, fail, reader, pieces, i);
    reader.moveTo(total);
  }
  reader.done();
}

/** Emits the piece at `index`, or it and those behind it that are read together; returns the index behind. */
function emitPieces(
  a: BeamAssembler,
  fail: Operand,
  reader: ContextReader,
  pieces: readonly Piece[],
  index: number,
): number {
  const end = endOfGroup(pieces, index);
  if (end > index + 1) {
    emitGroup(a, fail, reader, pieces.slice(index, end));
    return end;
  }
  emitPiece(a, fail, reader, pieces[index] as Piece);
  return index + 1;
}

function isShort({ command, size }: Piece): boolean {
  if (size === 0 || size > WINDOW_BITS) return false;
  if (command.op === 'skip' || command.op === '=:=') return true;
  return command.op === 'integer' && (!isLittle(command.flags) || size <= 8);
}

/** Fields that are whole bytes are read one by one when the position is the start of a byte. */
const isWhole = ({ offset, size }: Piece): boolean => offset % 8 === 0 && size % 8 === 0;

/** Where a run of short pieces ends that begins with one that is not whole bytes; skips at its end do not count. */
function endOfGroup(pieces: readonly Piece[], index: number): number {
  const first = pieces[index] as Piece;
  if (!isShort(first) || isWhole(first) || first.command.op === 'skip') return index + 1;
  let end = index;
  for (let i = index; i < pieces.length; i++) {
    const piece = pieces[i] as Piece;
    if (!isShort(piece) || piece.offset + piece.size - first.offset > WINDOW_BITS) break;
    if (piece.command.op !== 'skip') end = i + 1;
  }
  return end;
}

function emitGroup(a: BeamAssembler, fail: Operand, reader: ContextReader, pieces: readonly Piece[]): void {
  const start = (pieces[0] as Piece).offset;
  const end = pieces.at(-1) as Piece;
  a.withTemporary((window) => {
    reader.readWindow(start, end.offset + end.size - start, window);
    for (const { command, offset, size } of pieces) {
      if (command.op === 'integer') {
        reader.pushFromWindow(window, offset - start, size, isSigned(command.flags));
        tagSmall(a);
        a.pop(command.dst);
      } else if (command.op === '=:=') {
        reader.pushFromWindow(window, offset - start, size, false);
        a.w.i32Const(Number(BigInt.asIntN(32, command.value)));
        a.w.i32Ne();
        reader.failIf(fail);
      }
    }
  });
}

function emitPiece(a: BeamAssembler, fail: Operand, reader: ContextReader, piece: Piece): void {
  const { command, offset, size } = piece;
  switch (command.op) {
    case 'ensure_at_least':
      reader.ensure(fail, command.bits);
      return reader.ensureUnit(fail, command.bits, command.unit);
    case 'ensure_exactly':
      return reader.ensure(fail, command.bits, true);
    case 'skip':
      return;
    case 'integer':
      return emitInteger(a, fail, reader, piece, command.flags, command.dst);
    case 'binary':
      reader.pushBits(offset, size);
      return a.pop(command.dst);
    case 'get_tail':
      reader.pushTail(offset);
      return a.pop(command.dst);
    case '=:=':
      return emitConstant(a, fail, reader, offset, size, command.value);
  }
}

function emitInteger(
  a: BeamAssembler,
  fail: Operand,
  reader: ContextReader,
  { offset, size }: Piece,
  flags: number,
  dst: Reg,
): void {
  const field = { offset, size, flags };
  if (ContextReader.isLongField(field)) {
    const range = rangeOfBits(size, isSigned(flags));
    reader.pushLong(field);
    if (isUsedAsLong(a, dst)) return a.raw.pop(dst, range);
    a.raw.pushBoxed(range);
  } else {
    reader.pushInteger(fail, field);
  }
  a.pop(dst);
}

/** Goes to fail unless the next bits are those of a constant. Whole bytes are compared as they lie. */
export function emitConstant(
  a: BeamAssembler,
  fail: Operand,
  reader: ContextReader,
  offset: number,
  size: number,
  value: bigint,
): void {
  const { w } = a;
  if (value < 0n || value >> BigInt(size) !== 0n) {
    w.i32Const(1);
    return reader.failIf(fail);
  }
  for (let done = 0; done < size; ) {
    const rest = size - done;
    const part = rest >= 32 ? 32 : rest === 24 ? 16 : rest;
    const expected = Number(BigInt.asUintN(part, value >> BigInt(rest - part)));
    pushConstantPart(a, reader, offset + done, part, expected);
    reader.failIf(fail);
    done += part;
  }
}

/** Pushes something else than 0 unless the next 1 to 32 bits are these. */
function pushConstantPart(
  a: BeamAssembler,
  reader: ContextReader,
  offset: number,
  size: number,
  expected: number,
): void {
  const { w } = a;
  const isWholeBytes = offset % 8 === 0 && (size === 8 || size === 16 || size === 32);
  const field = { offset, size, flags: 0 };
  if (!isWholeBytes) {
    reader.pushRaw(field);
    w.i32Const(expected);
    return w.i32Ne();
  }
  reader.pushDifference(field, expected, swapped(expected, size / 8));
}
