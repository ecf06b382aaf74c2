/** Tab-separated tables: the data of the conformance command. A line that starts with # is a heading or a comment. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The rows of a file, each an array of its fields; none if there is no such file. */
export function readTable(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'));
}

/** Writes `heading` (field names) and rows. */
export function writeTable(file, heading, rows) {
  writeFileSync(file, `${[`#${heading.join('\t')}`, ...rows.map((row) => row.join('\t'))].join('\n')}\n`);
}

/** Rows by the key that `keyOf` gives, in order of first appearance. */
export function groupBy(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** What a case printed as its reason, without what differs from run to run and from machine to machine. */
export function steadyReason(reason, folders) {
  let text = reason ?? '';
  for (const folder of folders) text = text.replaceAll(folder, '…');
  text = text
    .replace(/<0\.\d+\.\d+>/g, '<0._._>')
    .replace(/#Ref<[\d.]+>/g, '#Ref<_>')
    .replace(/\/(work|tmp|root)\//g, '…/')
    .replace(/\t/g, ' ');
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
