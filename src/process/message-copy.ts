/** Where the copy of a message goes: to its receiver's heap, if that has room, else into a fragment (erts_alloc_message_heap in OTP's erl_message.c). */
import { type Fragment, fragmentOnHeap, immediateFragment } from '../memory/fragment.ts';
import { plus } from '../memory/memory.ts';
import { copyOutBehind, copyToHeap, staysWhereItIs } from '../term/copy.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';
import {
  type AroundReference,
  fragmentAroundReference,
  wordsAroundReference,
  writeAroundReference,
} from './fragment-building.ts';
import type { Process } from './process.ts';
import type { References } from './references.ts';

/** Every message on a heap is a root of each of its collections: of a long queue, most lie in fragments. */
const MAX_ON_HEAP = 256;

/** A copy of a message for a process, for `deliver` at once. Throws OutOfMemory. */
export function copyMessage(to: Process, message: Term): Fragment {
  if (staysWhereItIs(message)) return immediateFragment(message);
  if (mayLieOnHeap(to)) {
    const copy = copyToHeap(message, to.heap);
    if (copy !== NON_VALUE) return fragmentOnHeap(copy);
  }
  return copyOutBehind(message, 0, false);
}

/** The same for a tuple of immediates with a reference. */
export function messageAroundReference(to: Process, references: References, content: AroundReference): Fragment {
  const { heap } = to;
  const at = heap.nextFree;
  const end = plus(at, 4 * wordsAroundReference(content));
  if (end > heap.freeEnd || !mayLieOnHeap(to)) return fragmentAroundReference(references, content);
  heap.extendTo(end);
  return fragmentOnHeap(writeAroundReference(references, content, at));
}

/**
 * Not where somebody watches what messages take: process_flag(message_queue_data, off_heap) and the like, max_heap_size, or accounting of
 * memory, which is to grow when the message is received.
 */
function mayLieOnHeap({ otherFlags, heap, mailbox, traceState }: Process): boolean {
  return otherFlags === undefined && traceState === undefined && heap.limit.words === 0 && mailbox.onHeap < MAX_ON_HEAP;
}
