/** What the soak has watched as an SVG of lines: memory over time. */

/** One line of the picture: a value for each second, all in MiB. */
export interface MemoryLine {
  readonly name: string;
  readonly values: readonly number[];
}

const LEFT = 48;
const TOP = 44;
const WIDTH = 700;
const HEIGHT = 260;
const COLOURS = ['#c8553d', '#2f6f9f', '#2a9d62', '#8a63a8'];
/** A point for so many seconds at least: the greatest value of each such span is drawn. */
const MOST_POINTS = 700;

/** The step between lines of the grid: 1, 2 or 5 times a power of ten, at most six of them up to `most`. */
function gridStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 6));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => most / step <= 6) ?? power * 10;
}

/** The greatest value of each span of `size` seconds. */
function peaks(values: readonly number[], size: number): number[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    Math.max(...values.slice(i * size, (i + 1) * size)),
  );
}

/** Shapes only: readable on a light and on a dark page. `minutes`: what the width stands for. */
export function soakPicture(lines: readonly MemoryLine[], minutes: number): string {
  const most = Math.max(...lines.flatMap(({ values }) => values)) * 1.05;
  const y = (value: number): string => (TOP + HEIGHT - (value / most) * HEIGHT).toFixed(1);
  const x = (minute: number): string => (LEFT + (minute / minutes) * WIDTH).toFixed(1);
  const parts: string[] = [];
  const step = gridStep(most);
  for (let value = 0; value <= most; value += step) {
    parts.push(
      `<line x1="${LEFT}" y1="${y(value)}" x2="${LEFT + WIDTH}" y2="${y(value)}" stroke="#777" stroke-opacity="0.3"/><text x="${LEFT - 6}" y="${y(value)}" dy="4" text-anchor="end">${value}</text>`,
    );
  }
  const minuteStep = Math.max(1, gridStep(minutes));
  for (let minute = 0; minute <= minutes; minute += minuteStep) {
    parts.push(`<text x="${x(minute)}" y="${TOP + HEIGHT + 16}" text-anchor="middle">${minute}</text>`);
  }
  for (const [i, { name, values }] of lines.entries()) {
    const size = Math.max(1, Math.ceil(values.length / MOST_POINTS));
    const points = peaks(values, size).map((value, at) => `${x((minutes * at * size) / values.length)},${y(value)}`);
    const colour = COLOURS[i % COLOURS.length] as string;
    parts.push(`<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`);
    parts.push(`<text x="${LEFT + i * 180}" y="${TOP - 12}" fill="${colour}">${name}</text>`);
  }
  const title = `Memory in ${minutes} minutes of work of all kinds`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 16} ${TOP + HEIGHT + 40}" width="${LEFT + WIDTH + 16}" font-family="sans-serif" font-size="11" fill="#777">
<title>${title}</title>
<text x="${LEFT}" y="14" font-weight="bold">${title}, MiB</text>
${parts.join('\n')}
<text x="${LEFT + WIDTH}" y="${TOP + HEIGHT + 32}" text-anchor="end">minutes</text>
</svg>
`;
}
