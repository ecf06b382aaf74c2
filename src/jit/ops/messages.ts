/** Sending and receiving. A process that waits has left its function, to be re-entered at the receive's `loop_rec`. */
import type { Operand } from '../../isa/operands.ts';
import { MESSAGE, MESSAGE_CURSOR, STATUS, STATUS_WAIT } from '../../memory/map.ts';
import type { Target } from '../analysis.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';
import { finishCall, pushX } from './calls.ts';

/** The BIF does all of it, and may suspend the process. */
function emitSend(a: BeamAssembler): void {
  pushX(a, 2);
  a.w.call(a.translator.bifNamed('bif', 'erlang', '!', 2));
  finishCall(a);
}

function emitLoopRec(a: BeamAssembler, empty: Operand, dst: Operand): void {
  a.w.i32Const(0);
  a.w.i32Load(MESSAGE);
  a.w.localTee(a.registerLocal(dst));
  a.w.i32Eqz();
  a.branchIf(a.label(empty));
}

/** The next message is the next word, as long as the runtime has laid out some. */
function emitLoopRecEnd(a: BeamAssembler, next: Operand): void {
  const { w } = a;
  a.withTemporary((message) => {
    w.i32Const(0);
    w.i32Const(0);
    w.i32Load(MESSAGE_CURSOR);
    w.i32Const(4);
    w.i32Add();
    w.localTee(message);
    w.i32Store(MESSAGE_CURSOR);
    w.i32Const(0);
    w.localGet(message);
    w.i32Load(0);
    w.localTee(message);
    w.i32Store(MESSAGE);
    w.localGet(message);
    w.i32Eqz();
    w.if();
    a.callRuntime('loopRecEnd');
    w.end();
  });
  a.branch(a.label(next));
}

/** Leaves the function until a message arrives. */
function leaveToWait(a: BeamAssembler, next: Operand): void {
  const target = a.plan.target(a.label(next)) as Target;
  a.frame.leave(a.frame.pointOf(target), a.slots, true);
}

function emitWait(a: BeamAssembler, next: Operand): void {
  a.w.i32Const(0);
  a.w.i32Const(STATUS_WAIT);
  a.w.i32Store(STATUS);
  leaveToWait(a, next);
}

/** When the time is up the process looks at its messages once more, finds none, comes here again and is told so. */
function emitWaitTimeout(a: BeamAssembler, next: Operand, time: Operand): void {
  const { w } = a;
  a.push(time);
  a.callRuntime('waitTimeout');
  w.i32Eqz();
  w.if();
  leaveToWait(a, next);
  w.end();
}

function emitTimeout(a: BeamAssembler): void {
  a.callRuntime('timeout');
}

function emitRemoveMessage(a: BeamAssembler): void {
  a.callRuntime('removeMessage');
}

function emitRecvMarkerReserve(a: BeamAssembler, marker: Operand): void {
  a.callRuntime('recvMarkerReserve');
  a.pop(marker);
}

function emitRecvMarkerBind(a: BeamAssembler, marker: Operand, reference: Operand): void {
  a.push(marker);
  a.push(reference);
  a.callRuntime('recvMarkerBind');
}

function emitRecvMarkerClear(a: BeamAssembler, reference: Operand): void {
  a.push(reference);
  a.callRuntime('recvMarkerClear');
}

function emitRecvMarkerUse(a: BeamAssembler, reference: Operand): void {
  a.push(reference);
  a.callRuntime('recvMarkerUse');
}

/** `recv_mark` and `recv_set` of OTP 23 and before only save looking at messages that cannot match. */
function emitNothing(): void {}

export const messageEmitters: EmitterTable = {
  send: emitSend,
  loop_rec: emitLoopRec,
  loop_rec_end: emitLoopRecEnd,
  remove_message: emitRemoveMessage,
  wait: emitWait,
  wait_timeout: emitWaitTimeout,
  timeout: emitTimeout,
  recv_marker_reserve: emitRecvMarkerReserve,
  recv_marker_bind: emitRecvMarkerBind,
  recv_marker_clear: emitRecvMarkerClear,
  recv_marker_use: emitRecvMarkerUse,
  recv_mark: emitNothing,
  recv_set: emitNothing,
};
