/** Flags of OTP's emulator (erl_init.c): those that mean something here are read, the others of OTP are accepted. */

export interface EmulatorSettings {
  processLimit: number;
  portLimit: number;
  printableRange: 'latin1' | 'unicode';
  /** What error_logger:warning_map/0 says. */
  warnings: 'error' | 'warning' | 'info';
  initModule: string;
  /** Print the version and end. */
  showVersion: boolean;
}

/** A flag is unknown or has a value that it cannot have. */
export class BadEmulatorFlag extends Error {}

const SMALLEST_TABLE = 1024;
const LARGEST_TABLE = 2 ** 27 - 1;
const DEFAULT_PROCESSES = 2 ** 20;
const DEFAULT_PORTS = 2 ** 16;

/** Flags that change nothing here: first letters of OTP's flags about threads, memory, the JIT and the like. */
const WITHOUT_EFFECT = /^-([aABcCdeGHIJKLMnrRStTvxz]|f[n]|h|pad|s)/;

function tableSize(text: string, what: string): number {
  const size = Number.parseInt(text, 10);
  if (!(size >= SMALLEST_TABLE && size <= LARGEST_TABLE)) throw new BadEmulatorFlag(`bad number of ${what} ${text}`);
  return 2 ** Math.ceil(Math.log2(size));
}

function printableRange(text: string): EmulatorSettings['printableRange'] {
  if (text !== 'latin1' && text !== 'unicode') throw new BadEmulatorFlag(`bad range of printable characters: ${text}`);
  return text;
}

const WARNINGS: Readonly<Record<string, EmulatorSettings['warnings']>> = { i: 'info', e: 'error', w: 'warning' };

function warningsOf(text: string): EmulatorSettings['warnings'] {
  const warnings = WARNINGS[text.charAt(0)];
  if (warnings === undefined) throw new BadEmulatorFlag(`unrecognized warning_map option ${text}`);
  return warnings;
}

/** Reads the flags, each with its value in the same or in the next argument. Throws BadEmulatorFlag. */
export function emulatorSettings(args: readonly string[]): EmulatorSettings {
  const settings: EmulatorSettings = {
    processLimit: DEFAULT_PROCESSES,
    portLimit: DEFAULT_PORTS,
    printableRange: 'latin1',
    warnings: 'warning',
    initModule: 'init',
    showVersion: false,
  };
  for (let i = 0; i < args.length; i++) {
    const flag = args[i] as string;
    const value = (letters: string): string => {
      const text = flag.slice(letters.length) || args[++i];
      if (text === undefined) throw new BadEmulatorFlag('too few arguments');
      return text;
    };
    if (flag.startsWith('-P')) settings.processLimit = tableSize(value('-P'), 'processes');
    else if (flag.startsWith('-Q')) settings.portLimit = tableSize(value('-Q'), 'ports');
    else if (flag.startsWith('-pc')) settings.printableRange = printableRange(value('-pc'));
    else if (flag.startsWith('-W')) settings.warnings = warningsOf(value('-W'));
    else if (flag.startsWith('-i')) settings.initModule = value('-i');
    else if (flag === '-V') settings.showVersion = true;
    else if (!WITHOUT_EFFECT.test(flag)) throw new BadEmulatorFlag(`unknown flag ${flag}`);
    else if (args[i + 1] !== undefined && !args[i + 1]?.startsWith('-')) i++;
  }
  return settings;
}
