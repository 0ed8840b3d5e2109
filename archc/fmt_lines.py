"""From lines with comments beside them to the text of a file: blank lines by ones, comments lined up."""

from __future__ import annotations

WIDEST = 120
"""Comments on lines that follow each other line up, unless that makes a line longer than this."""


def squeezed(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out blank lines at the start, at the end and beside another."""
    kept: list[tuple[str, str]] = []
    for line in lines:
        if line[0] or line[1] or (kept and kept[-1] != ("", "")):
            kept.append(line)
    while kept and kept[-1] == ("", ""):
        kept.pop()
    return kept


def joined(lines: list[tuple[str, str]]) -> str:
    """Return the text, with comments on lines that follow each other lined up."""
    written = []
    start = 0
    while start < len(lines):
        end = start + 1
        while lines[start][1] and end < len(lines) and lines[end][1]:
            end += 1
        run = lines[start:end]
        column = max(len(text) for text, _ in run)
        if max(column + 2 + len(comment) for _, comment in run) > WIDEST:
            column = 0
        written += [f"{text:{column}}  {comment}" if comment else text for text, comment in run]
        start = end
    return "\n".join(written) + "\n"
