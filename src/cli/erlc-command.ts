/** The command line of `erlc` as the command line of `erl` that compiles (erts/etc/common/erlc.c). Pure. */
import { type CommandWorld, type ErlStart, ProgramError } from './erl-start.ts';

/** What erlc tells erl before the options that it was given. */
const START = ['+sbtu', '+A0', '-noinput', '-mode', 'minimal', '-boot', 'no_dot_erlang'];
const COMPILE = ['-s', 'erl_compile', 'compile_cmdline', '-extra'];
const SERVER_VALUES = new Set(['false', 'no', 'true', 'yes']);
const NO_SOURCE = '<no source>';

function folderOf(argument: string | undefined): string {
  if (argument === undefined || argument.startsWith('-')) throw new ProgramError('erlc: No value given to -p option\n');
  return argument;
}

/**
 * `args` are those behind the name of the program. -pa and -pz go to erl, everything else to erl_compile. A compile server would be a
 * distributed node, which erlc itself does without when it cannot be reached: -server changes nothing. Throws ProgramError.
 */
export function erlcCommandLine(args: readonly string[], world: CommandWorld): ErlStart {
  const { program, environment } = world;
  const forErl: string[] = [];
  const forCompiler: string[] = [];
  let debug = 0;
  let source = NO_SOURCE;
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] as string;
    const [, flag, folder = ''] = /^(-p[az])(.*)$/s.exec(argument) ?? [];
    source = /^[-+]/.test(argument) ? NO_SOURCE : argument;
    // Each of these goes in front of those before it.
    if (flag !== undefined) forErl.unshift(flag, folder === '' ? folderOf(args[++i]) : folder);
    else if (argument === '-smp') forErl.unshift(argument);
    else if (argument === '-d') debug++;
    else if (argument !== '-no-server' && argument !== '-server') forCompiler.push(argument);
  }
  const erl = ['+S1', ...forErl, ...START, ...COMPILE, ...forCompiler];
  return {
    emulator: environment.ERLC_EMULATOR?.split(/\s+/).filter((word) => word !== ''),
    args: erl,
    environment: [
      ['ESCRIPT_NAME', program],
      ['ERLC_CONFIGURATION', world.erl],
    ],
    remarks: remarks(environment.ERLC_USE_SERVER, debug, source, [world.erl, ...erl]),
  };
}

/** What erlc itself writes to standard error. */
function remarks(server: string | undefined, debug: number, source: string, command: readonly string[]): string {
  let text = '';
  if (server !== undefined && !SERVER_VALUES.has(server)) {
    text += `erlc: Warning: Ignoring unrecognized value '${server}' for environment value ERLC_USE_SERVER\n`;
  }
  if (debug > 0) text += `spawning erl for ${source}`;
  if (debug > 1) text += `:\n  ${command.map((word) => `${word} `).join('')}`;
  return debug > 0 ? `${text}\n` : text;
}
