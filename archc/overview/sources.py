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

    light, dark = (HtmlFormatter(style=name) for name in ("default", "monokai"))
    night = dark.get_style_defs(".source")  # type: ignore[no-untyped-call]
    return f"{light.get_style_defs('.source')}\n@media (prefers-color-scheme: dark) {{\n{night}\n}}"  # type: ignore[no-untyped-call]
