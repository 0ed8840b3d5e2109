"""What is tried of PyTorch's spellings, and how a spelling is run: for `test_torch_ops`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.ops import OPS, Op, ShapeError
from archc.shapes import Image, Sequence, Shape, Vector, Volume
from archc_torch.spell import DEFINITIONS, LAYOUT, layer
from tests.reference import spread

Case = tuple[str, dict[str, Any], tuple[Shape, ...]]
WEIGHTLESS = {"running_mean", "running_var"}


def made(name: str, args: dict[str, Any]) -> Op:
    cls = OPS[name]
    return cls(**{key: cls.arguments[key].freeze(value) for key, value in args.items()})


# What is tried


def from_examples() -> Iterator[Case]:
    for name, cls in OPS.items():
        for example in cls.examples:
            yield name, example.args, example.inputs


def windows() -> Iterator[Case]:
    """Every small geometry of one axis, and several with axes that differ."""
    for n, k, s in itertools.product((5, 6, 7, 8), (1, 2, 3, 4, 5), (1, 2, 3)):
        for padding in ("valid", "same", 1, [[0, 1]], [[2, 1]]):
            yield "conv", {"filters": 2, "kernel_size": k, "stride": s, "padding": padding}, (Sequence(n, 2),)
            for ceil in (False, True):
                args = {"kernel_size": k, "stride": s, "padding": padding, "ceil": ceil}
                yield "max_pool", args, (Sequence(n, 2),)
                yield "avg_pool", args, (Sequence(n, 2),)
                yield "avg_pool", {**args, "count_padding": True}, (Sequence(n, 2),)
        for way in ("valid", "same"):
            args = {"filters": 2, "kernel_size": k, "stride": s, "padding": way}
            yield "conv_transpose", args, (Sequence(n - 3, 2),)
    mixed = {"kernel_size": [2, 5], "stride": [1, 2], "padding": "same"}
    for name in ("max_pool", "avg_pool", "conv", "conv_transpose", "depthwise_conv", "separable_conv"):
        more = {"filters": 3} if name in ("conv", "conv_transpose", "separable_conv") else {}
        for x in (Image(5, 6, 2), Image(7, 7, 3)):
            yield name, {**mixed, **more}, (x,)
            yield name, {"kernel_size": [4, 1], "stride": [2, 3], "padding": "same", **more}, (x,)
        yield name, {"kernel_size": [1, 2, 3], "stride": [2, 1, 1], "padding": "same", **more}, (Volume(3, 4, 4, 2),)


def others() -> Iterator[Case]:
    for x in (Sequence(4, 3), Image(3, 2, 4), Image(3, 2, 1), Image(1, 1, 4), Volume(2, 3, 2, 2), Sequence(1, 3)):
        yield "flatten", {}, (x,)
        yield "reshape", {"to": {"features": x.elements}}, (x,)
        yield "reshape", {"to": {"length": x.elements, "channels": 1}}, (x,)
        yield "reshape", {"to": {"height": x.elements, "width": 1, "channels": 1}}, (x,)
        assert isinstance(x.channels, int)
        assert isinstance(x.elements, int)
        tokens = {"length": x.elements // x.channels, "channels": x.channels}
        yield "reshape", {"to": tokens}, (x,)
        yield "reshape", {"to": {"depth": 1, "height": 1, "width": tokens["length"], "channels": x.channels}}, (x,)
        for order in itertools.permutations(x.axes):
            yield "permute", {"to": list(order)}, (x,)
        for axis in x.axes:
            yield "softmax", {"axis": axis}, (x,)
            yield "concat", {"axis": axis}, (x, x, x)
    for cut in (1, [[0, 1], [1, 0]], [[0, 0], [0, 2]], [[2, 0], [0, 0]], [[0, 0], [0, 0]]):
        yield "crop", {"cropping": cut}, (Image(5, 4, 2),)
        yield "zero_pad", {"padding": cut}, (Image(5, 4, 2),)
    for x in (Sequence(4, 6), Image(4, 5, 6), Volume(2, 3, 4, 6)):
        for count in range(1, len(x.axes) + 1):
            for axes in itertools.combinations(x.axes, count):
                for name, keep in itertools.product(("mean", "max"), (False, True)):
                    yield name, {"axis": list(axes), "keep": keep}, (x,)
        for axis in x.axes:
            yield "roll", {"shift": -1, "axis": axis}, (x,)
            yield "glu", {"axis": axis}, (x,)
            yield "l2_normalize", {"axis": axis}, (x,)
            yield "log_softmax", {"axis": axis}, (x,)
        for size in (1, 2, 3, 5):
            yield "adaptive_avg_pool", {"size": size}, (x,)
            yield "adaptive_max_pool", {"size": size}, (x,)
    yield "crop", {"cropping": [[1, 0]]}, (Sequence(5, 2),)
    yield "zero_pad", {"padding": [[0, 2]]}, (Sequence(5, 2),)
    for name in ("maximum", "minimum", "average", "multiply", "add"):
        yield name, {}, (Sequence(3, 2),) * 5
        yield name, {}, (Vector(2), Image(2, 2, 2), Vector(2), Image(1, 2, 2))
    for factor in (1, 3, 7):
        yield "upsample", {"scale": factor}, (Image(2, 3, 2),)
        yield "upsample", {"scale": factor, "method": "bilinear"}, (Image(2, 3, 2),)
    for size in range(1, 7):
        yield "lrn", {"size": size, "alpha": 0.3, "beta": 0.6, "bias": 1.5}, (Image(2, 2, 5),)
    for alpha in (1, 1.0, 0.3):
        yield "elu", {"alpha": alpha}, (Vector(5),)
        yield "dense", {"units": 2, "activation": {"elu": {"alpha": alpha}}}, (Sequence(3, 2),)
    yield "conv", {"filters": 3, "kernel_size": 2, "activation": {"softmax": {"axis": "length"}}}, (Sequence(5, 2),)
    yield "conv", {"filters": 3, "kernel_size": 2, "activation": {"softmax": {"axis": "width"}}}, (Image(3, 4, 2),)
    yield "conv", {"filters": 3, "kernel_size": 2, "activation": "softmax"}, (Image(3, 4, 2),)


def accepted(case: Case) -> bool:
    name, args, xs = case
    try:
        made(name, args).output(*xs)
    except ShapeError:
        return False
    return True


CASES = [case for case in itertools.chain(from_examples(), windows(), others()) if accepted(case)]


def views(name: str, xs: tuple[Shape, ...]) -> list[tuple[View, ...]]:
    """Return the layouts in which `name` may be given `xs`."""
    sequences = any(x.rank == 1 for x in xs)
    layouts = {"first": [True], "last": [False], "any": [True, False]}[LAYOUT[name]] if sequences else [True]
    return [tuple(View(x, way) for x in xs) for way in layouts]


def offers(case: Case) -> Iterator[tuple[tuple[View, ...], Spelling]]:
    name, args, xs = case
    for seen in views(name, xs):
        for spelling in layer(made(name, args), *seen):
            yield seen, spelling


# Running what is offered


def bare(value: Any) -> Any:
    return value.value if isinstance(value, Default) else value


class Program:
    """A spelling as PyTorch runs it."""

    def __init__(self, spelling: Spelling) -> None:
        import torch
        from torch import Tensor, nn
        from torch.nn import functional as F

        self.names: dict[str, Any] = {"torch": torch, "Tensor": Tensor, "nn": nn, "F": F}
        for name in spelling.needs:
            exec(DEFINITIONS[name], self.names)
        self.stretch = spelling.stretch
        self.parts: list[tuple[str, Any]] = [self.part(part) for part in spelling.parts]

    def part(self, part: Make | Use) -> tuple[str, Any]:
        if isinstance(part, Use):
            return part.template, part.slots
        values = {key: bare(value) for key, value in part.kwargs.items()}
        module = eval(part.callee, self.names)(*map(bare, part.args), **values).double().eval()
        return part.call or "{layer}({x})", module

    def load(self, weights: dict[str, Any]) -> None:
        """Fill the one layer that has weights; its names must be the op's own, in the same order."""
        torch = self.names["torch"]
        holding = [module for _, module in self.parts if not isinstance(module, dict) and module.state_dict()]
        assert len(holding) == bool(weights)
        for module in holding:
            state = module.state_dict()
            others = [key for key in state if key not in weights and key.startswith("bias_hh")]
            for key in others:  # PyTorch's second bias, which `reset_parameters` sets to zero and freezes
                torch.nn.init.zeros_(state[key])
            assert [key for key in state if key != "num_batches_tracked" and key not in others] == list(weights)
            assert {key for key, _ in module.named_parameters()} - set(others) == weights.keys() - WEIGHTLESS
            state.update({key: torch.from_numpy(value) for key, value in weights.items()})
            module.load_state_dict(state)

    def __call__(self, *xs: Any) -> Any:
        stretch = self.stretch or ("{x}",) * len(xs)
        come_in = [self.put(template, {}, [x]) for template, x in zip(stretch, xs, strict=True)]
        for text, part in self.parts:
            come_in = [self.put(text, part if isinstance(part, dict) else {"layer": part}, come_in)]
        return come_in[0]

    def put(self, template: str, slots: dict[str, Any], xs: list[Any]) -> Any:
        """Evaluate a template on `xs`, with the names of its slots for their values."""
        inputs = [f"x{place}" for place in range(len(xs))]
        text = template.format(*inputs, x=inputs[0], **{key: key for key in slots})
        return eval(text, self.names, dict(zip(inputs, xs, strict=True)) | slots)


def first(x: Shape, way: bool) -> bool:
    return way and x.axes[-1] == "channels"


def emitted(value: Any, x: View) -> Any:
    """Put an array without a batch axis into the layout of `x`, with one."""
    import torch

    array = np.moveaxis(value, -1, 0) if first(x.shape, x.first) else value
    return torch.from_numpy(np.ascontiguousarray(array)[None])


def spec_order(y: Any, shape: Shape, way: bool) -> Any:
    array = y.detach().numpy()[0]
    return np.moveaxis(array, 0, -1) if first(shape, way) else array


def given(case: Case) -> tuple[list[Any], dict[str, Any]]:
    name, args, xs = case
    rng = np.random.default_rng(0)
    known = [[int(size) for size in x.sizes if isinstance(size, int)] for x in xs]
    inputs = [
        rng.integers(0, x.vocabulary, sizes) if isinstance(x.vocabulary, int) else rng.normal(0, spread(name), sizes)
        for x, sizes in zip(xs, known, strict=True)
    ]
    weights = made(name, args).weights(*xs).items()
    return inputs, {key: rng.uniform(0.5, 1.5, [int(size) for size in w.shape]) for key, w in weights}  # type: ignore[arg-type]
