/** Finds the OTP to use: the one that is named, or the one that tools/otp finds or brings. */
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { NoOtp, type OtpRoot, otpRoot } from './otp-root.ts';

const RELEASE = '27';

/** `wanted`: the root of an OTP or the number of a release; unless it is given, ENIGMA_OTP names the root. Throws NoOtp. */
export function findOtp(wanted: string | undefined): OtpRoot {
  const path = wanted ?? env.ENIGMA_OTP;
  if (path === undefined) return otpRoot(broughtBefore() ?? bring([]));
  return otpRoot(wanted !== undefined && /^\d+$/.test(wanted) ? bring([wanted]) : path);
}

/** What tools/otp has brought here, of the release that it takes unless told: it says so when it is done. Asking it takes a twentieth of a start. */
function broughtBefore(): string | undefined {
  const folder = join(env.ENIGMA_OTP_DIR ?? fileURLToPath(new URL('../../../.otp', import.meta.url)), RELEASE);
  return existsSync(join(folder, '.beams')) ? join(realpathSync(folder), 'usr', 'lib', 'erlang') : undefined;
}

/** What tools/otp says; it tells on standard error what it brings. */
function bring(args: readonly string[]): string {
  const script = fileURLToPath(new URL('../../../tools/otp', import.meta.url));
  const { stdout, error, status } = spawnSync(script, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (error !== undefined) throw new NoOtp(`${script} does not run: ${error.message}`);
  if (status !== 0) throw new NoOtp('no OTP was found; ENIGMA_OTP may name the root of one');
  return stdout.trim();
}
