#!/usr/bin/env python3
"""Makes docs/demo.svg: what `common-ground demo` shows, as a picture.

    python3 docs/make-demo-picture.py [PROGRAM]

It runs the program (by default the one that `cargo demo` built), and draws its real output, colours and all.
Only the parts that differ at every run are as they came: the code of words, the heads, the times.
Needs nothing but Python's own library.
"""

import html
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "target/debug/common-ground"
# What is shown of the whole: the steps that say most. The rest is cut, and the picture says so.
STEPS = {3, 5, 6, 8, 9, 10, 11}

CELL, LINE, MARGIN, SIZE = 8.4, 18, 18, 14
COLOURS = {"31": "#e5786d", "32": "#8fc58f", "36": "#7fb8d0", "2": "#8a8a84", "1": "#ffffff", "1;33": "#f0d080"}
INK, PAPER, BAR = "#d8d8d0", "#23241f", "#33342e"


def run_demo():
    environment = dict(os.environ, CLICOLOR_FORCE="1", LC_ALL="en_GB.UTF-8", LANGUAGE="en")
    done = subprocess.run([PROGRAM, "demo"], env=environment, capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        sys.exit(f"the demo ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout.rstrip("\n").split("\n")


def steps_of(lines):
    """The lines before the first step, each step with its number, and the lines after the last."""
    blocks, current = [], (0, [])
    for line in lines:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
        begins = re.match(r"^ ?(\d+)  \S", plain)
        ends = plain.startswith("All of it is so")
        if begins or ends:
            blocks.append(current)
            current = (int(begins.group(1)) if begins else 99, [])
        current[1].append(line)
    blocks.append(current)
    return blocks


def pieces_of(line):
    """A line as pieces of (style, text)."""
    style, pieces = None, []
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if code:
            style = None if code.group(1) == "0" else code.group(1)
        elif piece:
            pieces.append((style, piece))
    return pieces


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def draw(lines):
    widest = max(columns("".join(text for _, text in pieces_of(line))) for line in lines)
    width, height = widest * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN + 24
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" role="img">',
        "<title>common-ground demo: two people, two devices, one plan, and a private journal</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>',
        f'<rect width="100%" height="24" rx="8" fill="{BAR}"/>',
        f'<text x="{MARGIN}" y="17" font-family="monospace" font-size="12" fill="{INK}">$ cargo demo</text>',
        f'<g font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{SIZE}" fill="{INK}">',
    ]
    for number, line in enumerate(lines):
        column, y = 0, 24 + MARGIN + (number + 1) * LINE - 5
        for style, text in pieces_of(line):
            if text.strip():
                fill = f' fill="{COLOURS[style]}"' if style in COLOURS else ""
                weight = ' font-weight="bold"' if style in ("1", "1;33") else ""
                struck = ' text-decoration="line-through" fill="#e5786d"' if style == "31;9" else ""
                lead = len(text) - len(text.lstrip(" "))
                body = text.strip(" ")
                x = MARGIN + (column + lead) * CELL
                # The length is given, so that columns stand below each other in any font.
                length = columns(body) * CELL
                out.append(
                    f'<text x="{x:.1f}" y="{y}" textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs" '
                    f'xml:space="preserve"{fill}{weight}{struck}>{html.escape(body)}</text>'
                )
            column += columns(text)
    out += ["</g>", "</svg>", ""]
    return "\n".join(out)


def main():
    shown, cut = [], False
    for number, lines in steps_of(run_demo()):
        if number in (0, 99) or number in STEPS:
            shown += lines
            cut = False
        elif not cut:
            shown += ["\x1b[2m    …\x1b[0m", ""]
            cut = True
    # The temporary folder has another name each time.
    shown = [re.sub(r"/\S*common-ground-demo-\w+", "/tmp/common-ground-demo", line) for line in shown]
    (HERE / "demo.svg").write_text(draw(shown), encoding="utf-8")


main()
