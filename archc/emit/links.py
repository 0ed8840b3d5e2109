"""Characters outside of string literals, and the links of a chain of methods."""

from __future__ import annotations

from collections.abc import Iterable


def bare(text: str) -> Iterable[tuple[int, str]]:
    """Yield the characters outside string literals, with their places."""
    quote, place = "", 0
    while place < len(text):
        char = text[place]
        if quote:
            if char == "\\":
                place += 1
            elif char == quote:
                quote = ""
        elif char in "\"'":
            quote = char
        else:
            yield place, char
        place += 1


def links(text: str) -> list[str]:
    """Divide `f(x)[1].transpose(0, 1).flatten(1)` before each attribute of what a call or a subscript gives."""
    cuts, depth = [], 0
    for place, char in bare(text):
        depth += (char in "([{") - (char in ")]}")
        if depth == 0 and char == " ":
            return [text]
        if depth == 0 and char == "." and text[place - 1 : place] in (")", "]"):
            cuts.append(place)
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
