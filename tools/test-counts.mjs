/** A reporter that prints nothing but the counts, at the end, as `# tests 12`, whatever Node's other reporters do. */
export default async function* testCounts(source) {
  const counts = [];
  for await (const { type, data } of source) {
    if (
      type === 'test:diagnostic' &&
      data.nesting === 0 &&
      /^(tests|pass|fail|cancelled|skipped) \d+$/.test(data.message)
    ) {
      counts.push(`# ${data.message}\n`);
    }
  }
  yield counts.join('');
}
