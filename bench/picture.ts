/** The ratios as an SVG of bars, to the left of the line where they are faster than native OTP, to the right where slower. */
import { type Row, ratioOf } from './measure.ts';
import { GROUPS } from './programs.ts';

const LABELS = 270;
const HALF = 230;
const LINE = 15;
/** Ratios beyond these are cut, with their number beside. */
const MOST = 8;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function bar(row: Row, y: number): string {
  const ratio = ratioOf(row, 1);
  const middle = LABELS + HALF;
  const label = `<text x="${LABELS - 8}" y="${y + 11}" text-anchor="end">${escaped(row.program.what)}</text>`;
  if (ratio === undefined) return label;
  const length = (Math.min(Math.abs(Math.log2(ratio)), Math.log2(MOST)) / Math.log2(MOST)) * (HALF - 40);
  const faster = ratio <= 1;
  const x = faster ? middle - length : middle;
  const colour = faster ? '#2a9d62' : '#c8553d';
  const number = faster
    ? `<text x="${x - 4}" y="${y + 11}" text-anchor="end">${ratio.toFixed(2)}</text>`
    : `<text x="${x + length + 4}" y="${y + 11}">${ratio.toFixed(2)}</text>`;
  return `${label}<rect x="${x.toFixed(1)}" y="${y + 2}" width="${Math.max(length, 1).toFixed(1)}" height="${LINE - 4}" fill="${colour}"/>${number}`;
}

/** Shapes only: readable on a light and on a dark page. */
export function picture(rows: readonly Row[]): string {
  const parts: string[] = [];
  let y = 24;
  for (const [group, name] of Object.entries(GROUPS)) {
    const members = rows.filter(({ program }) => program.group === group);
    if (members.length === 0) continue;
    parts.push(`<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end" font-weight="bold">${name}</text>`);
    y += LINE + 3;
    for (const row of members) {
      parts.push(bar(row, y));
      y += LINE;
    }
    y += 6;
  }
  const middle = LABELS + HALF;
  const width = LABELS + 2 * HALF;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 6}" width="${width}" font-family="sans-serif" font-size="11" fill="#777">
<title>Time of Enigma by that of native OTP 27, for each program</title>
<text x="${middle - 6}" y="14" text-anchor="end">faster than OTP 27's JIT</text><text x="${middle + 6}" y="14">slower (times native, logarithmic)</text>
<line x1="${middle}" y1="4" x2="${middle}" y2="${y}" stroke="#777"/>
${parts.join('\n')}
</svg>
`;
}
