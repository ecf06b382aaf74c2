/**
 * Where words live that both generated code and TypeScript use: fixed byte addresses at the bottom of linear memory.
 * The only home of these numbers.
 *
 *    64  VM registers (below: never used, so that address 0 is no object)
 *  1024  X registers, 1,024 words: arguments and values while no generated code runs (inside a function they are locals)
 *  5120  messages that a receive may look at
 *  8192  scratch, 8 KiB: short-lived bytes that a single runtime function fills and reads
 * 16384  end of the fixed part; everything from here on is given out by memory/allocator.ts
 */
import type { Addr } from '../term/layout.ts';

/** First free byte of the current heap chunk. */
export const HTOP = 64 as Addr;
/** End of the current heap chunk: an object must end at or below it. */
export const HEND = 68 as Addr;
/** Reductions left. Set to 0 to make the process come to a safe point at the next function entry. */
export const REDUCTIONS = 72 as Addr;
/** Lowest word of the stack block in use. */
export const STACK_LOW = 80 as Addr;
/** Erlang stack pointer, valid whenever the trampoline is not running. */
export const SP = 84 as Addr;
/** Why generated code returned 0: one of the STATUS_ constants. */
export const STATUS = 88 as Addr;
/** Where frames of functions that are being left with 0 gather, innermost first; the trampoline moves them to the stack. */
export const UNWIND_BASE = 76 as Addr;
/** End of the gathered frames; UNWIND_BASE when there are none. */
export const UNWIND_TOP = 96 as Addr;
/** Function to call next, table slot << 8 | arity, its arguments in X registers (STATUS_CALL, RUN_CALL). */
export const SLOT = 92 as Addr;
/** Address of the return point table. */
export const RETURN_POINTS = 100 as Addr;
/** Non-zero: something other than code wants the process at its next safe point (collection, exit signal …). */
export const ATTENTION = 104 as Addr;
/** A number that goes with STATUS (the import that was undefined, the function whose clauses failed). */
export const STATUS_ARGUMENT = 108 as Addr;
/** Where `run` goes on: RUN_CALL (SLOT and X registers) or RUN_RETURN (X0 to the frame at SP). */
export const RUN_MODE = 112 as Addr;
/** Receive: the message of the running process that is to be looked at next; 0: there is none. */
export const MESSAGE = 116 as Addr;

/** First object (bin ref or magic ref, as address; 0 ends the list) of the running process's heap that owns something off-heap. */
export const OFF_HEAP = 120 as Addr;
/** Bytes of off-heap binaries that the running process has come to own since its last collection (OTP's virtual binary heap). */
export const OFF_HEAP_BYTES = 124 as Addr;
/** How many more slices the running process may be given while its frames are on the native stack (emitPause in jit/prelude.ts). */
export const SLICES_IN_PLACE = 144 as Addr;
/** Receive: where among MESSAGES the message in MESSAGE stands; at MESSAGES itself unless a receive has stepped over some. */
export const MESSAGE_CURSOR = 136 as Addr;

/** Not 0 while calls of some BIF are traced: BIFs then go without kernels. */
export const TRACED_BIFS = 148 as Addr;
/** Pid of the running process. */
export const CURRENT_PID = 140 as Addr;

/** How atoms' texts begin: address of a table of words, and for how many atoms it has one (memory/atom-orders.ts). */
export const ATOM_ORDERS = 152 as Addr;
export const ATOM_ORDER_COUNT = 156 as Addr;
/** Atoms as the external term format has them: address of a table (memory/external-kernels.ts), 0 before it is first needed. */
export const ENCODED_ATOMS = 160 as Addr;

/** The literal area that is being released (memory/released-literals.ts): its literals are copied like other objects. No bytes: none is. */
export const RELEASED_START = 128 as Addr;
export const RELEASED_BYTES = 132 as Addr;

export const X_REGISTERS = 1024 as Addr;
export const MAX_X_REGISTERS = 1024;
/** Receive: messages that follow each other in the mailbox; 0 ends them (process/message-window.ts). */
export const MESSAGES = 5120 as Addr;
export const MAX_SHOWN_MESSAGES = 700;
export const SCRATCH = 8192 as Addr;
export const SCRATCH_BYTES = 8192;
export const FIXED_END = 16384 as Addr;

/** Reductions ran out, or ATTENTION is set; X0 is to be given to the frame at SP. */
export const STATUS_YIELD = 1;
/** An exception was raised; the process object has class, reason and trace; SP is the raising frame. */
export const STATUS_RAISE = 2;
/** A receive found no message; the frame at SP goes on at its `loop_rec`. */
export const STATUS_WAIT = 3;
/** A BIF asks for SLOT to be called with the X registers; its value goes to the frame at SP (OTP's BIF_TRAP). */
export const STATUS_CALL = 4;
/** The same; the frame at SP, which applied a BIF that does nothing but raise, will be given no value. */
export const STATUS_CALL_RAISER = 11;
/** The export in STATUS_ARGUMENT (its table slot) has no code; arguments in X registers. */
export const STATUS_UNDEFINED = 5;
/** The closure in the X register behind its arguments (STATUS_ARGUMENT of them) has no code. */
export const STATUS_UNDEFINED_LAMBDA = 9;
/** The process is suspended by a BIF, which will be given a value later; goes on at the frame at SP. */
export const STATUS_SUSPEND = 6;
/** The process's first function returned; its value is X0. */
export const STATUS_DONE = 7;
/** A breakpoint (STATUS_ARGUMENT: which kind); the frame at SP goes on behind it, with the function's arguments. */
export const STATUS_BREAKPOINT = 10;
/** Bits of the byte that tells a function's breakpoints. */
export const LOCAL_BREAKPOINT = 1;
export const GLOBAL_BREAKPOINT = 2;
export const RUN_CALL = 0;
export const RUN_RETURN = 1;

/**
 * Return points: where a frame on the stack goes on. A return address is `point << STACK_TAG_SHIFT | RETURN_TAG`.
 * Eight bytes each: +0 table slot of the resume function, +4 pc << 11 | words of the frame (return address and registers).
 * pc 0: a place that can only raise. Point 0 is the end of every stack.
 */
export const RETURN_POINT_BYTES = 8;
/** Bits of the arity in SLOT. */
export const ARITY_BITS = 8;
export const RETURN_POINT_FRAME_BITS = 11;

/** What a budget check takes off for each so many bytes that the function may need on the native stack (see FunctionFrame). */
export const NATIVE_BYTES_PER_REDUCTION = 180;
/** The most reductions a slice may have: they bound what it puts on the native stack. */
export const MAX_SLICE_REDUCTIONS = 4000;
/** The native stack that every host has (984 KB in Node's main thread), and what of it is left to TypeScript. */
export const LEAST_NATIVE_STACK = 984 * 1024;
export const NATIVE_STACK_RESERVE = LEAST_NATIVE_STACK - MAX_SLICE_REDUCTIONS * NATIVE_BYTES_PER_REDUCTION;
/** The most slices whose frames may be on the native stack. */
export const MAX_SLICES_ON_STACK = 5;
/** Room for their frames, which take less than half of that here. */
export const UNWIND_BYTES = 2 ** 21;
