/** What match specifications may ask of the stack below a call. */

import { load } from '../memory/memory.ts';
import type { Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import { formatBacktrace } from '../runtime/backtrace.ts';
import { charlist, stacktraceAt } from '../runtime/stack-trace.ts';
import { am } from '../term/atoms.ts';
import { makeBinary } from '../term/bits.ts';
import { tuple } from '../term/build.ts';
import type { Addr } from '../term/layout.ts';
import { END_OF_STACK, pointOfWord } from '../term/stack-words.ts';
import { makeSmall } from '../term/term.ts';
import { encodeUtf8 } from '../term/utf8.ts';
import type { CallStack } from './match-set.ts';

/** `frame` is the innermost frame below the call that is a function's. */
export function callStackAt(vm: Machine, process: Process, frame: Addr): CallStack {
  const word = load(frame);
  const caller = word === END_OF_STACK ? undefined : vm.code.returnPoint(pointOfWord(word));
  return {
    caller: () => (caller === undefined ? am.undefined : tuple(caller.module, caller.name, makeSmall(caller.arity))),
    callerLine: () => {
      if (caller === undefined) return am.undefined;
      const { module, name, arity, file, line } = caller;
      const location = line === 0 || file === undefined ? am.undefined : tuple(charlist(file), makeSmall(line));
      return tuple(module, name, makeSmall(arity), location);
    },
    stacktrace: (depth) => stacktraceAt(vm, frame, depth),
    dump: () => makeBinary(encodeUtf8(formatBacktrace(vm, process, frame))),
  };
}
