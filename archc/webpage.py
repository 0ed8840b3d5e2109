"""What all of archc's pages of HTML have in common: head, colours of day and night, and text that is only text."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from archc import __version__
from archc.diagnostics import harmless

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1f; --soft: #5c5c66; --ground: #fff; --line: #d8d8de; --bar: #9cc3e6; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececf1; --soft: #a5a5b0; --ground: #17171b; --line: #3a3a42;
  --bar: #2d5f8a; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); margin: 2rem auto;
  max-width: 58rem; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; }
h2 { border-top: 1px solid var(--line); padding-top: 1.2rem; margin-top: 2.4rem; }
p.note, figcaption { color: var(--soft); font-size: 0.9rem; }
.row { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
"""


def text(value: object) -> str:
    """Return text that is only text, in HTML and on a screen."""
    return escape(harmless(str(value)))


def page(title: str, what: str, style: str, parts: Iterable[str]) -> str:
    """Return a page that says `what` it is to archc, with `style` after the common one; empty parts are left out."""
    head = [
        "<!doctype html>",
        f"<!-- Drawn by archc {__version__}: {what}. -->",
        f'<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{text(title)}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{STYLE}{style}</style>\n</head>\n<body>",
    ]
    return "\n".join([*head, *filter(None, parts), "</body>\n</html>\n"])
