/** How often each function was called, from the start on (switch ENIGMA_COUNT_CALLS): call_count breakpoints of a session of our own. */
import { atom, atomName } from '../term/atoms.ts';
import { NIL } from '../term/layout.ts';
import type { ProcessTracing } from './events.ts';
import { NO_PATTERN, type TraceSession } from './sessions.ts';

const COUNT_WIDTH = 12;

/** Counts calls of all functions, also of modules that are loaded later. */
export function countCalls({ sessions, breakpoints }: ProcessTracing): TraceSession {
  const session = sessions.create(atom('count_calls'), NIL);
  const flags = { ...NO_PATTERN, callCount: true };
  session.onLoad.on = true;
  session.onLoad.flags = flags;
  const everything = { module: undefined, name: undefined, arity: undefined };
  breakpoints.change(everything, { session, setting: 'on', flags, matchSet: undefined, metaTracer: NIL });
  return session;
}

/** A line for each of the `most` functions that were called most, and one for all of them together. */
export function callCountLines({ breakpoints }: ProcessTracing, session: TraceSession, most: number): string {
  const counts = breakpoints
    .countsOf(session)
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
  const line = (count: number, text: string): string => `${String(count).padStart(COUNT_WIDTH)}  ${text}\n`;
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  return (
    counts
      .slice(0, most)
      .map(({ name, count }) => line(count, `${atomName(name.module)}:${atomName(name.name)}/${name.arity}`))
      .join('') + line(all, `calls of ${counts.length} functions`)
  );
}
