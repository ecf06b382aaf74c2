/** What `npm run bench` runs: the modules in bench/programs/<group>/, and what each may take. */

export const GROUPS = {
  calls: 'calls and arithmetic',
  lists: 'lists and closures',
  maps: 'maps, sets, trees',
  binaries: 'binaries',
  processes: 'processes',
  ets: 'ETS',
  text: 'text',
  programs: 'whole programs',
} as const;

export type Group = keyof typeof GROUPS;

export interface Program {
  /** Module, and file under programs/<group>/. */
  readonly name: string;
  readonly group: Group;
  readonly what: string;
  /** Runs in each round. */
  readonly runs: number;
  /** The most that its time may be, as a multiple of native OTP's. */
  readonly target: number;
}

/** No program may take more. */
const AT_MOST = 2.5;

/** The most that the geometric mean of a group's ratios may be, and that of all. */
export const MEAN_TARGETS: Readonly<Partial<Record<Group | 'all' | 'cold', number>>> = {
  calls: 1.1,
  lists: 0.9,
  all: 1.0,
  cold: 2.0,
};

type Line = readonly [name: string, what: string, runs: number, target?: number];

const of = (group: Group, lines: readonly Line[]): Program[] =>
  lines.map(([name, what, runs, target = AT_MOST]) => ({ name, group, what, runs, target }));

export const PROGRAMS: readonly Program[] = [
  ...of('calls', [
    ['fib', 'fib(32)', 3, 1.3],
    ['tak', 'tak(24, 16, 8)', 5, 1.3],
    ['ackermann', 'Ackermann of (2, 900), (3, 7)', 3],
    ['body', 'body recursion, 1,000,000 deep', 2, 1.5],
    ['catch_throw', 'exceptions: local, of BIFs, 50 calls deep', 3],
    ['mix64', 'hashes and generators on 64 bits', 2],
    ['mix32', 'generators on 31 to 59 bits', 3],
    ['rand_exsss', 'rand:uniform_s, 50,000 times', 3],
    ['pi_digits', '1,000 digits of pi', 1],
    ['mod_power', 'powers modulo 521 bits', 3],
    ['n_body', 'n-body, 5,000 steps', 3],
    ['mandelbrot', 'mandelbrot, 120 by 120', 3],
    ['spectral_norm', 'spectral norm of 100 rows', 3],
  ]),
  ...of('lists', [
    ['nrev', 'naive reverse of 1,000', 10, 2.0],
    ['qsort', 'quicksort of 100,000', 3, 1.5],
    ['list_sort', 'lists:sort, keysort, usort of 100,000', 2],
    ['map_fun', 'lists:map, 10,000 elements, 20 times', 5, 1.5],
    ['map_fun_long', 'lists:map, 1,000,000 elements', 2, 1.5],
    ['comprehensions', 'comprehensions with filters', 3],
    ['folds', 'folds, filters, closures over 200,000', 2],
    ['binary_trees', 'trees of depth 4 to 16', 3],
    ['fannkuch', 'fannkuch of 8', 3],
  ]),
  ...of('maps', [
    ['map_fold', 'maps:fold over 100,000 keys', 3, 1.5],
    ['map_small', 'maps of 10 keys, 20,000 times', 3],
    ['map_large', '100,000 keys: build, update, remove', 1],
    ['map_million', '1,000,000 keys: from a list, iterate', 1],
    ['set_operations', 'sets of 20,000', 2],
    ['tree_of_keys', 'gb_trees of 20,000 keys', 2],
  ]),
  ...of('binaries', [
    ['bin_append', '500,000 bytes appended one by one', 3, 1.5],
    ['bin_fields', '200,000 binaries of fields', 3, 1.5],
    ['match_bytes', 'matching 1 MiB by bytes', 3, 1.5],
    ['match_fields', 'matching 1 MiB by fields of 4 to 24 bits', 3, 1.5],
    ['match_words', 'matching 1 MiB by 32-bit integers', 3, 1.5],
    ['match_utf8', 'matching 1 MB by UTF-8 characters', 3, 1.5],
    ['json_encode', 'JSON made of 500 records', 3],
    ['json_decode', 'JSON of 500 records read', 3],
    ['base64_text', 'base64 of 256 KiB, hexadecimal digits', 3],
    ['bin_search', 'binary:matches, split, replace, 600 KB', 3],
    ['term_format', 'external term format of 20,000 rows', 2],
  ]),
  ...of('processes', [
    ['ring', '100 processes pass 100,000 messages', 2, 2.0],
    ['spawn_reap', '100,000 processes, one after the other', 1, 2.0],
    ['spawn_monitors', '20,000 monitored processes at once', 2],
    ['ping_pong', 'two processes, 50,000 messages each', 2],
    ['gen_call', 'gen_server:call, 20,000 times', 2],
    ['selective', '300 receives behind 999 messages', 5],
    ['big_messages', '2,000 messages of 1,000 elements', 3],
    ['timer_starts', '20,000 timers started, cancelled', 2],
    ['monitors', '100,000 monitors of one process', 1],
  ]),
  ...of('ets', [
    ['ets_set', 'set, 100,000 rows in and out', 2, 1.5],
    ['ets_ordered', 'ordered_set, 100,000 rows in and out', 2],
    ['ets_bag', 'bag, 50,000 rows', 2],
    ['ets_select', 'select, match, next over 50,000 rows', 2],
    ['ets_counter', 'update_counter, 200,000 times', 2],
    ['ets_large', '2,000 rows of 100 elements', 3],
  ]),
  ...of('text', [
    ['io_format', 'io_lib:format, 2,000 lines', 2],
    ['string_operations', 'the string module on 20 KB', 3],
    ['unicode_text', 'unicode conversions, normal forms', 2],
    ['regular', 're over 2,000 lines of a log', 2],
    ['scan_parse', 'scanning, parsing, printing Erlang', 3],
  ]),
  ...of('programs', [
    ['compile_module', 'compiling two modules of stdlib', 1],
    ['lint_modules', 'linting 12 modules of stdlib', 1],
    ['life', 'a game of life in a map', 3],
    ['bank', '200 gen_servers, 4 clients', 2],
  ]),
];

/** The most milliseconds that loading all of stdlib may take. */
export const STDLIB_TARGET = 2000;

/** Bytes that objects must take. */
export const SIZE_TARGETS = { cons: 8, '2-tuple': 12, float: 12 } as const;
