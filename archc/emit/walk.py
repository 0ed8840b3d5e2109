"""What an emitted loop walks through: numbers that count, or the very lists in which its turns would look up values."""

from __future__ import annotations

import re

from archc.emit.source import Identifiers, top_level

_LOOKED_UP = r"(?<![\w.\])])(\([^()]*\)|[A-Za-z_]\w*)\[%s\]"
_WORDS = re.compile(
    r"(?:^|_)(filters|kernel_size|strides?|padding|dilation|groups|units|rate|pool_size|in_channels)\d*$"
)


class Walk:
    """A loop that counts `count` turns in `index`, until lists of that length are found that it may walk instead."""

    def __init__(self, index: str, count: str) -> None:
        self.index = index
        self.count = count
        self.lists: dict[str, str] = {}
        self.closed = False
        """Whether its header stands already, so that no further list can be walked."""
        self.pattern = re.compile(_LOOKED_UP % re.escape(index))

    def counting(self) -> Walk:
        """Return a loop over the same turns that only counts."""
        walk = Walk(self.index, self.count)
        walk.closed = True
        return walk

    def walked(self, text: str, wish: str, identifiers: Identifiers) -> str:
        """Return an expression with `list[index]` as the variable that walks through the list."""
        if f"[{self.index}]" not in text:
            return text

        def variable(found: re.Match[str]) -> str:
            listed = found[1]
            if listed not in self.lists:
                if self.closed or not self._as_long(listed):
                    return found[0]
                self.lists[listed] = identifiers.give(_one_of(listed, wish))
            return self.lists[listed]

        return self.pattern.sub(variable, text)

    def _as_long(self, listed: str) -> bool:
        if listed[0] == "(":
            return str(len(top_level(listed[1:-1]))) == self.count
        return self.count == f"len({listed})"

    def asks(self, text: str) -> bool:
        """Tell whether an expression asks for the number of the turn."""
        return re.search(rf"\b{self.index}\b", text) is not None

    def header(self, used: bool) -> tuple[str, str]:
        """Return what stands before and after the `in`; `used` tells whether the number of the turn is asked for."""
        self.closed = True
        if not self.lists:
            return self.index if used else "_", f"range({self.count})"
        sources = [*self.lists]
        names, source = ", ".join(self.lists.values()), sources[0]
        if len(sources) > 1:
            source = f"zip({', '.join(sources)}, strict=True)"
        if not used:
            return names, source
        return f"{self.index}, {names if len(sources) == 1 else f'({names})'}", f"enumerate({source})"


def _one_of(listed: str, wish: str) -> str:
    """Return a name for one value of a list."""
    if listed[0] != "(" and len(listed) > 2 and listed.endswith("s") and listed not in ("filters", "units"):
        return listed[:-1]
    found = _WORDS.search(wish)
    return found[1] if found else wish
