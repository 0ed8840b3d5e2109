"""Data held against a network: shapes, kinds, classes, and whether a batch can be filled, before anything is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from archc.datasets import Dataset, Faults, Split, Wanted
from archc.document import Mark
from archc.graph import Graph, Output
from archc.problems import Note, Problems, whole_file
from archc.shapes import Shape
from archc.training.recipe import Loss, Recipe, recipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

BYTES, FLOATS, IDS = "bytes", "floats", "ids"
"""Kinds of arrays: uint8 that stand for 0 to 1, float32, int64."""


class Prepared(NamedTuple):
    """Data under the network's own names, with the kind of each input and target."""

    name: str
    train: Split
    test: Split
    inputs: dict[str, str]
    targets: dict[str, str]
    classes: tuple[str, ...]


def wanted(graph: Graph, recipe: Recipe, *, skip: bool, tell: Any) -> Wanted:
    """Return what the network takes, for readers of files that can be read in several ways."""
    shapes = list(graph.inputs.values())
    image = None
    if len(shapes) == 1 and shapes[0].kind == "image" and shapes[0].known():
        height, width, channels = (int(str(size)) for size in shapes[0].sizes)
        if recipe.augment is not None and recipe.augment["crop"]:
            height, width = height * 8 // 7, width * 8 // 7  # room for the window to move in
        image = (height, width, channels)
    classes = all(loss.kind == "cross_entropy" for loss in recipe.losses) or any(
        loss.kind == "binary_cross_entropy" for loss in recipe.losses
    )
    return Wanted(image, classes, skip, tell)


def fit(graph: Graph, recipe: Recipe, data: Dataset, wanted: Wanted) -> Prepared:
    """Return the data as the network takes them. Raises SpecError with all that does not fit."""
    return _Fitting(graph, recipe, data, wanted).prepared()


def images(graph: Graph, data: Dataset, most: int) -> Array:
    """Return the first images to test with, as the network takes them, as numbers: bytes from 0 to 1.

    Raises SpecError where the data have others.
    """
    import numpy as np

    fitting = _Fitting(graph, recipe(graph)._replace(augment=None), data, Wanted())
    ((name, shape),) = graph.inputs.items()
    fitting.missing(set(fitting.from_inputs.values()))
    fitting.problems.stop_on_errors()
    kind = fitting.input(name, shape)
    found = fitting.parts[1][fitting.from_inputs[name]][:most]
    if kind == FLOATS and not np.isfinite(found).all():
        fitting.add(f"the images of {data.name} hold numbers that are not finite", fitting.place)
    fitting.problems.stop_on_errors()
    return (found / 255 if kind == BYTES else found).astype("float32")


class _Fitting:
    def __init__(self, graph: Graph, recipe: Recipe, data: Dataset, wanted: Wanted) -> None:
        self.graph = graph
        self.recipe = recipe
        self.data = data
        self.place = whole_file(f"--data {data.name}")
        self.problems = Problems()
        self.problems.sources = dict(graph.sources)
        self.faults = Faults(wanted)
        self.outputs = list(graph.outputs)
        self.parts = [{**split.inputs, **split.targets} for split in (data.train, data.test)]
        one_input, one_output = len(graph.inputs) == 1, len(self.outputs) == 1
        self.from_inputs = {n: "x" if one_input and n not in self.parts[0] else n for n in graph.inputs}
        self.from_outputs = {
            o.name: "y" if one_output and o.name not in self.parts[0] else o.name for o in self.outputs
        }

    def prepared(self) -> Prepared:
        self.named()
        self.problems.stop_on_errors()
        inputs = {name: self.input(name, shape) for name, shape in self.graph.inputs.items()}
        targets = {
            output.name: self.target(output, loss)
            for output, loss in zip(self.outputs, self.recipe.losses, strict=True)
        }
        self.batches()
        self.problems.stop_on_errors()
        train = self.whole(self.parts[0], " to train with", self.data.train.places)
        test = self.whole(self.parts[1], " to test with", self.data.test.places)
        self.faults.settle(min(train.size, test.size))
        return Prepared(self.data.name, train, test, inputs, targets, self.data.classes)

    def add(self, message: str, mark: Mark, label: str = "", help: str = "") -> None:
        self.problems.add("E0710", message, mark, label=label, help=help, notes=[Note(f"data: {self.data.name}")])

    def named(self) -> None:
        """Report inputs and outputs for which there are no data, and data that nothing takes."""
        names = {*self.from_inputs.values(), *self.from_outputs.values()}
        self.missing(names)
        for name in sorted(set(self.parts[0]) - names):
            self.add(f"the data have an array `{name}`, which the network does not take", self.place)

    def missing(self, names: set[str]) -> None:
        """Report arrays that the data do not have."""
        for name in sorted(names - set(self.parts[0])):
            listed = ", ".join(sorted(self.parts[0]))
            self.add(f"the data have no array `{name}`", self.place, help=f"they have {listed}")

    def input(self, name: str, shape: Shape) -> str:
        """Check an input's arrays, bring them into their kind, and return it."""
        key, mark = self.from_inputs[name], self.graph.spec.inputs[name].mark
        found = self.parts[0][key]
        if shape.kind == "image" and shape.channels == 1 and found.ndim == 3:
            for part in self.parts:
                part[key] = part[key][..., None]
        for part in self.parts:
            sizes = part[key].shape[1:]
            if not self.fits(sizes, shape):
                help = (
                    "data have channels last" if sizes[:1] == shape.sizes[-1:] and len(sizes) == shape.rank + 1 else ""
                )
                self.add(f"the data are {_times(sizes)}, and the network takes {_times(shape.sizes)}", mark, help=help)
                return FLOATS
        if shape.vocabulary is not None:
            return self.ids(key, int(str(shape.vocabulary)), mark, "words of the vocabulary")
        if all(part[key].dtype == "uint8" for part in self.parts):
            return BYTES
        for part in self.parts:
            part[key] = part[key].astype("float32")
        return FLOATS

    def fits(self, sizes: tuple[int, ...], shape: Shape) -> bool:
        crop = self.recipe.augment is not None and self.recipe.augment["crop"] and shape.kind == "image"
        wanted = [size if isinstance(size, int) else None for size in shape.sizes]
        return len(sizes) == len(wanted) and all(
            want is None or size == want or (crop and place < 2 and size > want)
            for place, (size, want) in enumerate(zip(sizes, wanted, strict=True))
        )

    def target(self, output: Output, loss: Loss) -> str:
        """Check an output's targets, bring them into their kind, and return it."""
        key, mark = self.from_outputs[output.name], output.turn.step.node.mark
        shape = output.tensor.shape
        assert shape is not None
        units = int(str(shape.channels))
        places = tuple(size for size in shape.sizes[:-1] if isinstance(size, int))
        found = self.parts[0][key]
        if loss.kind == "cross_entropy":
            if self.data.classes and len(self.data.classes) != units:
                count = len(self.data.classes)
                self.add(
                    f"the data have {count:,} classes, and the output `{output.name}` has {units:,} units",
                    mark, help=f"give it {count:,} units",
                )  # fmt: skip
                return IDS
            if found.dtype.kind in "iub" and found.ndim == 1 + len(places):
                return self.ids(key, units, mark, "units")
            if found.dtype.kind in "iub" and found.ndim == 2 + len(places) and found.shape[-1] == 1:
                for part in self.parts:
                    part[key] = part[key][..., 0]
                return self.ids(key, units, mark, "units")
        if found.ndim == 1 and shape.rank == 0 and units == 1:
            for part in self.parts:
                part[key] = part[key][:, None]
        if loss.kind == "binary_cross_entropy" and units == 1 and len(self.data.classes) > 2:
            count = len(self.data.classes)
            text = f"the data have {count:,} classes, and the output `{output.name}` tells two apart"
            self.add(text, mark, help=f"end in a softmax of {count:,} units")
            return FLOATS
        for part in self.parts:
            if not self.fits(part[key].shape[1:], shape):
                self.add(
                    self.misfit(part[key], output, loss), mark, help=self.remedy(part[key], loss, units, shape.rank)
                )
                return FLOATS
            part[key] = part[key].astype("float32")
            if loss.logits and (part[key].min() < 0 or part[key].max() > 1):
                self.add(f"`{loss.kind}` wants targets from 0 to 1, and the data have others", mark)
        return FLOATS

    def misfit(self, found: Array, output: Output, loss: Loss) -> str:
        shape = output.tensor.shape
        assert shape is not None
        ids = found.dtype.kind in "iu" and found.ndim == 1
        what = "ids of classes" if ids and loss.kind != "cross_entropy" else f"targets of {_times(found.shape[1:])}"
        return f"the data have {what}, and the output `{output.name}` gives {_times(shape.sizes)}"

    def remedy(self, found: Array, loss: Loss, units: int, places: int) -> str:
        if found.dtype.kind in "iu" and found.ndim == 1 and units > 1:
            return "for classes, end in a softmax or say `loss: cross_entropy`"
        if loss.kind == "cross_entropy" and found.dtype.kind == "f" and found.ndim == places + 1:
            return "ids of classes are whole numbers: save them as int64"
        return f"`{loss.kind}` wants a target for each value of the output"

    def ids(self, key: str, count: int, mark: Mark, what: str) -> str:
        for part in self.parts:
            array = part[key]
            if array.dtype.kind not in "iub":
                self.add(f"the data have `{key}` of {array.dtype}, where whole numbers are wanted", mark)
                return IDS
            low, high = int(array.min()), int(array.max())
            if low < 0 or high >= count:
                odd = low if low < 0 else high
                self.add(f"the data have the id {odd:,}, and the {what} are 0 to {count - 1:,}", mark)
                return IDS
            part[key] = array.astype("int64")
        return IDS

    def batches(self) -> None:
        """Report a batch that the data cannot fill."""
        count, size = self.data.train.size, self.recipe.batch_size
        written = self.graph.spec.training.get("batch_size")
        if size > count:
            mark = self.place if written is None else written.node.mark
            text = f"a batch has {size:,} examples, and there are {count:,} to train with"
            self.add(text, mark, help=f"`--set training.batch_size={count}` or less")

    def whole(self, part: dict[str, Array], what: str, places: Array | None) -> Split:
        """Return a part without the examples that hold numbers which are not finite: these are faults.

        They are told by their `places` in the source, or, where it has several parts, as those of `what`.
        """
        import numpy as np

        bad = np.zeros(len(next(iter(part.values()))), bool)
        for key, array in part.items():
            if array.dtype.kind == "f":
                odd = ~np.isfinite(array).reshape(len(array), -1).all(axis=1)
                for place in np.flatnonzero(odd & ~bad):
                    example = f"{place}{what}" if places is None else f"{places[place]}"
                    self.faults.add(f"`{key}` of example {example} is not finite", self.data.name)
                bad |= odd
        good = ~bad if bad.any() else slice(None)
        return Split(
            {own: part[key][good] for own, key in self.from_inputs.items()},
            {own: part[key][good] for own, key in self.from_outputs.items()},
        )


def _times(sizes: tuple[Any, ...]) -> str:
    return "x".join(str(size) if isinstance(size, int) else "any" for size in sizes) or "single values"
