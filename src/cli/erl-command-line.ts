/** The command line of `erl`, taken apart as OTP's erlexec does (erts/etc/common/erlexec.c). Pure: no file is read, nothing printed. */

/** What erlexec knows of the world. */
export interface ErlWorld {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly root: string;
  readonly binaries: string;
  /** What the program is called (-progname). */
  readonly name: string;
  /** OTP release, for ERL_OTP<release>_FLAGS. */
  readonly release: number;
  /** The text of a file of arguments. Throws ErlUsage. */
  readonly readFile: (path: string) => string;
}

export interface ErlCommandLine {
  /** Emulator flags, as the emulator sees them: `-P`, `2000`. */
  readonly emulator: readonly string[];
  /** What the first process gets, without the `--` at its head. */
  readonly init: readonly string[];
  /** From -env. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** Print the arguments instead of starting (-emu_args_exit and its like); -emu_args: before starting. */
  readonly show: 'arguments' | 'name' | 'quoted' | 'both' | undefined;
  /** To be started in the background, away from the terminal. */
  readonly isDetached: boolean;
}

/** The command line is wrong; erl writes the message, then its usage. */
export class ErlUsage extends Error {}

/** The command line asks for something that cannot be; erl writes the message, and no usage. */
export class ErlRefusal extends Error {}

const SEPARATOR = '--';

/**
 * Arguments from a string: words between white space, with quotes and backslashes as a shell has them. `#`: a comment, in files. A
 * separator ends them, unless there are none or there is an -extra.
 */
export function splitArguments(text: string, withComments: boolean): string[] {
  const words: string[] = [];
  const white = /[\n\f\r\t\v ]/;
  let at = 0;
  while (at < text.length) {
    if (white.test(text.charAt(at))) {
      at++;
    } else if (withComments && text[at] === '#') {
      at = endOf(text, '\n', at);
    } else {
      const word = wordAt(text, at, withComments);
      words.push(word.text);
      at = word.end;
    }
  }
  if (words.length > 0 && !words.includes('-extra')) words.push(SEPARATOR);
  return words;
}

function endOf(text: string, mark: string, from: number): number {
  const end = text.indexOf(mark, from);
  return end < 0 ? text.length : end;
}

function wordAt(text: string, start: number, withComments: boolean): { readonly text: string; readonly end: number } {
  let word = '';
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    if (/[\n\f\r\t\v ]/.test(character) || (withComments && character === '#')) break;
    if (character === '"' || character === "'") {
      const end = endOf(text, character, at + 1);
      word += text.slice(at + 1, end);
      at = end + 1;
    } else if (character === '\\') {
      word += text.charAt(at + 1);
      at += 2;
    } else {
      word += character;
      at++;
    }
  }
  return { text: word, end: at };
}

// ---- merging ---------------------------------------------------------------------------------------------------------

interface Merged {
  readonly plain: string[];
  readonly extra: string[];
  /** After -S on the command line. */
  readonly shell: string[];
}

/** The arguments of a file, and of the files that it names; what follows -extra goes to the extra arguments. */
function addFile(world: ErlWorld, path: string, into: Merged): void {
  const args = splitArguments(world.readFile(path), true);
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] as string;
    if (argument === '-args_file') {
      const next = args[++i];
      if (next === undefined) throw missing('-args_file');
      addFile(world, next, into);
    } else if (argument === '-extra') {
      into.extra.push(...args.slice(i + 1));
      return;
    } else {
      into.plain.push(argument);
    }
  }
}

function addSource(world: ErlWorld, args: readonly string[], isCommandLine: boolean, into: Merged): void {
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] as string;
    if (argument === '-args_file') {
      const path = args[++i];
      if (path === undefined) throw missing('-args_file');
      addFile(world, path, into);
    } else if (argument === '-extra') {
      into.extra.push(...args.slice(i + 1));
      into.plain.push(SEPARATOR);
      return;
    } else if (isCommandLine && argument === '-S') {
      into.shell.push('++S', ...args.slice(i + 1).map((rest) => (rest === SEPARATOR ? `\\${SEPARATOR}` : rest)));
      into.plain.push(SEPARATOR);
      return;
    } else {
      into.plain.push(argument);
    }
  }
}

/** Command line, variables and files as one list (initial_argv_massage). */
function merge(args: readonly string[], world: ErlWorld): string[] {
  const merged: Merged = { plain: [], extra: [], shell: [] };
  const fromVariable = (name: string): void => {
    const text = world.environment[name];
    if (text === undefined) return;
    addSource(world, splitArguments(text, false), false, merged);
  };
  fromVariable(`ERL_OTP${world.release}_FLAGS`);
  fromVariable('ERL_AFLAGS');
  if (args.length > 0) {
    addSource(world, args, true, merged);
    merged.plain.push(SEPARATOR);
  }
  fromVariable('ERL_FLAGS');
  fromVariable('ERL_ZFLAGS');
  if (merged.extra.length > 0) merged.plain.push('-extra', ...merged.extra);
  merged.plain.push(...merged.shell);
  return merged.plain;
}

// ---- sorting ---------------------------------------------------------------------------------------------------------

function missing(option: string): ErlUsage {
  return new ErlUsage(`Missing argument(s) for '${option}'.`);
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Emulator flags of one letter whose value is the next argument. */
const WITH_VALUE = 'aACeinPQtTRWK';
/** What erlexec refuses itself. */
const BAD_FLAG = /^\+(B[^icd]|I(?!O(t|p|s|Pt|Pp))|SD(?!cpu|Pcpu|io))/;
/** Emulator flags that begin with these letters, with a value if the rest is in the list. */
const LONG_WITH_VALUE: Readonly<Record<string, ReadonlySet<string>>> = {
  h: new Set(['ms', 'mbs', 'pds', 'max', 'maxk', 'maxel', 'maxib', 'mqd', '']),
  r: words('g'),
  s: words('bt bwtdcpu bwtdio bwt cl ct ecio fwi tbt wct wtdcpu wtdio wt ws ss ssdcpu ssdio pp ub'),
  z: words('dbbl dntgc ebwt osrl hft'),
  p: words('c ad'),
  I: words('Ot Op OPt OPp Os'),
  S: new Set(['', 'P', 'Dcpu', 'DPcpu', 'Dio']),
};
const ALLOCATORS = 'uBIDEFHLRSTZ';
const ALLOCATOR_SWITCHES = words(
  'as asbcst atags acul acnl acfml acful cp e t lmbcs mbcgs mbsd mmbcs mmmbc mmsbc msbclt ramv rmbcmt rsbcmt rsbcst sbct smbcs',
);
const MEMORY_SWITCHES = words(
  'ea ummc uycs usac im is lpm Mamcbf Mrmcbf Mmcs Mscs Mscrfsd Msco Mscrpm Mlp Ye Ym Ytp Ytt Iscs Xscs dai',
);

/** Whether the value of an emulator flag is the next argument. */
function takesValue(flag: string): boolean {
  const letter = flag.charAt(1);
  const rest = flag.slice(2);
  if (letter === 'J') return true;
  if (letter === 'M') {
    return (ALLOCATORS.includes(rest.charAt(0)) && ALLOCATOR_SWITCHES.has(rest.slice(1))) || MEMORY_SWITCHES.has(rest);
  }
  if (LONG_WITH_VALUE[letter] !== undefined) return LONG_WITH_VALUE[letter].has(rest);
  return letter !== '' && WITH_VALUE.includes(letter) && rest === '';
}

class Sorter {
  readonly emulator: string[] = [];
  readonly init: string[] = [];
  readonly environment: (readonly [string, string])[] = [];
  show: ErlCommandLine['show'];
  isDetached = false;
  private hasProtocol = false;
  private isWithoutEpmd = false;
  private isLast = false;
  private readonly args: readonly string[];
  private at = 0;

  constructor(args: readonly string[]) {
    this.args = args;
  }

  run(): void {
    while (this.at < this.args.length && !this.isLast) this.take(this.args[this.at] as string);
    this.init.push(...this.args.slice(this.at));
    if (this.isWithoutEpmd && !this.hasProtocol) {
      throw new ErlRefusal('Missing -proto_dist option, expected when using -no_epmd.');
    }
  }

  /** The argument behind the current one, which must be there. */
  private next(option: string, offset = 1): string {
    const value = this.args[this.at + offset];
    if (value === undefined || value === SEPARATOR) throw missing(option);
    return value;
  }

  private take(argument: string): void {
    if (argument.startsWith('+')) this.takeEmulatorFlag(argument);
    else this.takeInitFlag(argument);
    this.at++;
  }

  private takeEmulatorFlag(flag: string): void {
    if (flag.startsWith('++')) {
      this.isLast = flag === '++S';
      this.init.push(...(this.isLast ? ['-noshell', '-S'] : [flag]));
      return;
    }
    // erlexec has made it -B by then.
    if (BAD_FLAG.test(flag)) throw missing(flag.startsWith('+B') ? `-${flag.slice(1)}` : flag);
    const following = this.args[this.at + 1] ?? '';
    const optional =
      (flag === '+B' && /^[icd]$/.test(following)) || (flag === '+c' && /^(true|false)$/.test(following));
    this.emulator.push(`-${flag.slice(1)}`);
    if (!takesValue(flag) && !optional) return;
    this.emulator.push(optional ? following : this.next(flag));
    this.at++;
  }

  private takeInitFlag(flag: string): void {
    const withValue = (): void => {
      this.init.push(flag, this.next(flag));
      this.at++;
    };
    switch (flag) {
      case '-extra':
        this.isLast = true;
        this.init.push(flag);
        return;
      case '-noinput':
        this.init.push('-noshell', '-noinput');
        return;
      case '-detached':
        this.isDetached = true;
        this.init.push(flag, '-noshell', '-noinput');
        return;
      case '-proto_dist':
        this.hasProtocol = true;
        return withValue();
      case '-no_epmd':
        this.isWithoutEpmd = true;
        this.init.push(flag);
        return;
      case '-start_epmd':
        if (!/^(true|false)$/.test(this.next(flag))) {
          throw new ErlUsage("Expected boolean argument for '-start_epmd'.");
        }
        return withValue();
      case '-name':
      case '-sname':
        return withValue();
      case '-env':
        this.environment.push([this.next(flag), this.next(flag, 2)]);
        this.at += 2;
        return;
      case '-version':
        this.emulator.push('-V');
        return;
      default:
        this.takeRareFlag(flag);
    }
  }

  private takeRareFlag(flag: string): void {
    switch (flag) {
      case '-emu_args':
        this.show ??= 'both';
        return;
      case '-emu_args_exit':
        this.show = 'arguments';
        return;
      case '-emu_name_exit':
        this.show = 'name';
        return;
      case '-emu_qouted_cmd_exit':
        this.show = 'quoted';
        return;
      case '-epmd':
      case '-emu_type':
      case '-emu_flavor':
        this.next(flag);
        this.at++;
        if (flag !== '-epmd') this.init.push(flag, this.args[this.at] as string);
        return;
      case '-configfd':
        if (this.next(flag) === '0') this.init.push('-noshell', '-noinput');
        this.init.push(flag);
        return;
      case '-compile':
        this.init.push('-noshell', '-noinput', '-s', 'c', 'lc_batch');
        this.emulator.push('-B');
        return;
      case '-make':
        this.init.push('-noshell', '-noinput', '-s', 'make', 'all_or_nothing', '-s', 'erlang', 'halt');
        this.emulator.push('-B');
        this.at = this.args.length;
        return;
      default:
        this.init.push(flag);
    }
  }
}

/** Only emulators of long ago ran without schedulers. Throws ErlUsage. */
function refuseOneScheduler(args: readonly string[]): void {
  const end = args.findIndex((argument) => argument === '-extra' || argument === '++S');
  const before = end < 0 ? args : args.slice(0, end);
  if (
    before.some((argument, i) => argument === '-smpdisable' || (argument === '-smp' && before[i + 1] === 'disable'))
  ) {
    throw new ErlUsage(`Argument '-smp disable' not supported. Use "+S 1" instead.`);
  }
}

/** Takes the arguments of `erl` apart. Throws ErlUsage, ErlRefusal. */
export function erlCommandLine(args: readonly string[], world: ErlWorld): ErlCommandLine {
  const merged = merge(args, world);
  refuseOneScheduler(merged);
  const sorter = new Sorter(merged);
  sorter.run();
  const { HOME: home, ERL_EPMD_PORT: port } = world.environment;
  const init = ['-root', world.root, '-bindir', world.binaries, '-progname', world.name, SEPARATOR];
  if (home !== undefined) init.push('-home', home);
  if (port !== undefined) init.push('-epmd_port', port);
  init.push(SEPARATOR, ...sorter.init);
  const { emulator, environment, show, isDetached } = sorter;
  return { emulator, init, environment, show, isDetached };
}

const OLDEST_WITH_MAPPING = 26;
const LAST_WITH_COMPATIBILITY = 28;

/** What erl of an OTP release writes behind the message of an ErlUsage. */
export function erlUsage(release: number): string {
  const jit = release >= OLDEST_WITH_MAPPING ? '[Pperf|Msingle]' : '[Pperf]';
  const compatibility = release <= LAST_WITH_COMPATIBILITY ? '[+R COMPAT_REL] ' : '';
  return `Usage: erl [-version] [-sname NAME | -name NAME] [-noshell] [-noinput] [-env VAR VALUE] [-compile file ...] \
[-make] [-man [manopts] MANPAGE] [-x] [-emu_args] [-start_epmd BOOLEAN] [-emu_type TYPE] [-emu_flavor FLAVOR] [-args_file FILENAME] \
[+A THREADS] [+a SIZE] [+B[c|d|i]] [+c [BOOLEAN]] [+C MODE] [+dcg DECENTRALIZED_COUNTER_GROUPS_LIMIT] [+h HEAP_SIZE_OPTION] \
[+J${jit} JIT_OPTION] [+M<SUBSWITCH> <ARGUMENT>] [+P MAX_PROCS] [+Q MAX_PORTS] ${compatibility}[+r] \
[+rg READER_GROUPS_LIMIT] [+s<SUBSWITCH> SCHEDULER_OPTION] [+S NO_SCHEDULERS:NO_SCHEDULERS_ONLINE] \
[+SP PERCENTAGE_SCHEDULERS:PERCENTAGE_SCHEDULERS_ONLINE] [+T LEVEL] [+V] [+v] [+W<i|w|e>] [+z MISC_OPTION] [args ...]
`;
}
