"""Source with its words coloured, by Pygments, which comes along with rich."""

from __future__ import annotations

from functools import cache


def highlighted(source: str) -> str:
    """Return Python source as HTML; the classes are explained by `styles`."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return str(highlight(source, PythonLexer(), HtmlFormatter(cssclass="source")))


@cache
def styles() -> str:
    """Return the colours for light and for dark."""
    from pygments.formatters import HtmlFormatter

    light, dark = (HtmlFormatter(style=name).get_style_defs(".source") for name in ("default", "monokai"))
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"
