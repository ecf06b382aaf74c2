/** Reads the flags of OTP's emulator, in the order and with the complaints of erl_init.c; a few of them mean something here. */
import type { HeapLimit } from '../memory/heap-limit.ts';
import { nextHeapSize } from '../memory/heap-sizes.ts';
import { DEFAULT_SETTINGS } from '../process/machine-settings.ts';
import { defaultTimeSettings, type TimeSettings, type WarpMode } from '../process/system-time.ts';
import { EARLY_FLAGS, type FlagRule, LATE_FLAGS, leadingInteger, MIDDLE_FLAGS } from './emulator-flag-rules.ts';
import { emulatorUsage } from './emulator-usage.ts';

export interface EmulatorSettings {
  processLimit: number;
  portLimit: number;
  atomLimit: number;
  printableRange: 'latin1' | 'unicode';
  /** What error_logger:warning_map/0 says. */
  warnings: 'error' | 'warning' | 'info';
  /** What processes begin with; words. */
  minHeapWords: number;
  minVirtualHeapWords: number;
  heapLimit: HeapLimit;
  offHeapMessages: boolean;
  time: TimeSettings;
  initModule: string;
  /** What ^C does: opens the BREAK menu, nothing, or what the operating system does. */
  interrupt: 'menu' | 'ignore' | 'default';
  /** Print the version and end. */
  showVersion: boolean;
  /** What the emulator writes to standard error while it reads its flags. */
  remarks: string;
}

/** What the emulator knows when it reads its flags. */
export interface EmulatorWorld {
  /** Its own name: its path, or that of the script that runs in it. */
  readonly program: string;
  readonly release: number;
  readonly processors: number;
}

/** A flag is unknown or has a value that it cannot have; the message is all that the emulator writes. */
export class BadEmulatorFlag extends Error {}

const MOST_SCHEDULERS = 1024;

const INTERRUPTS: Readonly<Record<string, EmulatorSettings['interrupt']>> = { i: 'ignore', c: 'menu', d: 'default' };
const WARNINGS: Readonly<Record<string, EmulatorSettings['warnings']>> = { i: 'info', e: 'error', w: 'warning' };

/** Flags of these first letters that are of no rule, and what is said of one. */
const UNKNOWN_OF_LETTER: Readonly<Record<string, string>> = {
  s: 'bad scheduling option %s',
  z: 'bad -z option %s',
};

const tableSize = (value: string): number => 2 ** Math.ceil(Math.log2(leadingInteger(value)));

const heapWords = (value: string): number => nextHeapSize(leadingInteger(value));

function limitHeap(settings: EmulatorSettings, change: Partial<HeapLimit>): void {
  settings.heapLimit = { ...settings.heapLimit, ...change };
}

/** What flags do that mean something here. */
const EFFECTS: Readonly<Record<string, (settings: EmulatorSettings, value: string) => void>> = {
  P: (settings, value) => {
    if (value !== 'legacy') settings.processLimit = tableSize(value);
  },
  Q: (settings, value) => {
    if (value !== 'legacy') settings.portLimit = tableSize(value);
  },
  t: (settings, value) => {
    settings.atomLimit = leadingInteger(value);
  },
  pc: (settings, value) => {
    settings.printableRange = value === 'unicode' ? 'unicode' : 'latin1';
  },
  W: (settings, value) => {
    settings.warnings = WARNINGS[value.charAt(0)] ?? settings.warnings;
  },
  h: (settings, value) => {
    settings.minHeapWords = heapWords(value);
  },
  hms: (settings, value) => {
    settings.minHeapWords = heapWords(value);
  },
  hmbs: (settings, value) => {
    settings.minVirtualHeapWords = heapWords(value);
  },
  hmqd: (settings, value) => {
    settings.offHeapMessages = value === 'off_heap';
  },
  hmax: (settings, value) => limitHeap(settings, { words: leadingInteger(value) }),
  hmaxk: (settings, value) => limitHeap(settings, { kill: value === 'true' }),
  hmaxel: (settings, value) => limitHeap(settings, { report: value === 'true' }),
  hmaxib: (settings, value) => limitHeap(settings, { binaries: value === 'true' }),
  C: (settings, value) => {
    settings.time = { ...settings.time, warpMode: value as WarpMode };
  },
  i: (settings, value) => {
    settings.initModule = value;
  },
  V: (settings) => {
    settings.showVersion = true;
  },
  v: (settings) => {
    settings.remarks += 'warning: -v (only in debug compiled code)\n';
  },
  H: (settings) => {
    settings.remarks += 'The undocumented +H option has been removed (R10B-6).\n\n';
  },
};

const defaults = (release: number): EmulatorSettings => ({
  ...DEFAULT_SETTINGS,
  time: defaultTimeSettings(release),
  initModule: 'init',
  interrupt: 'menu',
  showVersion: false,
  remarks: '',
});

class FlagReader {
  readonly settings: EmulatorSettings;
  private args: readonly string[];
  private readonly world: EmulatorWorld;
  private at = 0;

  constructor(args: readonly string[], world: EmulatorWorld) {
    this.args = args;
    this.world = world;
    this.settings = defaults(world.release);
  }

  /** What is written when a flag is wrong: what was said before, the complaint, the usage. */
  private refuse(complaint: string): never {
    const { program, release } = this.world;
    const line = complaint === '' ? '' : `${complaint}\n`;
    const usage = emulatorUsage(program.slice(program.lastIndexOf('/') + 1), release);
    throw new BadEmulatorFlag(`${this.settings.remarks}${line}${usage}`);
  }

  /** The value of the flag at the current argument; what ends the emulator's arguments is taken for one too. */
  private value(flag: string): string {
    const argument = this.args[this.at] as string;
    const rest = argument.slice(flag.length + 1);
    if (rest !== '') return rest;
    this.at++;
    return this.args[this.at] ?? '--';
  }

  private ruleOf(rules: readonly FlagRule[]): FlagRule | undefined {
    const letters = (this.args[this.at] as string).slice(1);
    return rules.find(({ flag, alone }) => (alone === true ? letters === flag : letters.startsWith(flag)));
  }

  private judge({ flag, check, complaint = '' }: FlagRule): string {
    if (check === undefined) return '';
    const value = this.value(flag);
    if (check(value)) return value;
    return this.refuse(complaint.replace('%s', value).replace('%d', String(leadingInteger(value))));
  }

  read(): EmulatorSettings {
    for (this.at = 0; this.at < this.args.length; this.at++) {
      if (!this.args[this.at]?.startsWith('-')) continue;
      const rule = this.ruleOf(EARLY_FLAGS);
      if (rule !== undefined) this.judge(rule);
      else if (this.args[this.at]?.startsWith('-S')) this.schedulers();
    }
    this.takeAway();
    for (this.at = 0; this.at < this.args.length && !this.settings.showVersion; this.at++) this.take();
    return this.settings;
  }

  /** Flags of allocators and of polling, which are not looked at again. Only the form of the former is judged. */
  private takeAway(): void {
    const rest: string[] = [];
    for (this.at = 0; this.at < this.args.length; this.at++) {
      const argument = this.args[this.at] as string;
      const rule = argument.startsWith('-') ? this.ruleOf(MIDDLE_FLAGS) : undefined;
      if (rule !== undefined) this.judge(rule);
      else if (argument.startsWith('-M')) this.allocatorFlag(argument);
      else rest.push(argument);
    }
    this.args = rest;
  }

  private allocatorFlag(argument: string): void {
    if (!/^-M[uBDEFHIILMRSTXYZeidlsy]/.test(argument)) this.refuse('bad "M" parameter');
    if (!this.args[this.at + 1]?.startsWith('-')) this.at++;
  }

  private take(): void {
    const argument = this.args[this.at] as string;
    if (!argument.startsWith('-')) this.refuse('');
    const rule = this.ruleOf(LATE_FLAGS);
    if (rule === undefined) return this.takeRare(argument);
    const value = this.judge(rule);
    EFFECTS[rule.flag]?.(this.settings, value);
  }

  private takeRare(argument: string): void {
    const following = this.args[this.at + 1] ?? '--';
    switch (argument.charAt(1)) {
      case 'f':
        if (argument.startsWith('-fn')) return this.fileNames(this.value('fn'));
        break;
      case 'B':
        return this.breakFlag(argument.charAt(2), following.charAt(0));
      case 'c':
        return this.timeCorrection(argument, following);
      case 'R':
        return this.compatibility(this.value('R'));
      case 'J':
        return this.translator(argument);
    }
    const complaint = UNKNOWN_OF_LETTER[argument.charAt(1)] ?? `${this.world.program} unknown flag %s`;
    this.refuse(complaint.replace('%s', argument));
  }

  /** +c: false where nothing else is said. */
  private timeCorrection(argument: string, following: string): void {
    if (!/^-c(true|false)?$/.test(argument)) this.refuse(`Invalid time correnction value: ${this.value('c')}`);
    const isInNext = argument === '-c' && /^(true|false)$/.test(following);
    if (isInNext) this.at++;
    const correction = argument === '-ctrue' || (isInNext && following === 'true');
    this.settings.time = { ...this.settings.time, correction };
  }

  /** +B: its letter may be in the next argument. */
  private breakFlag(own: string, following: string): void {
    const letter = INTERRUPTS[own] === undefined ? following : own;
    if (letter !== own && INTERRUPTS[letter] !== undefined) this.at++;
    this.settings.interrupt = INTERRUPTS[letter] ?? 'default';
  }

  private fileNames(value: string): void {
    const warnings = value.slice(1);
    if (value.startsWith('l')) return;
    if (!/^[ua]/.test(value)) {
      this.refuse(`bad filename encoding ${value}, can be (l,u or a, optionally followed by w, i or e)`);
    }
    if (!/^([wie]|$)/.test(warnings)) this.refuse(`bad type of warnings for wrongly coded filename: ${warnings}`);
  }

  private compatibility(value: string): void {
    const number = leadingInteger(value);
    const { release } = this.world;
    if (number < release - 2 || number > release) this.refuse(`bad compatibility release number ${value}`);
  }

  private translator(argument: string): void {
    if (argument.startsWith('-JM')) this.refuse('bad +JM sub-option ');
    this.settings.remarks += `invalid JIT option ${argument}\n`;
  }

  // ---- schedulers ----------------------------------------------------------------------------------------------------

  private schedulers(): void {
    const argument = this.args[this.at] as string;
    if (argument.startsWith('-SP')) this.percentages(this.value('SP'), 'schedulers');
    else if (argument.startsWith('-SDPcpu')) this.percentages(this.value('SDPcpu'), 'dirty CPU schedulers');
    else if (argument.startsWith('-SDcpu')) this.amounts(this.value('SDcpu'), 'dirty CPU schedulers');
    else if (argument.startsWith('-SDio')) this.inputSchedulers(this.value('SDio'));
    else if (argument.startsWith('-SD')) this.refuse(`bad or missing dirty scheduler specifier: ${argument}`);
    else this.amounts(this.value('S'), 'schedulers');
  }

  private pair(value: string): readonly [total: number | undefined, online: number | undefined] | undefined {
    const match = /^(?:(-?\d+)(?::(-?\d+))?|:(-?\d+))/.exec(value);
    if (match === null) return undefined;
    const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
    return [number(match[1]), number(match[2] ?? match[3])];
  }

  private percentages(value: string, what: string): void {
    const pair = this.pair(value);
    if (pair === undefined || pair.some((percentage) => percentage !== undefined && percentage < 0)) {
      this.refuse(`bad ${what} percentage specifier ${value}`);
    }
  }

  /** `Total:Online`; what is not positive counts from the number of processors. */
  private amounts(value: string, what: string): void {
    const { processors } = this.world;
    const pair = this.pair(value);
    if (pair === undefined) return this.refuse(`bad amount of ${what} ${value}`);
    const [total = processors, online = Math.min(total, processors)] = pair;
    const [all, used] = [total, online].map((count) => (count > 0 ? count : processors + count)) as [number, number];
    if (all < 1 || all > MOST_SCHEDULERS) this.refuse(`bad amount of ${what} ${total}`);
    if (used < 1 || used > all) {
      this.refuse(`bad amount of ${what} online ${used} (total amount of ${what} ${all})`);
    }
  }

  private inputSchedulers(value: string): void {
    const count = leadingInteger(value);
    if (count < 1 || count > MOST_SCHEDULERS) this.refuse(`bad number of dirty I/O schedulers ${value}`);
  }
}

/** Reads the flags, each with its value in the same or in the next argument. Throws BadEmulatorFlag. */
export function emulatorSettings(args: readonly string[], world: EmulatorWorld): EmulatorSettings {
  return new FlagReader(args, world).read();
}
