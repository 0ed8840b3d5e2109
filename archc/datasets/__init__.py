"""Data to train on: data sets by name, files and folders, read with care and checked against a network.

NumPy is imported where it is used: `check` and `compile` work without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archc.document import Source
from archc.problems import Note, Problems, SpecError, nearest, unusable, whole_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

SHOWN = 20
"""So many bad files or lines are told one by one."""


class Split(NamedTuple):
    """Examples: arrays by the names of inputs and of outputs, the first axis counting examples.

    A network's only input or output is called `x` or `y` until `fit` gives it the network's name. Images have channels
    last; bytes stand for numbers from 0 to 1. Targets are int64 ids of classes, or float32 numbers.
    """

    inputs: Mapping[str, Array]
    targets: Mapping[str, Array]
    places: Array | None = None
    """Where each example stands in the source, where a part of that was set aside."""

    @property
    def size(self) -> int:
        return len(next(iter(self.inputs.values())))


class Dataset(NamedTuple):
    """What to train and what to test with. `classes` are the names of the ids, empty where none are known."""

    name: str
    train: Split
    test: Split
    classes: tuple[str, ...] = ()


class Wanted(NamedTuple):
    """What a network takes: an image's height, width and channels, where it takes one; and how targets are meant."""

    image: tuple[int, int, int] | None = None
    classes: bool = True
    skip: bool = False
    """Leave out what is bad, and say so, rather than refuse it all."""
    tell: Callable[[str], None] = lambda _: None
    """Is told, a line each, what is done that takes long or leaves something out."""


class Faults:
    """The bad files, lines and examples of one source of data: refused all together, or skipped and told."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.problems = Problems()
        self.count = 0

    def add(self, message: str, file: str, line: int = 0, help: str = "") -> None:
        """Take note of something bad that could be skipped."""
        self.count += 1
        if self.count <= SHOWN:
            mark = whole_file(file)._replace(line=max(line, 1), end_line=max(line, 1), end_column=2 if line else 1)
            self.problems.sources.setdefault(file, Source(file, ""))
            self.problems.add("E0711", message, mark, help=help or "mend it, or leave it out with `--skip-bad`")

    def settle(self, left: int) -> None:
        """Raise SpecError for what was bad, unless it may be skipped and something is left."""
        if not self.count:
            return
        more = self.count - SHOWN
        if self.wanted.skip and left:
            for problem in self.problems.found:
                place = f":{problem.mark.line}" if problem.mark.end_column > 1 else ""
                self.wanted.tell(f"skipped {problem.mark.file}{place}: {problem.message}")
            if more > 0:
                self.wanted.tell(f"skipped {more:,} more")
            return
        if more > 0:
            last = self.problems.found[-1]
            self.problems.found[-1] = last._replace(notes=(*last.notes, Note(f"and {more:,} more like this")))
        raise SpecError(self.problems.found, {})


def load(source: str, wanted: Wanted) -> Dataset:
    """Read the data that `--data SOURCE` names: a data set by its name, a file or a folder.

    Raises SpecError for data that are not there or cannot be used, MissingFramework for a package that is not
    installed, and OSError.
    """
    import os

    from archc.datasets import arrays, fetched, folder, hub, table

    if source in fetched.KNOWN:
        return fetched.KNOWN[source](wanted)
    if source.startswith(hub.PREFIX):
        return hub.load(source, wanted)
    if os.path.isdir(source):
        return folder.load(source, wanted)
    if source.endswith(".npz"):
        return arrays.load(source, wanted)
    if source.endswith((".csv", ".tsv")):
        return table.load(source, wanted)
    if os.path.exists(source):
        text = f"`{source}` is no file of data by its name"
        raise unusable("E0709", text, source, "an `.npz`, a `.csv`, or a folder with a folder of images for each class")
    close = nearest(source, fetched.KNOWN)
    names = f"data sets: {', '.join(fetched.KNOWN)}; or a file or folder, or `datasets:NAME`"
    text = f"there are no data `{source}`"
    raise unusable("E0709", text, f"--data {source}", f"did you mean `{close}`?" if close else names)


def held_out(name: str, inputs: Mapping[str, Array], targets: Mapping[str, Array], classes: tuple[str, ...]) -> Dataset:
    """Return data that come in one piece with a tenth of the examples, drawn with a fixed seed, set aside to test."""
    import numpy as np

    count = len(next(iter(inputs.values())))
    order = np.random.default_rng(0).permutation(count)
    test, train = np.sort(order[: max(count // 10, 1)]), np.sort(order[max(count // 10, 1) :])

    def part(index: Array) -> Split:
        return Split({k: v[index] for k, v in inputs.items()}, {k: v[index] for k, v in targets.items()}, index)

    return Dataset(name, part(train), part(test), classes)
