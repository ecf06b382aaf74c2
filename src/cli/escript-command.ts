/** The command line of `escript` as the command line of `erl` that runs the script (erts/etc/common/escript.c). Pure. */
import { type CommandWorld, type ErlStart, ProgramError } from './erl-start.ts';

const ARGUMENTS_MARK = '%%!';
/** escript.c reads lines into a buffer of this size. */
const LINE_BYTES = 1024;

/** The emulator arguments of a script: the words of its second or third line, if that begins with `%%!`. */
export function scriptArguments(text: string): string[] {
  const line = text
    .split('\n', 3)
    .slice(1)
    .find((candidate) => candidate.startsWith(ARGUMENTS_MARK));
  if (line === undefined) return [];
  return line
    .slice(ARGUMENTS_MARK.length)
    .split(' ')
    .filter((word) => word !== '');
}

/** `args` are those behind the name of the program: options, the script, its arguments. Throws ProgramError. */
export function escriptCommandLine(
  args: readonly string[],
  world: CommandWorld & { readonly readHead: (path: string, bytes: number) => string | undefined },
): ErlStart {
  const first = args.findIndex((argument) => !argument.startsWith('-'));
  if (first < 0) throw new ProgramError('escript: Missing filename\n\n');
  const script = args[first] as string;
  const head = world.readHead(script, 3 * LINE_BYTES);
  if (head === undefined) throw new ProgramError(`escript: Failed to open file: ${script}\n`);
  const options = args.slice(0, first).map((option) => option.slice(1));
  const emulator = world.environment.ESCRIPT_EMULATOR;
  return {
    emulator: emulator === undefined ? undefined : [emulator],
    args: [
      ...['+B', '-noshell', '-boot', 'no_dot_erlang'],
      ...scriptArguments(head),
      ...['-run', 'escript', 'start'],
      ...options,
      '-extra',
      ...args.slice(first),
    ],
    environment: [['ESCRIPT_NAME', script]],
    remarks: '',
  };
}
