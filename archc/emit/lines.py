"""Python source lines under construction: statements, and conditions with what stands under them."""

from __future__ import annotations

import re

from archc.emit.source import WIDTH, split, unpacked

_NAMES = re.compile(r"(?<![\w.])[a-zA-Z_]\w*")


class Lines:
    """Source lines under construction, at some depth of indentation."""

    def __init__(self, indent: int) -> None:
        self.indent = indent
        self.text: list[str] = []
        self.opened: list[tuple[str, int]] = []
        """The conditions that are open, and where what stands under them begins."""
        self.closed = ("", 0, 0)
        """The condition that was closed last, and where what stood under it began and ended."""

    def deeper(self, by: int = 1) -> None:
        self.indent += 4 * by

    def add(self, line: str) -> None:
        self.text.append(" " * self.indent + line if line else "")

    def statement(self, start: str, value: str, comment: str = "") -> None:
        """Add `start` and `value` on one line where they fit, else split at the outermost brackets."""
        whole = f"{' ' * self.indent}{start}{value}"
        if len(whole) <= WIDTH:
            self.text.append(whole)
        else:
            names = start.removesuffix(" = ").split(", ")
            several = len(names) > 1
            self.text.extend(unpacked(names, value, self.indent) if several else split(start, value, self.indent))
        if comment and len(self.text[-1]) + 2 + len(comment) <= WIDTH and self.text[-1].strip() not in ")]":
            self.text[-1] += "  " + comment

    def condition(self, word: str, condition: str) -> None:
        """Add `word condition:`, such as an `if`; too long a condition is split within brackets."""
        self.text.extend(split(f"{word} ", condition, self.indent, ":"))

    def begin_if(self, condition: str, otherwise: bool) -> None:
        """Begin an `if`, or with `otherwise` an `elif`, or an `else` where there is no condition."""
        if condition:
            self.condition("elif" if otherwise else "if", condition)
        else:
            self.add("else:")
        self.deeper()
        self.opened.append(("" if otherwise else condition, len(self.text)))

    def begin_if_anew(self, condition: str) -> None:
        """Begin an `if`, or go on with the one of the same condition that has ended right here."""
        closed, start, end = self.closed
        if condition != closed or end != len(self.text) or self._sets(start, condition):
            self.begin_if(condition, False)
            return
        if self.text[-1].strip() == "pass":
            self.text.pop()
        self.deeper()
        self.opened.append((condition, start))

    def end_if(self) -> None:
        """End an `if`, an `elif` or an `else`."""
        if self.text[-1].rstrip().endswith(":"):
            self.add("pass")
        self.deeper(-1)
        self.closed = (*self.opened.pop(), len(self.text))

    def _sets(self, start: int, condition: str) -> bool:
        """Tell whether lines from `start` on give a name in the condition another value."""
        return any(
            set(_NAMES.findall(line.partition(" = ")[0])) & {*_NAMES.findall(condition)}
            for line in self.text[start:]
            if " = " in line
        )
