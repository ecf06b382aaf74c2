/** docs/COVERAGE.md from the tables of what OTP's releases have in C and the BIF tables. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BifTable } from '../../src/bifs/registry.ts';
import { repositoryRoot } from '../../test/support/repository.ts';

export const RELEASES: readonly number[] = [25, 27, 29];

/** A function that OTP has in C; `uses`: how many modules of the libraries import it. */
interface NativeFunction {
  readonly module: string;
  readonly name: string;
  readonly arity: number;
  readonly kind: string;
  readonly where: string;
  readonly uses: number;
}

/** The table that `npm run coverage -- --facts` keeps for a release. */
export function factsFile(release: number): string {
  return join(repositoryRoot, 'test', 'coverage', `native-otp${release}.tsv`);
}

function nativeFunctions(release: number): NativeFunction[] {
  return readFileSync(factsFile(release), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [module = '', name = '', arity, kind = '', where = '', uses] = line.split('\t');
      return { module, name, arity: Number(arity), kind, where, uses: Number(uses) };
    });
}

function nameOf({ module, name, arity }: NativeFunction): string {
  return `${module}:${name}/${arity}`;
}

/** The names of all functions that the tables have for this release. */
function functionsOf(tables: readonly BifTable[], release: number): Set<string> {
  const rows = tables.flatMap(({ module, rows }) =>
    rows
      .filter(({ until }) => until === undefined || until >= release)
      .map(({ name, arity }) => `${module}:${name}/${arity}`),
  );
  return new Set(rows);
}

/** The text of docs/COVERAGE.md. */
export function coverageReport(tables: readonly BifTable[]): string {
  const parts = RELEASES.map((release) => releaseReport(tables, release));
  return `# Coverage

Made by \`npm run coverage\`; do not edit. For each release of OTP: the functions that its Erlang code expects to be native,
and which of them Enigma has. They are the entries of \`bif.tab\` and, outside of it, functions whose Erlang body only raises
\`nif_error\` (NIFs, among them those of shared libraries such as crypto's). What is missing raises \`undef\`, or what the stub
raises. Behind a missing function stands how many modules of OTP's libraries import it, if any does.

A function that is there may still refuse an option: README.md lists the limits, CONFORMANCE.md what OTP's own suites say.

${parts.join('\n')}`;
}

function releaseReport(tables: readonly BifTable[], release: number): string {
  const ours = functionsOf(tables, release);
  const all = nativeFunctions(release);
  const groups = new Map<string, NativeFunction[]>();
  for (const entry of all) {
    const group = entry.where === 'bif.tab' ? 'bif.tab' : `NIFs of ${entry.where}`;
    groups.set(group, [...(groups.get(group) ?? []), entry]);
  }
  const count = (entries: readonly NativeFunction[]): number =>
    entries.filter((entry) => ours.has(nameOf(entry))).length;
  const rows = [...groups, ['all', all] as const].map(
    ([group, entries]) => `| ${group} | ${entries.length} | ${count(entries)} | ${entries.length - count(entries)} |`,
  );
  return `## OTP ${release}

| | functions | there | missing |
| --- | --- | --- | --- |
${rows.join('\n')}

Missing, by module:

${missing(all, ours)}
`;
}

function missing(all: readonly NativeFunction[], ours: ReadonlySet<string>): string {
  const byModule = new Map<string, string[]>();
  for (const entry of all) {
    if (ours.has(nameOf(entry))) continue;
    const text = `${entry.name}/${entry.arity}${entry.uses > 0 ? ` (${entry.uses})` : ''}`;
    byModule.set(entry.module, [...(byModule.get(entry.module) ?? []), text]);
  }
  const modules = [...byModule].sort(([a], [b]) => (a < b ? -1 : 1));
  return modules.map(([module, names]) => `- \`${module}\`: ${names.sort().join(', ')}`).join('\n');
}
