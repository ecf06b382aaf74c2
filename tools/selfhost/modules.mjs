/** The modules of OTP's libraries as source files, those that OTP's makefiles generate among them. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Every module of these applications: { app, name, source, includes, version }; of all applications when there are none.
 * `source` is the root of OTP's sources, `scratch` where generated sources go, `bin` native OTP's programs.
 */
export function otpModules({ source, scratch, bin }, apps) {
  const known = readdirSync(join(source, 'lib'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(source, 'lib', entry.name, 'src')))
    .map((entry) => entry.name);
  for (const app of apps) if (!known.includes(app)) throw new Error(`no application ${app}`);
  return (apps.length > 0 ? apps : known).flatMap((app) => {
    const folder = join(source, 'lib', app);
    const generated = join(scratch, app);
    mkdirSync(generated, { recursive: true });
    generate({ app, folder, generated, bin, source });
    const files = [...filesBelow(join(folder, 'src')), ...filesBelow(generated)];
    const version = versionOf(folder);
    const headers = new Set(files.filter((file) => file.endsWith('.hrl')).map((file) => dirname(file)));
    const includes = [join(folder, 'include'), generated, ...headers, join(source, 'lib'), ...neighbours(source)];
    const seen = new Set();
    return files
      .filter((file) => file.endsWith('.erl') && isModule(file))
      .map((file) => ({
        app,
        name: basename(file, '.erl'),
        source: file,
        version,
        includes: [dirname(file), ...includes],
      }))
      .filter(({ name }) => !seen.has(name) && seen.add(name));
  });
}

/** The macro that an application's makefile defines with its version: { macro, value }, from vsn.mk. */
function versionOf(folder) {
  const file = join(folder, 'vsn.mk');
  const match = existsSync(file) ? /^(\w+_VSN)\s*=\s*(\S+)/m.exec(readFileSync(file, 'utf8')) : null;
  return match === null ? undefined : { macro: match[1], value: match[2] };
}

/** Folders of headers that libraries include from each other by bare names. */
function neighbours(source) {
  return ['kernel', 'stdlib', 'public_key'].flatMap((app) => [
    join(source, 'lib', app, 'include'),
    join(source, 'lib', app, 'src'),
  ]);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

/** Not an escript or a template. */
function isModule(file) {
  return /^-module\(/m.test(readFileSync(file, 'latin1'));
}

/** What the makefiles generate: parsers and scanners, the tables of instructions, Unicode and DNS records. */
function generate({ app, folder, generated, bin, source }) {
  const make = (file, command, ...args) => {
    if (existsSync(join(generated, file))) return;
    try {
      execFileSync(command, args, { cwd: generated, stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      console.log(`${app}: ${file} is not made: ${error.message.split('\n').slice(0, 3).join(' ')}`);
    }
  };
  for (const file of filesBelow(join(folder, 'src'))) {
    const grammar = /\.([yx]rl)$/.exec(file);
    if (grammar !== null) make(`${basename(file, grammar[0])}.erl`, join(bin, 'erlc'), '-o', generated, file);
  }
  const asn1 = join(folder, 'asn1');
  if (existsSync(asn1)) {
    const sets = readdirSync(asn1).filter((file) => /\.(set\.asn|asn1?)$/.test(file));
    for (const file of sets) {
      const name = basename(file).replace(/\.(set\.asn|asn1?)$/, '');
      make(`${name}.erl`, join(bin, 'erlc'), '-I', asn1, '+noobj', '+ber', '+der', '-o', generated, join(asn1, file));
    }
  }
  if (app === 'compiler') {
    const program = join(source, 'erts', 'emulator', 'utils', 'beam_makeops');
    make('beam_opcodes.erl', 'perl', program, '-compiler', '-outdir', generated, join(folder, 'src', 'genop.tab'));
  }
  if (app === 'stdlib') {
    // The generator reads its tables in ../uc_spec, and writes where it is run.
    const data = join(generated, '..', 'uc_spec');
    mkdirSync(data, { recursive: true });
    for (const file of readdirSync(join(folder, 'uc_spec'))) {
      if (!existsSync(join(data, file))) copyFileSync(join(folder, 'uc_spec', file), join(data, file));
    }
    make('unicode_util.erl', join(bin, 'escript'), join(data, 'gen_unicode_mod.escript'));
  }
  if (app === 'kernel') {
    make(
      'inet_dns_record_adts.hrl',
      'sh',
      '-c',
      `perl "${join(folder, 'src', 'inet_dns_record_adts.pl')}" >inet_dns_record_adts.hrl`,
    );
  }
}
