/**
 * A larger native stack: processes that recurse deeply need not be unwound at the end of each slice where it holds several slices' frames
 * (Scheduler.prolong). V8 takes its size from Node's command line only, and believes it; the system gives the main thread what `ulimit -s`
 * says, 8 MiB as a rule, of which arguments and environment may take a quarter.
 */

/** For sh: sets `stack` to the option for Node, or to nothing where the limit is small. The head of bin/enigma says the same. */
export const STACK_OPTION_SCRIPT =
  'case $(ulimit -s) in [89]??? | ?????*) stack=--stack-size=3900 ;; *) stack= ;; esac';
