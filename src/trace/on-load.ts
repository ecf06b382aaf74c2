/** The trace pattern for modules that are loaded later (change_on_load_trace_pattern in OTP's erl_bif_trace.c). */
import { NIL, type Term } from '../term/layout.ts';
import type { Breakpoints, PatternChange } from './breakpoints.ts';
import { isBreakpoint, NO_PATTERN, type PatternFlags, type TraceSession } from './sessions.ts';

const KEYS = ['local', 'meta', 'callCount', 'callTime', 'callMemory'] as const satisfies (keyof PatternFlags)[];

export function changeOnLoad({ session, setting, flags, matchSet, metaTracer }: PatternChange): void {
  const { onLoad } = session;
  const isOn = setting !== 'off';
  const wants = isBreakpoint(flags);
  if (flags.local || !wants) onLoad.matchSet = matchSet;
  if (flags.meta) {
    onLoad.metaMatchSet = matchSet;
    onLoad.metaTracer = metaTracer;
  } else if (!wants) {
    onLoad.metaMatchSet = undefined;
    onLoad.metaTracer = NIL;
  }
  const counts = setting === 'on';
  const asked = counts ? flags : { ...flags, callCount: false, callTime: false, callMemory: false };
  const had = isBreakpoint(onLoad.flags);
  if (had && wants) {
    for (const key of KEYS) {
      if (isOn ? asked[key] : flags[key]) onLoad.flags[key] = isOn;
    }
    if (!isBreakpoint(onLoad.flags)) onLoad.on = isOn;
  } else if (!had && !wants) {
    onLoad.on = isOn;
  } else if (isOn) {
    onLoad.flags = wants ? { ...asked } : { ...NO_PATTERN };
    onLoad.on = wants ? isBreakpoint(onLoad.flags) : true;
  }
}

/** A module has become current: what the sessions want of modules that are loaded later (erts_set_trace_pattern in erl_bif_load.c). */
export function moduleLoaded(breakpoints: Breakpoints, sessions: readonly TraceSession[], module: Term): void {
  for (const session of sessions) {
    const { on, flags, matchSet, metaMatchSet, metaTracer } = session.onLoad;
    if (!on) continue;
    const pattern = { module, name: undefined, arity: undefined };
    const change = { session, setting: 'on', metaTracer } as const;
    if (!isBreakpoint(flags)) breakpoints.change(pattern, { ...change, flags, matchSet });
    const local = { ...flags, meta: false };
    if (isBreakpoint(local)) breakpoints.change(pattern, { ...change, flags: local, matchSet });
    if (!flags.meta) continue;
    breakpoints.change(pattern, { ...change, flags: { ...NO_PATTERN, meta: true }, matchSet: metaMatchSet });
  }
}
