"""Uses of ops, and what each spelling in Keras is as text: shared by the tests of the Keras side."""

from __future__ import annotations

from typing import Any, NamedTuple

from archc.emit.source import spell
from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.ops import OPS, activation_op
from archc.shapes import Image, Sequence, Shape, Vector, Volume
from archc_keras.spell import layer

ROUGH = {"leaky_relu", "gelu", "softplus", "hard_sigmoid", "hard_swish"}
"""Activations that TensorFlow computes, or differentiates, with float32 numbers inside."""


class Case(NamedTuple):
    """A use of an op: its arguments and what goes in."""

    name: str
    args: dict[str, Any]
    inputs: tuple[Shape, ...]

    @property
    def op(self) -> Any:
        cls = OPS[self.name]
        return cls(**{key: cls.arguments[key].freeze(value) for key, value in self.args.items()})

    @property
    def tolerance(self) -> float:
        """How far, relative to the largest value, a result may be off."""
        fused = activation_op(self.args.get("activation"))
        if "pool" in self.name and self.inputs[0].rank == 3:
            return 1e-6
        rough = self.name in ROUGH or (fused is not None and fused.name in ROUGH) or "bilinear" in self.args.values()
        return 3e-6 if rough else 1e-12


def case(name: str, *inputs: Shape, **args: Any) -> Case:
    return Case(name, args, inputs)


EXAMPLES = [Case(name, example.args, example.inputs) for name, cls in OPS.items() for example in cls.examples]
FURTHER = [
    case("conv", Image(9, 8, 2), filters=3, kernel_size=3, padding=1),
    case("conv", Image(9, 9, 2), filters=3, kernel_size=3, stride=2, padding=1),
    case("conv", Image(8, 8, 2), filters=3, kernel_size=3, stride=2, padding=[[0, 1], [0, 1]]),
    case("conv", Image(8, 8, 2), filters=3, kernel_size=[3, 5], padding=[[1, 1], [2, 2]]),
    case("conv", Image(8, 8, 2), filters=3, kernel_size=[3, 5], padding=[[2, 2], [0, 0]]),
    case("conv", Image(6, 6, 2), filters=3, kernel_size=2, stride=2, padding=[[0, 1], [0, 1]]),
    case(
        "conv", Sequence(7, 2), filters=3, kernel_size=3, padding=[[2, 0]], activation={"gelu": {"approximate": True}}
    ),
    case("conv", Volume(3, 4, 5, 2), filters=2, kernel_size=3, padding=[[0, 1], [1, 1], [2, 0]], stride=[1, 2, 1]),
    case("conv", Volume(3, 4, 5, 4), filters=4, kernel_size=2, padding="same", groups=2),
    case("conv", Image(6, 5, 4), filters=8, kernel_size=3, padding="same", stride=2, groups=4),
    case("conv", Image(6, 5, 4), filters=4, kernel_size=3, padding=2, dilation=2, groups=2),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, padding="same", activation="softmax"),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, activation={"softmax": {"axis": "height"}}),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, activation={"elu": {"alpha": 1}}),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, activation={"elu": {"alpha": 0.3}}),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, activation={"celu": {"alpha": 0.3}}),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, activation="mish"),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, activation={"clip": {"min": -0.5, "max": 0.5}}),
    case("conv", Image(4, 5, 2), filters=3, kernel_size=1, activation={"log_softmax": {"axis": "height"}}),
    case("conv", Sequence(8, 2), filters=3, kernel_size=3, stride=2, padding="causal", activation="softsign"),
    case("conv_transpose", Sequence(4, 2), filters=3, kernel_size=3, activation={"celu": {"alpha": 2}}),
    case("separable_conv", Image(5, 6, 3), filters=4, kernel_size=3, stride=[1, 2], activation="celu"),
    case("separable_conv", Sequence(8, 3), filters=4, kernel_size=3, dilation=2, padding="causal", multiplier=2),
    case("depthwise_conv", Sequence(8, 3), kernel_size=4, stride=2, padding="causal", multiplier=2),
    case("dense", Vector(4), units=3, activation="celu"),
    case("dense", Vector(4), units=3, activation="hard_tanh"),
    case("dense", Vector(4), units=3, activation="exponential"),
    case("dense", Vector(4), units=3, activation="log_softmax"),
    case("adaptive_max_pool", Image(13, 9, 2), size=[6, 4]),
    case("adaptive_max_pool", Volume(3, 5, 2, 2), size=[2, 3, 2]),
    case("adaptive_avg_pool", Volume(5, 4, 3, 2), size=[3, 4, 2]),
    case("max", Volume(2, 3, 4, 5), axis=["channels", "depth"]),
    case("sum", Volume(2, 3, 4, 5), axis=["width"], keep=True),
    case("min", Sequence(3, 4), axis=["channels", "length"], keep=True),
    case("roll", Volume(2, 3, 4, 2), shift=-5, axis=["width", "channels"]),
    case("reflect_pad", Volume(3, 4, 3, 2), padding=[[2, 0], [1, 3], [0, 2]]),
    case("glu", Volume(2, 4, 3, 3), axis="height"),
    case("l2_normalize", Volume(2, 4, 3, 3), axis="depth", epsilon=1.5),
    case("rescale", Image(2, 3, 2), scale=-1, offset=0.3),
    case("depthwise_conv", Image(5, 6, 3), kernel_size=3, stride=[1, 2], padding="same", multiplier=2),
    case("depthwise_conv", Image(7, 6, 3), kernel_size=3, stride=2, padding=1, multiplier=3, bias=False),
    case("depthwise_conv", Image(7, 8, 2), kernel_size=3, dilation=[1, 2]),
    case("depthwise_conv", Sequence(8, 3), kernel_size=4, stride=2, padding="same", multiplier=2, activation="relu6"),
    case("depthwise_conv", Volume(3, 4, 5, 2), kernel_size=2, stride=[1, 2, 1], padding="same", multiplier=2),
    case("depthwise_conv", Image(9, 8, 2), kernel_size=3, stride=2, dilation=[2, 1], padding="same"),
    case("depthwise_conv", Sequence(8, 2), kernel_size=3, stride=2, dilation=2, padding=1),
    case("separable_conv", Image(9, 9, 2), filters=2, kernel_size=3, stride=2, dilation=2),
    case("separable_conv", Image(5, 6, 3), filters=4, kernel_size=3, stride=[1, 2], padding=1, multiplier=2),
    case("separable_conv", Volume(3, 4, 3, 2), filters=3, kernel_size=2, padding=1, bias=False, activation="relu"),
    case("separable_conv", Volume(3, 3, 3, 2), filters=3, kernel_size=2, activation={"softmax": {"axis": "depth"}}),
    case("conv_transpose", Image(3, 4, 2), filters=3, kernel_size=[5, 1], stride=[2, 3], padding="same"),
    case("conv_transpose", Volume(2, 3, 2, 2), filters=3, kernel_size=[3, 1, 4], stride=[2, 2, 3], padding="valid"),
    case("dense", Sequence(4, 3), units=2, activation={"leaky_relu": {"slope": 0.3}}),
    case("avg_pool", Volume(4, 5, 3, 2), kernel_size=3, stride=2, padding=1, ceil=True),
    case("avg_pool", Volume(4, 5, 3, 2), kernel_size=3, stride=2, padding=1, ceil=True, count_padding=True),
    case("max_pool", Volume(4, 5, 3, 2), kernel_size=3, stride=2, padding=1, ceil=True),
    case("avg_pool", Image(6, 6, 2), kernel_size=[3, 2], padding=[[1, 0], [1, 1]]),
    case("crop", Volume(4, 5, 6, 1), cropping=[[1, 0], [2, 1], [0, 3]]),
    case("zero_pad", Volume(2, 2, 2, 1), padding=[[1, 1], [2, 2], [3, 3]]),
    case("zero_pad", Sequence(2, 2), padding=[[1, 2]]),
    case("upsample", Volume(2, 2, 3, 1), scale=[1, 3, 2]),
    case("group_norm", Image(3, 4, 6), groups=6),
    case("group_norm", Image(3, 4, 6), groups=3, epsilon=1),
    case("lrn", Volume(2, 2, 2, 7), size=4, alpha=2, bias=0.5, beta=1),
    case("softmax", Volume(2, 3, 2, 4), axis="height"),
    case("multiply", Vector(4), Image(2, 3, 4), Vector(4)),
    case("subtract", Image(2, 3, 4), Vector(4)),
    case("average", Vector(3), Volume(2, 2, 2, 3), Volume(2, 1, 2, 1)),
]


def identity(found: Case) -> str:
    shapes = "+".join(map(str, found.inputs))
    return f"{found.name} {shapes} {found.args}".replace("'", "")


INPUTS = ("a", "b", "c")


def text_of(part: Make | Use) -> str:
    """Return a part as source text, with keywords that have Keras's default left out."""
    if isinstance(part, Use):
        return part.template.format(*INPUTS, x="x", **{name: spell(value) for name, value in part.slots.items()})
    texts = [text_of(value) if isinstance(value, Make) else spell(value) for value in part.args]
    for name, value in part.kwargs.items():
        if not (isinstance(value, Default) and value.value == value.default):
            texts.append(f"{name}={spell(value.value if isinstance(value, Default) else value)}")
    return f"{part.callee}({', '.join(texts)})"


def texts_of(spelling: Spelling) -> tuple[str, ...]:
    calls = [part.call for part in spelling.parts if isinstance(part, Make) and part.call]
    return (*spelling.stretch, *map(text_of, spelling.parts), *calls)


def spellings(found: Case) -> list[Spelling]:
    offered = layer(found.op, *map(View, found.inputs))
    assert len({s.form for s in offered}) == len(offered) > 0
    return offered
