"""How a backend says what it writes for an op: data, which emission then merges over all uses of a block."""

from __future__ import annotations

from typing import Any, NamedTuple

from archc.shapes import Shape, Size


class Code(str):
    """A value that is Python source already, such as `F.relu`."""

    __slots__ = ()


class Default(NamedTuple):
    """A keyword's value, and the framework's default for it: left out where every use has the default."""

    value: Any
    default: Any


class Make(NamedTuple):
    """A layer object: what to call, with which arguments. `suffix` tells it from the step's other layers.

    `call` is what applies it, where that is not `{layer}({x})`, or `{layer}([{0}, {1}])` in a merge; values in it are
    `{name}` from `slots`. Values are plain Python values, Code, Default, or tuples of values; numbers may carry an
    expression with them. A positional argument may be another Make: a layer that this one wraps.
    """

    callee: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}  # noqa: RUF012 - never changed
    suffix: str = ""
    call: str = ""
    slots: dict[str, Any] = {}  # noqa: RUF012 - never changed


class Use(NamedTuple):
    """An expression of what comes in, `{x}` (a merge's inputs: `{0}`, `{1}` ...), and of values, `{name}` from `slots`.

    `call` is true where the template puts what comes in between the brackets of a call: it may be any expression.
    """

    template: str
    slots: dict[str, Any] = {}  # noqa: RUF012 - never changed
    call: bool = True


class Spelling(NamedTuple):
    """One way to write an op: parts, each applied to what the part before it gives.

    A backend offers one spelling or several, best first; the first `form` that all uses of a step offer is taken, and
    uses of one form have the same parts but for values. `stretch` is a template of `{x}` for each input of a merge.
    `needs` names definitions that the file must hold.
    """

    form: str
    parts: tuple[Make | Use, ...]
    stretch: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class View(NamedTuple):
    """A tensor as the emitted code holds it: its shape, whether channels come first (after the batch axis), and whether
    it is `fresh`, so that what is written may overwrite it.
    """

    shape: Shape
    first: bool = True
    fresh: bool = False

    @property
    def rank(self) -> int:
        """How many spatial axes."""
        return self.shape.rank

    @property
    def channels(self) -> Size:
        return self.shape.channels

    @property
    def spatial(self) -> tuple[Size, ...]:
        return self.shape.spatial
