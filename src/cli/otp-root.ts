/** What an installed OTP says of itself. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface OtpRoot {
  readonly path: string;
  readonly release: number;
  /** Version of the runtime system. */
  readonly erts: string;
  /** The preloaded module's .beam file; undefined when there is none. */
  readonly preloaded: (module: string) => Uint8Array | undefined;
}

/** There is no OTP where one should be. */
export class NoOtp extends Error {}

/** Reads the OTP at `path`. Throws NoOtp. */
export function otpRoot(path: string): OtpRoot {
  const data = join(path, 'releases', 'start_erl.data');
  if (!existsSync(data)) throw new NoOtp(`${path} is not the root of an OTP: there is no ${data}`);
  const [erts = '', release = ''] = readFileSync(data, 'utf8').trim().split(/\s+/);
  const libraries = join(path, 'lib');
  const library = readdirSync(libraries).find((name) => name === `erts-${erts}`);
  if (library === undefined) throw new NoOtp(`${libraries} has no erts-${erts} with the preloaded modules`);
  return {
    path,
    release: Number.parseInt(release, 10),
    erts,
    preloaded: (module) => {
      const file = join(libraries, library, 'ebin', `${module}.beam`);
      return existsSync(file) ? readFileSync(file) : undefined;
    },
  };
}
