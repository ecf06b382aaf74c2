#!/usr/bin/env python3
"""Writes src/host/character-widths.ts from the C library's wcwidth and src/host/termcap-codes.ts from libtinfo's lists of codes.

Native OTP asks the same two libraries. Run it on a GNU/Linux with a newer Unicode, then `npm test -- shell/`.
"""
import ctypes
import os
import textwrap

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LETTERS = {-1: "X", 0: "O", 1: "I", 2: "W"}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(n):
    text = ""
    while n > 0:
        n, digit = divmod(n, 36)
        text = DIGITS[digit] + text
    return text


def widths():
    libc = ctypes.CDLL(None)
    libc.setlocale.restype = ctypes.c_char_p
    assert libc.setlocale(0, b"C.UTF-8") is not None
    runs, last, since = "", libc.wcwidth(0), 0
    for point in range(1, 0x110000):
        width = libc.wcwidth(ctypes.c_int(point))
        if width != last:
            runs += base36(point - since) + LETTERS[last]
            last, since = width, point
    return runs + base36(0x110000 - since) + LETTERS[last]


def codes(library, symbol):
    table = (ctypes.c_char_p * 1000).in_dll(library, symbol)
    end = next(i for i in range(1000) if table[i] is None)
    return " ".join(table[i].decode() for i in range(end))


def literal(text):
    lines = textwrap.wrap(text, 120) if " " in text else [text[i : i + 120] for i in range(0, len(text), 120)]
    glue = " " if " " in text else ""
    return " +\n".join("  '" + line + (glue if i + 1 < len(lines) else "") + "'" for i, line in enumerate(lines))


def write(name, text):
    with open(os.path.join(HERE, "src", "host", name), "w", encoding="utf-8") as file:
        file.write(text)


write(
    "character-widths.ts",
    f"""// Written by tools/terminal-tables.py.
/** Columns that a character takes in a terminal, as wcwidth(3) of GNU's C library has them in a locale of UTF-8. */

/** Runs of code points from 0 on: how many, in base 36, and their width: X not printable, O none, I one, W two columns. */
const RUNS =
{literal(widths())};

const WIDTHS: Readonly<Record<string, number | undefined>> = {{ O: 0, I: 1, W: 2 }};

/** Where each run ends, and the width in it. */
const runs = (() => {{
  const ends: number[] = [];
  const widths: (number | undefined)[] = [];
  let end = 0;
  for (const [, count = '', letter = ''] of RUNS.matchAll(/([0-9a-z]+)([XOIW])/g)) {{
    end += Number.parseInt(count, 36);
    ends.push(end);
    widths.push(WIDTHS[letter]);
  }}
  return {{ ends, widths }};
}})();

/** The columns of a code point; undefined: it is not printable. */
export function characterWidth(codePoint: number): number | undefined {{
  let low = 0;
  let high = runs.ends.length;
  while (low < high) {{
    const middle = Math.floor((low + high) / 2);
    if ((runs.ends[middle] as number) <= codePoint) low = middle + 1;
    else high = middle;
  }}
  return codePoint < 0 ? undefined : runs.widths[low];
}}
""",
)
tinfo = ctypes.CDLL("libtinfo.so.6")
write(
    "termcap-codes.ts",
    f"""// Written by tools/terminal-tables.py.
/** The codes by which termcap knows what a terminfo entry holds, in the order in which a compiled entry holds it (Caps of ncurses). */

export const FLAG_CODES: readonly string[] = (
{literal(codes(tinfo, "boolcodes"))}
).split(' ');

export const NUMBER_CODES: readonly string[] = (
{literal(codes(tinfo, "numcodes"))}
).split(' ');

export const STRING_CODES: readonly string[] = (
{literal(codes(tinfo, "strcodes"))}
).split(' ');

/** What terminfo calls the strings, in the same order. */
export const STRING_NAMES: readonly string[] = (
{literal(codes(tinfo, "strnames"))}
).split(' ');
""",
)
