/** Errors of Node's file functions as PosixErrors. */
import { PosixError } from '../files.ts';

const UNKNOWN = 'unknown';

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && /^E[A-Z0-9]+$/.test(code) ? code.toLowerCase() : UNKNOWN;
}

/** Does `work`; errors of the operating system come as PosixErrors, anything else as it is. */
export function posix<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const code = codeOf(error);
    throw code === undefined ? error : new PosixError(code);
  }
}
