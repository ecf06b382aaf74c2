/**
 * Builds if needed, brings OTP if needed, then runs a program of ours in this process:
 *
 *   node tools/start.mjs [--native] bin/enigma | dist/<program>.js [argument...]
 *
 * The program finds the root of OTP in ENIGMA_OTP and, with --native, that of one it can run in ENIGMA_ORACLE.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, otp, root } from './prepare.mjs';

const native = process.argv[2] === '--native';
const [program, ...programArguments] = process.argv.slice(native ? 3 : 2);

build();
if (native) process.env.ENIGMA_ORACLE = otp('--native');
process.env.ENIGMA_OTP = otp();

const path = join(root, program ?? '');
if (program === undefined || !existsSync(path)) {
  console.error(`there is no program ${program}`);
  process.exit(1);
}
process.argv = [process.execPath, path, ...programArguments];
await import(pathToFileURL(path).href);
