/** The Erlang shell in a terminal: the same keys give the same screen as native OTP's. */
import { type TestContext, test } from 'node:test';
import { Beside, type BesideOptions } from './beside.ts';

const CONTROL = 64;
/** The control key and a letter. */
const ctrl = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) - CONTROL);
const ALT = '\u001b';
const UP = '\u001b[A';
const DOWN = '\u001b[B';
const LEFT = '\u001b[D';
const HOME = '\u001b[H';
const END = '\u001b[F';
const BACKSPACE = '\u007f';
const TAB = '\t';
const WIDE = '"\u65e5\u672c\u8a9e \u{1f600} e\u0301x"';

type Step = readonly [keys: string, there: RegExp];

/** A session: each step's keys, once both have shown what the step before led to. */
function session(name: string, args: readonly string[], steps: readonly Step[], options: BesideOptions = {}): void {
  test(name, async (t: TestContext) => {
    const both = new Beside(args, { rows: 45, ...options });
    t.after(() => both.close());
    await both.same(/1> *\n/);
    for (const [keys, there] of steps) await both.type(keys, there);
  });
}

session(
  'values, errors, bindings, records',
  [],
  [
    ['1 + 2.\r', /3\n2>/],
    ['X = {a, "b", 3.0}, Y = #{k => <<"v">>}.\r', /v">>}\n3>/],
    ['X = 1.\r', /no match[\s\S]*\n4>/],
    ['1 / 0.\r', /\n5>/],
    ['spawn(fun() -> lists:map(x, y) end), timer:sleep(2000).\r', /function_clause[\s\S]*\n6>/],
    ['b().\r', /\n7>/],
    ['f(X), X.\r', /\n8>/],
    ['foo bar.\r', /syntax[\s\S]*\n8>/],
    ['rd(r, {a, b = 2}), #r{a = 1}.\r', /#r\{a = 1,b = 2\}\n9>/],
    ['rl().\r', /\n10>/],
    ['lists:seq(1, 300).\r', /\n11>/],
    ['h().\r', /\n12>/],
    ['v(1) + e(1).\r', /\n13>/],
    ['exit(bye).\r', /\n14>/],
    ['self() ! m, flush().\r', /\n15>/],
  ],
);

session(
  'editing, history, search, completion',
  [],
  [
    ['lists:ma', /lists:ma/],
    [TAB, /mapfoldl/],
    [`p(${TAB}`, /map\(/],
    [`${ctrl('U')}abc def${ALT}b${ALT}bX`, /Xabc def/],
    [`${BACKSPACE}${ctrl('K')}io:format("~p~n", [1])${LEFT}${LEFT}${BACKSPACE}2${END}.\r`, /\n2>/],
    [`"two".${HOME}"and" ++ \r`, /\n3>/],
    [UP, /3> "and/],
    [UP, /3> io/],
    [`${DOWN}`, /3> "and/],
    ['\r', /4>/],
    [`${ctrl('R')}form`, /form/],
    ['\r', /5>/],
    ['begin\rX = 1,\r  X + 1\rend.\r', /2\n6>/],
    [UP, /begin[\s\S]*begin/],
  ],
  { columns: 70 },
);

session(
  'wide characters, long lines',
  [],
  [
    [`${WIDE}${LEFT}${LEFT}${LEFT}y${END}.\r`, /\n2>/],
    [`${WIDE}, ${WIDE}, ${WIDE}, ${WIDE}`, /, /],
    [`${HOME}z`, /z/],
    [`${ctrl('K')}${BACKSPACE}io:columns().\r`, /ok,60[\s\S]*3>/],
  ],
  { columns: 60 },
);

session(
  'the BREAK menu and the terminal afterwards',
  [],
  [
    [ctrl('C'), /\(d\)istribution/],
    ['x\n', /Invalid option 'x'/],
    ['v\n', /emulator version/],
    ['1 + 2.\r', /3\n2>/],
    [ctrl('C'), /BREAK[\s\S]*BREAK[\s\S]*BREAK/],
    ['d\n', /no_distribution/],
    ['3 + 4.\r', /7\n3>/],
    [ctrl('C'), /BREAK[\s\S]*BREAK[\s\S]*BREAK[\s\S]*BREAK/],
    ['a\n', /STATUS 0\n.*isig icanon iexten echo/],
  ],
  { afterwards: 'echo STATUS $?; stty -a | grep isig' },
);

session(
  '^C twice',
  [],
  [
    [ctrl('C'), /\(d\)istribution/],
    [ctrl('C'), /STATUS 0\n.*isig icanon iexten echo/],
  ],
  { afterwards: 'echo STATUS $?; stty -a | grep isig' },
);

session(
  'job control',
  [],
  [
    [ctrl('G'), /User switch command/],
    ['h\r', /-->[\s\S]*-->/],
    ['s\r', /--> s\n/],
    ['j\r', /2\*/],
    ['c\r', /1>/],
    ['X = 1.\r', /2>/],
    [ctrl('G'), /User switch command[\s\S]*User switch command/],
    ['i 1\r', /--> i 1\n/],
    ['c 1\r', /c 1\n/],
    ['X.\r', /unbound/],
    ['q().\r', /STATUS 0\n.*isig icanon iexten echo/],
  ],
  { afterwards: 'echo STATUS $?; stty -a | grep isig' },
);

session(
  'the old shell',
  ['-oldshell'],
  [
    ['1 +\n2.\n', /3\n2>/],
    ['io:get_line("say ").\n', /say/],
    ['so\n', /so.n"\n3>/],
    ['halt().\n', /STATUS 0/],
  ],
  { afterwards: 'echo STATUS $?' },
);
