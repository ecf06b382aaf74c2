/** Monitors of local processes and ports, by identifier or by registered name. */
import type { Fragment } from '../memory/fragment.ts';
import type { Term } from '../term/layout.ts';
import type { Port } from './port.ts';
import type { RefKey } from './references.ts';

/**
 * When an alias ceases to be one: only by unalias/1; with its monitor; with its monitor or the first message that it
 * brings; with the first message that it brings (alias/1's option `reply`).
 */
export type AliasMode = 'explicit_unalias' | 'demonitor' | 'reply_demonitor' | 'reply';

export interface Monitor {
  readonly key: RefKey;
  /** Number of the process that watches, and of the one that is watched (-1 where that is a port or nothing). */
  readonly watcher: number;
  readonly target: number;
  /** The port that is watched. */
  readonly port: Port | undefined;
  /** The registered name that was asked for; undefined: a pid was. */
  readonly name: Term | undefined;
  /** First element of the message: `DOWN` or what monitor/3's option `tag` gave. The monitor owns it. */
  readonly tag: Fragment;
}
