/** What `npm run bench` runs: the modules in bench/programs/, and what each may take. */

export interface Program {
  /** Module, and file under programs/. */
  readonly name: string;
  readonly what: string;
  /** The most that its time may be, as a multiple of native OTP's. */
  readonly target: number;
  /** Runs in each round. */
  readonly runs: number;
}

export const PROGRAMS: readonly Program[] = [
  { name: 'fib', what: 'fib(32)', target: 1.3, runs: 3 },
  { name: 'tak', what: 'tak(24, 16, 8)', target: 1.3, runs: 5 },
  { name: 'nrev', what: 'naive reverse of 1,000', target: 2.0, runs: 10 },
  { name: 'qsort', what: 'quicksort of 100,000', target: 1.5, runs: 3 },
  { name: 'map_fun', what: 'lists:map, 10,000 elements, 20 times', target: 1.5, runs: 5 },
  { name: 'map_fun_long', what: 'lists:map, 1,000,000 elements', target: 1.5, runs: 2 },
  { name: 'bin_append', what: '500,000 bytes appended one by one', target: 1.5, runs: 3 },
  { name: 'bin_fields', what: '200,000 binaries of fields', target: 1.5, runs: 3 },
  { name: 'match_bytes', what: '1 MiB by bytes', target: 1.5, runs: 3 },
  { name: 'match_fields', what: '1 MiB by fields of 4 to 24 bits', target: 1.5, runs: 3 },
  { name: 'match_words', what: '1 MiB by 32-bit integers', target: 1.5, runs: 3 },
  { name: 'match_utf8', what: '1 MB by UTF-8 characters', target: 1.5, runs: 3 },
  { name: 'map_fold', what: 'maps:fold over 100,000 keys', target: 1.5, runs: 3 },
  { name: 'mix64', what: 'hashes and generators on 64 bits', target: 1.5, runs: 3 },
  { name: 'mix32', what: 'generators on 31 to 59 bits', target: 1.5, runs: 3 },
  { name: 'rand_exsss', what: 'rand:uniform_s, 50,000 times', target: 1.5, runs: 3 },
  { name: 'catch_throw', what: 'exceptions: local, of BIFs, 50 calls deep', target: 1.5, runs: 3 },
  { name: 'body', what: 'body recursion, 1,000,000 deep', target: 1.5, runs: 2 },
  { name: 'ring', what: '100 processes pass 100,000 messages', target: 2.0, runs: 2 },
  { name: 'spawn_reap', what: '100,000 processes, one after the other', target: 2.0, runs: 1 },
  { name: 'spawn_monitors', what: '20,000 monitored processes at once', target: 2.5, runs: 2 },
  { name: 'ping_pong', what: 'two processes, 50,000 messages each', target: 1.5, runs: 2 },
  { name: 'gen_call', what: 'gen_server:call, 20,000 times', target: 1.5, runs: 2 },
  { name: 'selective', what: '300 receives behind 999 messages', target: 1.5, runs: 5 },
  { name: 'big_messages', what: '2,000 messages of 1,000 elements', target: 1.5, runs: 3 },
  { name: 'ets_set', what: 'ETS set, 100,000 rows in and out', target: 1.5, runs: 2 },
  { name: 'ets_ordered', what: 'ETS ordered_set, 100,000 rows in and out', target: 1.5, runs: 2 },
];

/** Modules of OTP that the programs call, and those that an undefined function needs. */
export const OTP_MODULES = [
  'erts/erlang',
  'kernel/error_handler',
  'stdlib/gen',
  'stdlib/gen_server',
  'stdlib/lists',
  'stdlib/maps',
  'stdlib/rand',
];

/** The most milliseconds that loading all of stdlib may take. */
export const STDLIB_TARGET = 2000;

/** Bytes that objects must take. */
export const SIZE_TARGETS = { cons: 8, '2-tuple': 12, float: 12 } as const;
