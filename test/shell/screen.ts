/** A terminal's screen: what an xterm would show after it was sent these characters, as far as OTP's shell makes use of it. */
import { characterWidth } from '../../src/host/character-widths.ts';

interface Cell {
  readonly text: string;
  readonly style: string;
}

const BLANK: Cell = { text: ' ', style: '' };
/** The second column of a wide character. */
const COVERED: Cell = { text: '', style: '' };
const TAB = 8;

const ESCAPE = '\x1b';
const SEQUENCE = new RegExp(`^${ESCAPE}(?:\\[(?<arguments>[\\d;?]*)(?<final>[@-~])|(?<other>[^[]))`);

export class Screen {
  private columns: number;
  private rows: number;
  private lines: Cell[][] = [];
  private row = 0;
  private column = 0;
  /** A character was written to the last column: the next one goes to the next line. */
  private wraps = false;
  private style = '';
  private unread = '';

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.lines = Array.from({ length: rows }, () => this.blankLine());
  }

  private blankLine(): Cell[] {
    return Array.from({ length: this.columns }, () => BLANK);
  }

  /** Another size; lines are cut or filled up, not wrapped anew. */
  resize(columns: number, rows: number): void {
    this.columns = columns;
    while (rows < this.rows && this.row >= rows) {
      this.lines.shift();
      this.row--;
      this.rows--;
    }
    this.rows = rows;
    this.lines = Array.from({ length: rows }, (_, i) =>
      this.blankLine().map((blank, j) => this.lines[i]?.[j] ?? blank),
    );
    this.column = Math.min(this.column, columns - 1);
  }

  write(text: string): void {
    let rest = this.unread + text;
    while (rest !== '') {
      const taken = rest.startsWith(ESCAPE) ? this.sequence(rest) : this.plain(rest);
      if (taken === 0) break;
      rest = rest.slice(taken);
    }
    this.unread = rest;
  }

  private plain(text: string): number {
    const character = String.fromCodePoint(text.codePointAt(0) as number);
    if (character === '\r') this.moveTo(this.row, 0);
    else if (character === '\n') this.lineFeed();
    else if (character === '\b') this.moveTo(this.row, this.column - 1);
    else if (character === '\t') this.moveTo(this.row, (Math.floor(this.column / TAB) + 1) * TAB);
    else if (character >= ' ') this.put(character);
    return character.length;
  }

  private put(character: string): void {
    const width = characterWidth(character.codePointAt(0) as number) ?? 1;
    if (width === 0) return this.combine(character);
    if (this.wraps || this.column + width > this.columns) {
      this.lineFeed();
      this.column = 0;
    }
    const line = this.lines[this.row] as Cell[];
    line[this.column] = { text: character, style: this.style };
    if (width === 2) line[this.column + 1] = COVERED;
    this.wraps = this.column + width >= this.columns;
    this.column = Math.min(this.column + width, this.columns - 1);
  }

  private combine(mark: string): void {
    const line = this.lines[this.row] as Cell[];
    let at = this.wraps ? this.column : this.column - 1;
    while (at > 0 && line[at] === COVERED) at--;
    const cell = line[at];
    if (cell !== undefined) line[at] = { ...cell, text: cell.text + mark };
  }

  private lineFeed(): void {
    this.wraps = false;
    if (this.row + 1 < this.rows) {
      this.row++;
      return;
    }
    this.lines.shift();
    this.lines.push(this.blankLine());
  }

  private moveTo(row: number, column: number): void {
    this.wraps = false;
    this.row = Math.max(0, Math.min(row, this.rows - 1));
    this.column = Math.max(0, Math.min(column, this.columns - 1));
  }

  /** Returns how many characters were taken; 0: the sequence is not whole. */
  private sequence(text: string): number {
    const match = SEQUENCE.exec(text);
    if (match === null) return 0;
    const { arguments: values = '', final = '' } = match.groups ?? {};
    const numbers = values.split(';').map((number) => Number.parseInt(number, 10));
    this.control(final, numbers[0] || 1, numbers, values);
    return match[0].length;
  }

  private control(final: string, count: number, numbers: readonly number[], values: string): void {
    const { row, column } = this;
    if (final === 'A') this.moveTo(row - count, column);
    else if (final === 'B') this.moveTo(row + count, column);
    else if (final === 'C') this.moveTo(row, column + count);
    else if (final === 'D') this.moveTo(row, column - count);
    else if (final === 'G') this.moveTo(row, count - 1);
    else if (final === 'H') this.moveTo(count - 1, (numbers[1] || 1) - 1);
    else if (final === 'J') this.erase(numbers[0] || 0, this.rows);
    else if (final === 'K') this.erase(numbers[0] || 0, row + 1);
    else if (final === 'm') this.style = values === '' || values === '0' ? '' : `${this.style}${values};`;
    else if (final === 'I') this.moveTo(row, (Math.floor(column / TAB) + count) * TAB);
    else if (final !== '') throw new Error(`the screen does not know ESC [ ${values} ${final}`);
  }

  /** 0: from the cursor on; 2: everything. */
  private erase(what: number, endRow: number): void {
    for (let i = what === 0 ? this.row : 0; i < endRow; i++) {
      const line = this.lines[i] as Cell[];
      line.fill(BLANK, what === 0 && i === this.row ? this.column : 0);
    }
  }

  /** Lines without what is blank at their end; styles as {4:text}; the cursor as a line of its own. */
  show(): string {
    const lines = this.lines.map((line) => showLine(line));
    while (lines.at(-1) === '') lines.pop();
    return `${lines.join('\n')}\n(row ${this.row}, column ${this.column})`;
  }
}

function showLine(line: readonly Cell[]): string {
  let text = '';
  let style = '';
  for (const cell of line) {
    if (cell.style !== style && cell !== COVERED) {
      if (style !== '') text += '}';
      if (cell.style !== '') text += `{${cell.style.replace(/;$/, '')}:`;
      style = cell.style;
    }
    text += cell.text;
  }
  return `${text}${style === '' ? '' : '}'}`.trimEnd();
}
