"""Sizes that change as `__init__` goes: a variable that is set before, and set anew in loops and conditions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from archc.document import Mark
from archc.emit.scope import Scope
from archc.emit.slots import Irregular
from archc.emit.source import split
from archc.emit.walk import Walk
from archc.expressions import Expression

if TYPE_CHECKING:
    from archc_torch.body import LateScope


class Running(str):
    """A line of `__init__` that sets a size; written only where the size is asked for."""

    name: str
    value: Expression | None
    """What the size is set to; None where no expression says it."""
    walks: list[Walk]
    mark: Mark | None = None
    """Where the step stands that changes the size from turn to turn."""

    @classmethod
    def line(cls, indent: int, name: str, value: Expression | None, walks: list[Walk]) -> Running:
        """Return the line that sets `name`, within these loops."""
        made = cls(" " * indent + name)
        made.name, made.value, made.walks = name, value, [*walks]
        return made

    def source(self, scope: Scope) -> str:
        """Return the line's text. Raises Irregular where no expression says the size that is asked for."""
        if self.value is None:
            error = Irregular("the channels change from turn to turn in a way that no expression says")
            error.mark = self.mark
            raise error
        indent = len(self) - len(self.lstrip())
        around, scope.walks = scope.walks, self.walks
        text = scope.text(self.value)
        scope.walks = around
        return f"{' ' * indent}{scope.texts[self.name]} = {text}"


class Header(str):
    """The line in `__init__` that opens a loop; a `plain` one unless the size called `name` is asked for."""

    name: str
    plain: str

    @classmethod
    def lines(cls, indent: int, loop: str, plain: str, name: str | None) -> list[str]:
        """Return the lines that open a loop."""
        asked, unasked = (split("for ", text, indent, ":") for text in (loop, plain))
        if name is None or asked == unasked or len(asked + unasked) > 2:
            return asked
        made = cls(asked[0])
        made.name, made.plain = name, unasked[0]
        return [made]


def clean(late: LateScope, last: Sequence[str] = ()) -> list[str]:
    """Return the lines of `__init__`, without sizes that nobody asks for and conditions under which nothing happens.

    `last` comes after them, and reads sizes as they are then.
    """
    pending = [line for line in late.init.text if isinstance(line, Running)]
    written: dict[int, str] = {}
    while todo := [line for line in pending if id(line) not in written and line.name in late.used]:
        for line in todo:
            written[id(line)] = line.source(late)
    opened = [
        line.plain if isinstance(line, Header) and line.name not in late.used else line for line in late.init.text
    ]
    kept = [written.get(id(line), "") if isinstance(line, Running) else line for line in opened]
    kept = [line for line in kept if line]
    lines = [*(_without_passes(kept) if any(line.endswith(":") for line in kept) else kept), *last]
    return _reused(lines, {late.texts[line.name] for line in pending}) if pending else lines


_NAME = re.compile(r"(?<![\w.])[a-z]\w*")
_ITSELF = re.compile(r" *(\w+) = \1")
_IN_PLACE = re.compile(r"( *(\w+)) = \2 (\+|\*|//) (\w+)")


def _reused(lines: list[str], sizes: set[str]) -> list[str]:
    """Let a size have the name of an earlier one, where that is read no more from there on; write `+=`."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for place, line in enumerate(lines):
        for name in sizes.intersection(_NAME.findall(line)):
            first.setdefault(name, place)
            last[name] = place
    names: dict[str, str] = {}
    done: dict[str, int] = {}
    for size, place in first.items():
        # In a loop or under a condition, what stands above may come later.
        plain = lines[place].startswith(f"        {size} = ") and not any(f"{size}=" in line for line in lines)
        name = next((name for name, end in done.items() if end <= place), size) if plain else size
        names[size], done[name] = name, last[size]
    written = [_NAME.sub(lambda found: names.get(found[0], found[0]), line) for line in lines]
    return [
        _IN_PLACE.sub(r"\1 \3= \4", line) if _IN_PLACE.fullmatch(line) else line
        for line in written
        if not _ITSELF.fullmatch(line)
    ]


def _without_passes(lines: list[str]) -> list[str]:
    found: list[str] = []
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else ""
        if line.strip() == "else:" and found and found[-1].strip() == "pass":
            found[-2:] = [found[-2].replace("if ", "if not ", 1)]
        else:
            found.append(line)
        if line.endswith(":") and _depth(following) <= _depth(line):
            found.append(" " * (_depth(line) + 4) + "pass")
        if following.strip() == "else:" and found[-1].strip() == "pass" and found[-2].lstrip().startswith("if "):
            continue  # what is under the `else` comes under the opposite condition
        while found and found[-1].strip() == "pass" and found[-2].endswith(":"):
            del found[-2:]
            if found and found[-1].endswith(":") and _depth(following) <= _depth(found[-1]):
                found.append(" " * (_depth(found[-1]) + 4) + "pass")  # a loop round nothing else goes too
    return found


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
