/** What the npm scripts share: the repository's root, an up-to-date build, an OTP on hand. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const SOURCES = ['src', 'test', 'tools', 'bench', 'tsconfig.json', 'package.json'];

/** Every file of a folder of the repository, as paths from its root; none if there is no such folder. */
export function filesUnder(folder) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [folder];
  return readdirSync(path).flatMap((name) => filesUnder(join(folder, name)));
}

/** Compiles when a source is newer than the last build that succeeded; ends the process if the compiler objects. */
export function build() {
  const stamp = join(root, 'dist', '.built');
  const started = new Date();
  const files = SOURCES.flatMap(filesUnder).filter((file) => /\.(ts|json)$/.test(file));
  const newest = Math.max(...files.map((file) => statSync(join(root, file)).mtimeMs));
  if (existsSync(stamp) && statSync(stamp).mtimeMs > newest) return;
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) fail('the compiler is not installed: run `npm ci` first');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.json'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const bundled = spawnSync(process.execPath, [join(root, 'tools', 'bundle.mjs')], { cwd: root, stdio: 'inherit' });
  if (bundled.status !== 0) process.exit(bundled.status ?? 1);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, '');
  utimesSync(stamp, started, started);
}

/** The root of an OTP, from tools/otp with these arguments; ends the process if none can be had. */
export function otp(...options) {
  const { status, stdout, error } = spawnSync(join(root, 'tools', 'otp'), options, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error !== undefined) fail(`tools/otp does not run here (${error.message}): set ENIGMA_OTP to the root of an OTP`);
  if (status !== 0) process.exit(status ?? 1);
  return stdout.trim();
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
