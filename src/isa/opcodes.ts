/**
 * The generic instructions of BEAM files, one row per opcode. Nothing else in the project knows opcode numbers.
 * Facts: `genop.tab` of OTP (through 29), the operand letters of its `ops.tab`.
 *
 * A row: number, name, family, releases, operands | what it does. The arity is the number of operands.
 * - Family: the emitter file in jit/ops/ that translates the instruction.
 * - Releases: `12` is in use since OTP 12; `5-10` was last emitted by the compiler of OTP 10 (without options that
 *   ask for older code). Rows whose last release is below 22 are obsolete: loading one is an error.
 * - Operands: `role:kind`; a bare word is both. The kinds are those of `operandKinds`.
 */
import type { OperandTag } from './operands.ts';

export type Family =
  | 'messages'
  | 'calls'
  | 'frames'
  | 'lists-tuples'
  | 'tests-compare'
  | 'arith'
  | 'select'
  | 'bits-build'
  | 'bits-match'
  | 'maps'
  | 'funs'
  | 'exceptions'
  | 'floats'
  | 'bif-calls'
  | 'records'
  | 'misc';

const term = ['x', 'y', 'atom', 'nil', 'integer', 'literal'] as const;

/** For each operand kind of the table, the tags it admits. What else must hold is beside it; the loader checks both. */
export const operandKinds = {
  /** Number of the label defined here: 1 and up, defined once in the module. */
  define: ['u'],
  /** Label of the same function. */
  label: ['f'],
  /** Label of the same function, or 0: then an exception is raised instead. */
  fail: ['f'],
  /** `fail`, or the atom `no_fail` or `resume` (only `bs_start_match4`). */
  failOrAtom: ['f', 'atom'],
  /** Entry label of a function of this module. */
  entry: ['f'],
  /** x or y register. */
  reg: ['x', 'y'],
  yreg: ['y'],
  freg: ['fr'],
  /** Where `fmove` takes from (literals are floats, or what fails as one) and puts to. */
  floatSrc: ['fr', 'x', 'y', 'literal'],
  floatDst: ['fr', 'x', 'y'],
  /** Any term. */
  src: term,
  /** Any term that is no register. */
  const: ['atom', 'nil', 'integer', 'literal'],
  atom: ['atom'],
  /** Any term, or a number of bits or bytes. */
  size: [...term, 'u', 'o'],
  /** Number of bits. */
  bits: ['u', 'o'],
  /** Number of arguments, 0..255. */
  arity: ['u'],
  /** The x registers from 0 to this number less one are alive: 0..1024. */
  live: ['u'],
  /** Number of stack slots, 0..1024. */
  frame: ['u'],
  /** Heap need. A bare number in the file is given as `alloc` too. */
  heap: ['alloc'],
  /** Index into `imports`. */
  import: ['u'],
  /** Index into `lambdas`. */
  lambda: ['u'],
  /** Index into `lambdas`, or the atom `safe` (a fun of this arity) or `unsafe` (anything). */
  funTag: ['u', 'atom'],
  /** Index into `lines.items`. */
  line: ['u'],
  /** Offset into `strings`; what is taken from there lies inside. */
  string: ['u'],
  /** Sum of `segmentFlags`. */
  flags: ['u'],
  /** Any other number. */
  num: ['u'],
  /** Elements: sources. */
  srcs: ['list'],
  /** y registers. */
  yregs: ['list'],
  /** Pairs: constant (no empty list), label. */
  cases: ['list'],
  /** Pairs: tuple size (u), label. */
  arities: ['list'],
  /** Pairs: key (source), value (source). */
  assocs: ['list'],
  /** Pairs: key (source), destination register. */
  gets: ['list'],
  /** Pairs: element index from 1 (u), value (source). */
  updates: ['list'],
  /** Pairs: field name (atom), value (source). */
  fields: ['list'],
  /** Pairs: field name (atom), destination register. */
  fieldGets: ['list'],
  segments: ['segments'],
  commands: ['commands'],
} as const satisfies Record<string, readonly OperandTag[]>;

export type OperandKind = keyof typeof operandKinds;

export interface OperandSpec {
  /** What the instruction uses it for: `fail`, `live`, `dst`, `src` … */
  readonly role: string;
  readonly kind: OperandKind;
}

export interface OpcodeRow {
  readonly number: number;
  readonly name: string;
  readonly arity: number;
  readonly family: Family;
  readonly operands: readonly OperandSpec[];
  /** First OTP release with this instruction. */
  readonly since: number;
  /** Last OTP release whose compiler emits it, when no current one does. */
  readonly until?: number;
  /** No compiler since OTP 22 emits it; the loader refuses it. */
  readonly obsolete: boolean;
  readonly doc: string;
}

/** Oldest OTP release whose compiler's output loads. */
export const oldestRelease = 22;
/** Newest OTP release whose instructions are in the table. */
export const newestRelease = 29;

const table = `
1 label misc 5 label:define | Names this place in the code.
2 func_info misc 5 module:atom name:atom arity | Raises function_clause for the function that follows.
3 int_code_end misc 5 | The end of the code.
4 call calls 5 arity target:entry | Calls a function of this module.
5 call_last calls 5 arity target:entry deallocate:frame | Drops the frame, then tail-calls a function of this module.
6 call_only calls 5 arity target:entry | Tail-calls a function of this module, without a frame.
7 call_ext calls 5 arity target:import | Calls an imported function.
8 call_ext_last calls 5 arity target:import deallocate:frame | Drops the frame, then tail-calls an imported function.
9 bif0 bif-calls 5 bif:import dst:reg | Calls a BIF without arguments that cannot fail.
10 bif1 bif-calls 5 fail bif:import src dst:reg | Calls a guard BIF; goes to fail if it fails.
11 bif2 bif-calls 5 fail bif:import src1:src src2:src dst:reg | Calls a guard BIF; goes to fail if it fails.
12 allocate frames 5 slots:frame live | Makes a frame with undefined slots.
13 allocate_heap frames 5 slots:frame heap live | Makes a frame with undefined slots and ensures heap space.
14 allocate_zero frames 5-23 slots:frame live | Makes a frame whose slots hold [].
15 allocate_heap_zero frames 5-23 slots:frame heap live | Makes a frame whose slots hold [] and ensures heap space.
16 test_heap frames 5 heap live | Ensures heap space.
17 init frames 5-23 slot:yreg | Stores [] in the slot.
18 deallocate frames 5 slots:frame | Drops the frame.
19 return calls 5 | Returns x0 to the caller.
20 send messages 5 | Sends x1 to x0; the message becomes x0.
21 remove_message messages 5 | Takes the current message out of the mailbox and cancels the timeout.
22 timeout messages 5 | Resets the receive pointer and clears the timeout.
23 loop_rec messages 5 empty:label dst:reg | Puts the current message in x0; goes to empty if there is none left.
24 loop_rec_end messages 5 next:label | Steps to the next message and goes to next.
25 wait messages 5 next:label | Suspends the process until a message arrives, then goes to next.
26 wait_timeout messages 5 next:label time:src | As wait; continues behind this instruction after time milliseconds.
27 m_plus arith 5-10 fail:num live:num src1:src dst:reg | Adds.
28 m_minus arith 5-10 fail:num live:num src1:src dst:reg | Subtracts.
29 m_times arith 5-10 fail:num live:num src1:src dst:reg | Multiplies.
30 m_div arith 5-10 fail:num live:num src1:src dst:reg | Divides.
31 int_div arith 5-10 fail:num live:num src1:src dst:reg | Integer quotient.
32 int_rem arith 5-10 fail:num live:num src1:src dst:reg | Integer remainder.
33 int_band arith 5-10 fail:num live:num src1:src dst:reg | Bitwise and.
34 int_bor arith 5-10 fail:num live:num src1:src dst:reg | Bitwise or.
35 int_bxor arith 5-10 fail:num live:num src1:src dst:reg | Bitwise exclusive or.
36 int_bsl arith 5-10 fail:num live:num src1:src dst:reg | Shift left.
37 int_bsr arith 5-10 fail:num live:num src1:src dst:reg | Shift right.
38 int_bnot arith 5-10 fail:num src1:src dst:reg | Bitwise complement.
39 is_lt tests-compare 5 fail:label src1:src src2:src | Goes to fail unless src1 < src2.
40 is_ge tests-compare 5 fail:label src1:src src2:src | Goes to fail unless src1 >= src2.
41 is_eq tests-compare 5 fail:label src1:src src2:src | Goes to fail unless src1 == src2.
42 is_ne tests-compare 5 fail:label src1:src src2:src | Goes to fail unless src1 /= src2.
43 is_eq_exact tests-compare 5 fail:label src1:src src2:src | Goes to fail unless src1 =:= src2.
44 is_ne_exact tests-compare 5 fail:label src1:src src2:src | Goes to fail unless src1 =/= src2.
45 is_integer tests-compare 5 fail:label src | Goes to fail unless src is an integer.
46 is_float tests-compare 5 fail:label src | Goes to fail unless src is a float.
47 is_number tests-compare 5 fail:label src | Goes to fail unless src is a number.
48 is_atom tests-compare 5 fail:label src | Goes to fail unless src is an atom.
49 is_pid tests-compare 5 fail:label src | Goes to fail unless src is a pid.
50 is_reference tests-compare 5 fail:label src | Goes to fail unless src is a reference.
51 is_port tests-compare 5 fail:label src | Goes to fail unless src is a port.
52 is_nil tests-compare 5 fail:label src | Goes to fail unless src is [].
53 is_binary tests-compare 5 fail:label src | Goes to fail unless src is a binary (whole bytes).
54 is_constant tests-compare 5-10 fail:label src | Goes to fail if src is a list, tuple or map.
55 is_list tests-compare 5 fail:label src | Goes to fail unless src is a cons or [].
56 is_nonempty_list tests-compare 5 fail:label src | Goes to fail unless src is a cons.
57 is_tuple tests-compare 5 fail:label src | Goes to fail unless src is a tuple.
58 test_arity tests-compare 5 fail:label src:reg size:num | Goes to fail unless the tuple src has this size.
59 select_val select 5 src fail:label cases | Goes to the label of the case that =:= src, else to fail.
60 select_tuple_arity select 5 src:reg fail:label arities | Goes to the label of the size of tuple src; else, or no tuple, to fail.
61 jump select 5 target:label | Goes to target.
62 catch exceptions 5 slot:yreg handler:label | Enters a catch: marks the slot with the handler.
63 catch_end exceptions 5 slot:yreg | Leaves a catch, or turns what it caught into x0.
64 move lists-tuples 5 src dst:reg | Copies a term.
65 get_list lists-tuples 5 src:reg head:reg tail:reg | Takes a cons apart.
66 get_tuple_element lists-tuples 5 src:reg index:num dst:reg | Fetches the element at the index (from 0).
67 set_tuple_element lists-tuples 5-25 src tuple:reg index:num | Overwrites the element at the index (from 0) of a fresh tuple.
68 put_string lists-tuples 5-14 length:num string dst:reg | Builds a list of characters.
69 put_list lists-tuples 5 head:src tail:src dst:reg | Builds a cons.
70 put_tuple lists-tuples 5-21 size:num dst:reg | Builds a tuple; put instructions follow.
71 put lists-tuples 5-21 src | Next element of the tuple being built.
72 badmatch exceptions 5 src | Raises {badmatch,src}.
73 if_end exceptions 5 | Raises if_clause.
74 case_end exceptions 5 src | Raises {case_clause,src}.
75 call_fun funs 5 arity | Calls the fun in the x register behind the arguments.
76 make_fun funs 5-8 target:num uniq:num free:num | Builds a fun.
77 is_function tests-compare 5 fail:label src | Goes to fail unless src is a fun.
78 call_ext_only calls 5 arity target:import | Tail-calls an imported function, without a frame.
79 bs_start_match bits-match 7-10 fail:label src:reg | Starts matching.
80 bs_get_integer bits-match 7-10 fail:label size:src unit:num flags dst:reg | Matches an integer.
81 bs_get_float bits-match 7-10 fail:label size:src unit:num flags dst:reg | Matches a float.
82 bs_get_binary bits-match 7-10 fail:label size:src unit:num flags dst:reg | Matches a binary.
83 bs_skip_bits bits-match 7-10 fail:label size:src unit:num flags | Skips bits.
84 bs_test_tail bits-match 7-10 fail:label bits | Tests what is left.
85 bs_save bits-match 7-10 slot:num | Saves the position.
86 bs_restore bits-match 7-10 slot:num | Restores the position.
87 bs_init bits-build 7-10 size:num flags | Starts building.
88 bs_final bits-build 7-10 fail dst:reg | Ends building.
89 bs_put_integer bits-build 7-24 fail size:src unit:num flags src | Appends an integer to the binary being built.
90 bs_put_binary bits-build 7-24 fail size:src unit:num flags src | Appends (part of) a bitstring to it; size atom all: all.
91 bs_put_float bits-build 7-24 fail size:src unit:num flags src | Appends a float to it.
92 bs_put_string bits-build 7-24 length:num string | Appends constant bytes to it.
93 bs_need_buf bits-build 7-10 size:num | Sizes the buffer.
94 fclearerror floats 8-23 | Clears the error state of float arithmetic.
95 fcheckerror floats 8-23 fail | Raises badarith if float arithmetic failed since fclearerror.
96 fmove floats 8 src:floatSrc dst:floatDst | Copies a float into, out of or between float registers.
97 fconv floats 8 src dst:freg | Converts a number to a float; raises badarith.
98 fadd floats 8 fail src1:freg src2:freg dst:freg | Adds; raises badarith if the result is not finite.
99 fsub floats 8 fail src1:freg src2:freg dst:freg | Subtracts; raises as fadd.
100 fmul floats 8 fail src1:freg src2:freg dst:freg | Multiplies; raises as fadd.
101 fdiv floats 8 fail src1:freg src2:freg dst:freg | Divides; raises as fadd.
102 fnegate floats 8 fail src:freg dst:freg | Negates.
103 make_fun2 funs 8-23 lambda | Builds a fun in x0 from the x registers that hold its free variables.
104 try exceptions 10 slot:yreg handler:label | Enters a try: marks the slot with the handler.
105 try_end exceptions 10 slot:yreg | Leaves a try that did not raise.
106 try_case exceptions 10 slot:yreg | Start of the handler: x0 class, x1 reason, x2 raw stack trace.
107 try_case_end exceptions 10 src | Raises {try_clause,src}.
108 raise exceptions 10 trace:src reason:src | Raises again with this raw stack trace, which holds the class.
109 bs_init2 bits-build 10-24 fail bytes:size heap live flags dst:reg | Allocates the binary to build, size in bytes.
110 bs_bits_to_bytes bits-build 10-11 fail src dst:reg | Divides by eight.
111 bs_add bits-build 10-24 fail src1:src src2:src unit:num dst:reg | dst = src1 + src2 * unit, for sizes.
112 apply calls 10 arity | Calls the function whose module and name are in the two x registers behind the arguments.
113 apply_last calls 10 arity deallocate:frame | As apply, as a tail call that drops the frame.
114 is_boolean tests-compare 10 fail:label src | Goes to fail unless src is true or false.
115 is_function2 tests-compare 10 fail:label src arity:src | Goes to fail unless src is a fun of this arity.
116 bs_start_match2 bits-match 11-21 fail:label src:reg live slots:num dst:reg | Makes a match context.
117 bs_get_integer2 bits-match 11 fail:label ctx:reg live size:src unit:num flags dst:reg | Matches an integer.
118 bs_get_float2 bits-match 11 fail:label ctx:reg live size:src unit:num flags dst:reg | Matches a float.
119 bs_get_binary2 bits-match 11 fail:label ctx:reg live size:src unit:num flags dst:reg | Matches a bitstring; size atom all: the rest.
120 bs_skip_bits2 bits-match 11 fail:label ctx:reg size:src unit:num flags | Skips size * unit bits; size atom all: the rest.
121 bs_test_tail2 bits-match 11 fail:label ctx:reg bits | Goes to fail unless exactly this many bits are left.
122 bs_save2 bits-match 11-21 ctx:reg slot:num | Saves the position.
123 bs_restore2 bits-match 11-21 ctx:reg slot:num | Restores the position.
124 gc_bif1 arith 11 fail live bif:import src dst:reg | Calls a guard BIF that may allocate; goes to fail if it fails.
125 gc_bif2 arith 11 fail live bif:import src1:src src2:src dst:reg | Calls a guard BIF that may allocate; goes to fail if it fails.
126 bs_final2 bits-build 11-11 src:reg dst:reg | Experimental.
127 bs_bits_to_bytes2 bits-build 11-11 src:reg dst:reg | Experimental.
128 put_literal lists-tuples 11-11 index:num dst:reg | Loads a literal.
129 is_bitstr tests-compare 11 fail:label src | Goes to fail unless src is a bitstring.
130 bs_context_to_binary bits-match 12-21 ctx:reg | Turns a match context into a binary.
131 bs_test_unit bits-match 12 fail:label ctx:reg unit:num | Goes to fail unless unit divides the number of bits left.
132 bs_match_string bits-match 12 fail:label ctx:reg bits:num string | Matches constant bits.
133 bs_init_writable bits-build 12 | Makes x0 an empty binary with room for x0 bytes to append.
134 bs_append bits-build 12-24 fail size:src heap live unit:num src flags dst:reg | Starts a binary that extends src by size * unit bits.
135 bs_private_append bits-build 12-24 fail size:src unit:num src flags dst:reg | As bs_append, where nobody else holds src.
136 trim frames 12 slots:frame remaining:frame | Drops the first slots of the frame.
137 bs_init_bits bits-build 12-24 fail bits:size heap live flags dst:reg | Allocates the bitstring to build, size in bits.
138 bs_get_utf8 bits-match 12 fail:label ctx:reg live flags dst:reg | Matches a character in UTF-8.
139 bs_skip_utf8 bits-match 12 fail:label ctx:reg live flags | Skips a character in UTF-8.
140 bs_get_utf16 bits-match 12 fail:label ctx:reg live flags dst:reg | Matches a character in UTF-16.
141 bs_skip_utf16 bits-match 12 fail:label ctx:reg live flags | Skips a character in UTF-16.
142 bs_get_utf32 bits-match 12 fail:label ctx:reg live flags dst:reg | Matches a character in UTF-32.
143 bs_skip_utf32 bits-match 12 fail:label ctx:reg live flags | Skips a character in UTF-32.
144 bs_utf8_size bits-build 12-24 fail src dst:reg | Number of bytes of the character in UTF-8.
145 bs_put_utf8 bits-build 12-24 fail flags src | Appends a character in UTF-8.
146 bs_utf16_size bits-build 12-24 fail src dst:reg | Number of bytes of the character in UTF-16.
147 bs_put_utf16 bits-build 12-24 fail flags src | Appends a character in UTF-16.
148 bs_put_utf32 bits-build 12-24 fail flags src | Appends a character in UTF-32.
149 on_load misc 13 | This function is the one to run when the module is loaded.
150 recv_mark messages 14-23 label | Remembers the end of the mailbox for the receive at label.
151 recv_set messages 14-23 label | Starts the receive at label where recv_mark remembered.
152 gc_bif3 arith 14 fail live bif:import src1:src src2:src src3:src dst:reg | Calls a guard BIF that may allocate.
153 line misc 15 location:line | Source position of what follows.
154 put_map_assoc maps 17 fail src dst:reg live pairs:assocs | Copy of map src with these keys set.
155 put_map_exact maps 17 fail src dst:reg live pairs:assocs | Copy of map src with these keys set, which must be in it.
156 is_map tests-compare 17 fail:label src | Goes to fail unless src is a map.
157 has_map_fields maps 17 fail:label src keys:srcs | Goes to fail unless all keys are in map src.
158 get_map_elements maps 17 fail:label src pairs:gets | Fetches values; goes to fail if a key is not in map src.
159 is_tagged_tuple tests-compare 20 fail:label src:reg size:num tag:atom | Goes to fail unless src is a tuple of this size with this first element.
160 build_stacktrace exceptions 21 | Turns the raw stack trace in x0 into a term.
161 raw_raise exceptions 21 | Raises class x0, reason x1, raw stack trace x2; makes x0 badarg if x0 is no class.
162 get_hd lists-tuples 21 src:reg dst:reg | Head of a cons.
163 get_tl lists-tuples 21 src:reg dst:reg | Tail of a cons.
164 put_tuple2 lists-tuples 22 dst:reg elements:srcs | Builds a tuple.
165 bs_get_tail bits-match 22 ctx:reg dst:reg live | The bits from the position on, as a bitstring.
166 bs_start_match3 bits-match 22 fail src live dst:reg | Makes a match context; goes to fail if src is no bitstring.
167 bs_get_position bits-match 22 ctx:reg dst:reg live | Gets the position.
168 bs_set_position bits-match 22 ctx:reg position:reg | Sets the position.
169 swap lists-tuples 23 reg1:reg reg2:reg | Exchanges two registers.
170 bs_start_match4 bits-match 23 fail:failOrAtom live src dst:reg | As bs_start_match3; no_fail: never fails, resume: src is a context.
171 make_fun3 funs 24 lambda dst:reg free:srcs | Builds a fun with these free variables.
172 init_yregs frames 24 slots:yregs | Stores [] in the slots.
173 recv_marker_bind messages 24 marker:reg reference:reg | Ties the reserved marker to the reference.
174 recv_marker_clear messages 24 reference:reg | Drops the reference's marker.
175 recv_marker_reserve messages 24 marker:reg | Reserves a marker at the end of the mailbox.
176 recv_marker_use messages 24 reference:reg | Starts the next receive at the reference's marker.
177 bs_create_bin bits-build 25 fail heap live unit:num dst:reg segments | Builds a bitstring of these segments.
178 call_fun2 funs 25 tag:funTag arity fun:reg | Calls a fun; tag tells what is known of it.
179 nif_start misc 25 | Start of a function that a NIF may replace.
180 badrecord exceptions 25 src | Raises {badrecord,src}.
181 update_record lists-tuples 26 hint:atom size:num src dst:reg updates | Copy of a tuple with elements replaced; hint copy or reuse.
182 bs_match bits-match 26 fail ctx:reg commands | Matches segments of fixed size.
183 executable_line misc 27 location:line index:num | Counts an executed line, for coverage.
184 debug_line misc 28 event:atom location:line index:num live | Place where a debugger may stop; index (from 1) is into chunk DbgB.
185 bif3 bif-calls 29 fail bif:import src1:src src2:src src3:src dst:reg | Calls a guard BIF; goes to fail if it fails.
186 is_any_native_record records 29 fail:label src | Goes to fail unless src is a native record.
187 is_native_record records 29 fail:label src module:atom name:atom | Goes to fail unless native record src is of this definition.
188 get_record_elements records 29 fail:label src:reg pairs:fieldGets | Fetches fields; goes to fail if one is missing.
189 put_record records 29 fail id:const src dst:reg live pairs:fields | Creates (src is []) or updates a native record.
190 is_record_accessible records 29 fail:label src scope:atom | Goes to fail unless this module may match native record src.
191 get_record_field records 29 fail src id:const name:atom dst:reg | Fetches a field of a native record.
`;

const isOperandKind = (word: string): word is OperandKind => word in operandKinds;

/** The same text as a property name, which engines compare and look up by address; parts of a split text are not. */
function asPropertyName<Text extends string>(text: Text): Text {
  return Object.keys({ [text]: true })[0] as Text;
}

function parseOperand(word: string): OperandSpec {
  const [role = '', kind = role] = word.split(':');
  if (!isOperandKind(kind)) throw new Error(`opcode table: no operand kind ${kind}`);
  return { role: asPropertyName(role), kind: asPropertyName(kind) };
}

function parseRow(line: string): OpcodeRow {
  const [head = '', doc = ''] = line.split(' | ');
  const [number = '', name = '', family = '', releases = '', ...words] = head.split(' ');
  const [since = 0, until] = releases.split('-').map(Number);
  const operands = words.map(parseOperand);
  return {
    number: Number(number),
    name: asPropertyName(name),
    arity: operands.length,
    family: family as Family,
    operands,
    since,
    ...(until === undefined ? {} : { until }),
    obsolete: until !== undefined && until < oldestRelease,
    doc,
  };
}

/** All rows, in the order of their numbers, which start at 1 and have no gaps. */
export const opcodes: readonly OpcodeRow[] = table.trim().split('\n').map(parseRow);

/** The highest opcode there is. */
export const maxOpcode = opcodes.length;

const byName = new Map(opcodes.map((row) => [row.name, row]));

/** Row of an opcode, or undefined outside 1..maxOpcode. */
export function opcodeByNumber(number: number): OpcodeRow | undefined {
  return opcodes[number - 1];
}

/** Row of an instruction by its name; names are unique whatever the arity. Throws on a name that does not exist. */
export function opcodeByName(name: string): OpcodeRow {
  const row = byName.get(name);
  if (row === undefined) throw new RangeError(`no instruction is called ${name}`);
  return row;
}
