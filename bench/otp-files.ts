/** The .beam files of an OTP installation, or of the folders that tools/otp makes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

function ebin(root: string, application: string): string {
  const lib = join(root, 'lib');
  const folder = readdirSync(lib).find((name) => name === application || name.startsWith(`${application}-`));
  if (folder === undefined) throw new Error(`no application ${application} under ${lib}`);
  return join(lib, folder, 'ebin');
}

/** All modules of an application, in the order of their names. */
export function otpModules(root: string, application: string): { readonly name: string; readonly bytes: Uint8Array }[] {
  const folder = ebin(root, application);
  const files = readdirSync(folder).filter((file) => file.endsWith('.beam'));
  return files.sort().map((file) => ({ name: file.slice(0, -5), bytes: readFileSync(join(folder, file)) }));
}
