"""The pages that explain each error code: one file of Markdown each, which tests run."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

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


class Specs(NamedTuple):
    """What a page shows: a wrong spec, a right one, and the files that they import."""

    wrong: str
    right: str
    files: dict[str, str]


def specs(code: str) -> Specs | None:
    """Return the specs on a code's page; None where it shows none."""
    page = explain(code) or ""
    found = dict(re.findall(r"^(Wrong|Right|With `.+`):\n\n```yaml\n(.*?)```$", page, re.MULTILINE | re.DOTALL))
    if not found:
        return None
    files = {label[6:-1]: spec for label, spec in found.items() if label.startswith("With")}
    return Specs(found["Wrong"], found["Right"], files)
