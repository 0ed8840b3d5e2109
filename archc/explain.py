"""The pages that explain each error code: one file of Markdown each, which tests run."""

from __future__ import annotations

import os

FOLDER = os.path.join(os.path.dirname(__file__), "pages")


def codes() -> list[str]:
    """Return every code that has a page, sorted."""
    return sorted(name.removesuffix(".md") for name in os.listdir(FOLDER) if name.endswith(".md"))


def explain(code: str) -> str | None:
    """Return the page of a code, as in `E0304` or `e0304`; None where there is none."""
    wanted = code.upper()
    if wanted not in codes():
        return None
    with open(os.path.join(FOLDER, f"{wanted}.md"), encoding="utf-8") as file:
        return file.read()
