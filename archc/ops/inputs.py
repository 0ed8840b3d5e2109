"""What an op may be given: the checks that ops share, and how their errors say what came in."""

from __future__ import annotations

from collections.abc import Iterable

from archc.ops.base import Op, ShapeError
from archc.shapes import Shape, Size, Unknown

ARTICLES = {"image": "an image", "volume": "a volume", "sequence": "a sequence", "vector": "a vector"}


def ceil_div(a: Size, b: int) -> Size:
    """Divide and round up."""
    if isinstance(a, Unknown):
        return (a + (b - 1)) // b
    return -(-a // b)


def written(sizes: Iterable[Size]) -> str:
    """Write sizes as in 28x28x64."""
    # The format `d` shows the number also where a subclass of int prints itself otherwise.
    return "x".join("any" if isinstance(size, Unknown) else format(size, "d") for size in sizes)


def described(x: Shape) -> str:
    """Say what a shape is, as in `an image of 28x28x64`."""
    if x.vocabulary is not None:
        return f"token ids ({written(x.sizes)}, vocabulary {written((x.vocabulary,))})"
    kind = ARTICLES.get(x.kind) or f"a tensor with the axes {', '.join(x.axes)}"
    return f"{kind} of {written(x.sizes)}"


def floats(op: Op, x: Shape) -> Shape:
    """Return `x` unless it holds token ids, which only an embedding can take."""
    if x.vocabulary is not None:
        raise ShapeError("E0301", f"`{op.name}` takes numbers, not {described(x)}", help="put an `embedding` before it")
    return x


def spatial(op: Op, x: Shape) -> Shape:
    """Return `x` where it has one to three spatial axes and channels; refuse everything else."""
    floats(op, x)
    if x.axes[-1] == "channels" and 1 <= x.rank <= 3:
        return x
    if x.rank == 0:
        help = "it needs spatial axes: put it before `flatten`, or `reshape` to `{length: ..., channels: ...}` first"
    else:
        help = "`reshape` to one, two or three spatial axes and `channels` first"
    raise ShapeError("E0301", f"`{op.name}` takes a sequence, an image or a volume, not {described(x)}", help=help)


def channels(op: Op, x: Shape) -> int:
    """Return how many channels or features `x` has, where that is known before run time."""
    floats(op, x)
    if x.axes[-1] not in ("channels", "features"):
        raise ShapeError("E0301", f"`{op.name}` works on channels or features, and {described(x)} has neither")
    return fixed(op, x, x.axes[-1])


def fixed(op: Op, x: Shape, axis: str) -> int:
    """Return the size of an axis, where that is known before run time."""
    size = x.sizes[x.axes.index(axis)]
    if isinstance(size, Unknown):
        raise ShapeError(
            "E0308",
            f"`{op.name}` needs the number of {axis} of {described(x)}, which is known only at run time",
            help="give a number in place of `any` in the input, or put a global pool before it",
        )
    return size


def axis_there(op: Op, x: Shape, axis: str, argument: str) -> str:
    """Return `axis` where `x` has it."""
    if axis not in x.axes:
        listed = ", ".join(f"`{name}`" for name in x.axes)
        raise ShapeError(
            "E0307",
            f"`{op.name}` names the axis `{axis}`, and {described(x)} has none of that name",
            argument=argument,
            help=f"the axes here are {listed}",
        )
    return axis
