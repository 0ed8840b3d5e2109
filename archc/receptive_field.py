"""How much of the input each place of a layer sees, followed forward through the layers.

Each axis of an input is followed by itself: place `i` of a tensor sees the pixels from `i * jump + low` on, `size` of
them. Sizes are not clipped at the border, as is the custom. What sees an axis whole says so by `size` None. After an
upsampling `jump` may be a fraction, and the size is then the largest of any place, rounded up.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from archc.graph import Graph, Layer
from archc.ops.activations import Elementwise, Softmax
from archc.ops.adaptive import AdaptivePool, evenly
from archc.ops.attention import WindowAttention
from archc.ops.base import Op
from archc.ops.frames import Apart, Together
from archc.ops.reductions import Reduction
from archc.ops.windows import Window
from archc.shapes import SPATIAL, Shape, Unknown

Real: TypeAlias = int | Fraction


class Field(NamedTuple):
    """What the places of a tensor see of one axis of an input; `along` is the tensor's axis that runs with it."""

    along: str
    jump: Real = 1
    low: Real = 0
    size: Real | None = 1

    @property
    def fixed(self) -> bool:
        """True where neighbouring places see the same, or nothing is known of how they differ."""
        return self.size is None or not self.along


BATCH = "@"
"""Begins where an axis runs whose places stand in the batch, once for each `time_distributed` around."""

WHOLE = Field("", 0, 0, None)
Fields: TypeAlias = dict[tuple[str, str], Field]

UNCHANGED = frozenset({"batch_norm", "dropout", "spatial_dropout", "drop_path", "gaussian_noise", "embedding", "scale"})
"""Ops, beside the activations, of which each place sees one place, and each channel one channel or all."""
ACROSS_CHANNELS = frozenset({"layer_norm", "rms_norm", "lrn", "dense", "channel_shuffle"})
"""Ops of which each place sees one place with all its channels."""


class Reach(NamedTuple):
    """What a layer's places see, along each spatial axis of the input and in its pixels.

    How many each sees, how far on the next one looks, and where the first begins: negative in the padding. Where every
    place sees the same, the stride is 0. None where a size is known only at run time.
    """

    size: list[int | None]
    stride: list[float | None]
    start: list[float | None]


def reaches(graph: Graph) -> dict[str, Reach]:
    """Return, for each layer by path, what its places see; with several inputs, of the first that it depends on."""
    return {path: reach_of(fields, graph.inputs) for path, fields in all_fields(graph).items()}


def all_fields(graph: Graph) -> dict[str, Fields]:
    """Return, for each layer by path, what its places see: a field by the name of an input and its axis."""
    known: dict[str, Fields] = {
        name: {(name, axis): Field(axis) for axis in shape.axes if axis in SPATIAL}
        for name, shape in graph.inputs.items()
    }
    for layer in graph.layers:
        known[layer.path] = _through(layer, [known.get(name, {}) for name in layer.inputs])
    return {layer.path: known[layer.path] for layer in graph.layers}


def reach_of(fields: Fields, inputs: dict[str, Shape]) -> Reach:
    """Return what a layer's places see of the first input that it depends on, in pixels."""
    for name, shape in inputs.items():
        seen = [(axis, fields[name, axis]) for axis in shape.axes if (name, axis) in fields]
        if seen:
            return Reach(
                [_whole(shape, axis) if field.size is None else -int(-field.size // 1) for axis, field in seen],
                [0 if field.fixed else _plain(field.jump) for _, field in seen],
                [0 if field.size is None else _plain(field.low) for _, field in seen],
            )
    return Reach([], [], [])


def _plain(number: Real) -> float:
    return int(number) if number == int(number) else round(float(number), 4)


def _whole(shape: Shape, axis: str) -> int | None:
    size = shape.sizes[shape.axes.index(axis)]
    return None if isinstance(size, Unknown) else size


def _through(layer: Layer, incoming: list[Fields]) -> Fields:
    """Follow what comes in through a layer; an axis that stands in the batch stays as it is."""
    if isinstance(layer.op, (Apart, Together)):
        return {key: _batched(layer, field) for key, field in incoming[0].items()}
    held = {key: field for fields in incoming for key, field in fields.items() if field.along.startswith(BATCH)}
    if not held:
        return _within(layer, incoming)
    return _within(layer, [{k: f for k, f in fields.items() if k not in held} for fields in incoming]) | held


def _batched(layer: Layer, field: Field) -> Field:
    """Follow an axis to its name among those of a slice, or of the slices together; the first goes into the batch."""
    x, y = layer.shapes[0], layer.output
    if field.fixed:
        return field
    if isinstance(layer.op, Apart):
        if field.along.startswith(BATCH):
            return field._replace(along=BATCH + field.along)
        place = x.axes.index(field.along)
        return field._replace(along=y.axes[place - 1] if place else BATCH)
    if field.along.startswith(BATCH):
        return field._replace(along=field.along.removeprefix(BATCH) or y.axes[0])
    return field._replace(along=y.axes[x.axes.index(field.along) + 1])


def _within(layer: Layer, incoming: list[Fields]) -> Fields:
    op = layer.op
    if isinstance(op, WindowAttention):
        return {key: _attended(op, layer.shapes[0], field) for key, field in incoming[0].items()}
    if op.family == "attention" or op.name == "matmul":
        return {key: WHOLE for fields in incoming for key in fields}
    if op.name == "max_unpool":
        return _put_back(layer, *incoming)
    if op.merges:
        return _merged(layer, incoming)
    x, fields = layer.shapes[0], incoming[0]
    if isinstance(op, Window):
        return {key: _windowed(op, x, field) for key, field in fields.items()}
    if op.name == "permute":
        return {key: _permuted(op, x, field) for key, field in fields.items()}
    if op.name == "instance_norm":
        return {key: _mix(field, x.axes[: x.rank]) for key, field in fields.items()}
    if op.name in ("roll", "reflect_pad"):
        return {key: _around(op, x, field) for key, field in fields.items()}
    if isinstance(op, Reduction):
        return {key: _reduced(op, x, layer.output, field) for key, field in fields.items()}
    if isinstance(op, AdaptivePool):
        return {key: _spread(op, x, field) for key, field in fields.items()}
    if op.name in ("zero_pad", "crop", "upsample", "pixel_shuffle", "fold"):
        return {key: _moved(op, x, field) for key, field in fields.items()}
    if isinstance(op, Elementwise) and not isinstance(op, Softmax):
        return fields
    mixed = _mixed(op, x, layer.output)
    return fields if mixed is None else {key: _mix(field, mixed) for key, field in fields.items()}


def _mixed(op: Op, x: Shape, y: Shape) -> frozenset[str] | None:
    """Return the axes along which every place sees all of them; None for none."""
    if op.name in UNCHANGED or (op.name == "flatten" and x.axes == y.axes):
        return None
    if op.name in ACROSS_CHANNELS:
        return frozenset(x.axes[-1:])
    if isinstance(op, Softmax) or op.name in ("l2_normalize", "glu"):
        return frozenset({op.over(x)})  # type: ignore[attr-defined]
    return frozenset({*x.axes, ""})


def _mix(field: Field, axes: Iterable[str]) -> Field:
    return WHOLE if field.along in axes else field


def _windowed(op: Window, x: Shape, field: Field) -> Field:
    if field.fixed or field.size is None:
        return field if field.size is None else WHOLE
    if field.along not in x.axes[: x.rank]:
        # Channels that were a spatial axis before: a pool and a depthwise convolution keep them apart.
        return field if op.name in ("max_pool", "max_unpool", "avg_pool", "depthwise_conv") else WHOLE
    place = x.axes.index(field.along)
    span, stride = op.spans(x)[place], op.strides(x)[place]
    if op.name == "conv_transpose":
        before = op.crop(x)[place][0]  # type: ignore[attr-defined]
        low = field.low - (kernel_reach(span, before, stride)) * field.jump
        return Field(field.along, _over(field.jump, stride), low, field.size + (-(-span // stride) - 1) * field.jump)
    low = field.low - op.pads(x)[place][0] * field.jump
    return Field(field.along, field.jump * stride, low, field.size + (span - 1) * field.jump)


def _attended(op: WindowAttention, x: Shape, field: Field) -> Field:
    """Return what any place of a window may see: the others stand at most a window's length less one to each side."""
    if field.size is None or field.along not in x.axes[: x.rank] or x[field.along] == op.window:
        return WHOLE
    reach = (op.window - 1) * field.jump
    return field._replace(low=field.low - reach, size=field.size + 2 * reach)


def kernel_reach(span: int, before: int, stride: int) -> int:
    """Return how many places before its own the first output of a transposed convolution sees."""
    return (span - 1 - before) // stride


def _moved(op: Op, x: Shape, field: Field) -> Field:
    if field.fixed or field.size is None or field.along not in x.axes[: x.rank]:
        return WHOLE if op.name in ("pixel_shuffle", "fold") and field.along else field
    place = x.axes.index(field.along)
    if op.name == "pixel_shuffle":
        return field._replace(jump=_over(field.jump, op.scale))  # type: ignore[attr-defined]
    if op.name in ("fold", "max_unpool"):
        return field._replace(jump=_over(field.jump, op.kernel(x)[place]))  # type: ignore[attr-defined]
    if op.name == "upsample":
        scale, more = op.scales(x)[place], op.method == "bilinear"  # type: ignore[attr-defined]
        return field._replace(
            jump=_over(field.jump, scale), size=field.size + (field.jump if more and scale > 1 else 0)
        )
    before = op.pads(x)[place][0] if op.name == "zero_pad" else -op.crop(x)[place][0]  # type: ignore[attr-defined]
    return field._replace(low=field.low - before * field.jump)


def _reduced(op: Reduction, x: Shape, y: Shape, field: Field) -> Field:
    """Follow an axis to its name among those that are left."""
    if field.fixed or field.along not in x.axes:
        return field
    if field.along in op.over(x):
        return WHOLE
    return field._replace(along=y.axes[op.left(x).index(field.along)])


def _spread(op: AdaptivePool, x: Shape, field: Field) -> Field:
    """Take the largest of the windows that are spread over an axis."""
    if field.fixed or field.size is None or field.along not in x.axes[: x.rank]:
        return field
    place = x.axes.index(field.along)
    if op.sizes(x)[place] == 1 or isinstance(x.sizes[place], Unknown):
        return WHOLE
    windows = op.windows(x)[place]
    even = evenly(windows)
    step: Real = even[1] if even is not None else Fraction(windows[-1][1], len(windows))
    longest = max(end - begin for begin, end in windows)
    return field._replace(jump=field.jump * step, size=field.size + (longest - 1) * field.jump)


def _around(op: Op, x: Shape, field: Field) -> Field:
    """Follow an axis that is turned round or mirrored: some places then see the other end, so the union is all."""
    if field.fixed or field.along not in x.axes:
        return field
    if op.name == "reflect_pad":
        pads = dict(zip(x.axes, op.pads(x), strict=False)).get(field.along, (0, 0))  # type: ignore[attr-defined]
        return field._replace(low=field.low - pads[0] * field.jump)
    return field if field.along not in op.over(x) else field._replace(along="", jump=0)  # type: ignore[attr-defined]


def _permuted(op: Op, x: Shape, field: Field) -> Field:
    if field.fixed:
        return field
    return field._replace(along=x.axes[op.to.index(field.along)])  # type: ignore[attr-defined]


def _over(jump: Real, by: int) -> Real:
    part = Fraction(jump) / by
    return part.numerator if part.denominator == 1 else part


def _merged(layer: Layer, incoming: list[Fields]) -> Fields:
    joined = layer.op.over(layer.shapes[0]) if layer.op.name == "concat" else ""  # type: ignore[attr-defined]
    merged: Fields = {}
    for fields, shape in zip(incoming, layer.shapes, strict=True):
        for key, field in fields.items():
            if field.along == joined or _stretched(field, shape, layer.output):
                field = WHOLE if field.size is None or field.along == joined else field._replace(along="", jump=0)
            merged[key] = _union(merged[key], field) if key in merged else field
    return merged


def _put_back(layer: Layer, values: Fields, others: Fields) -> Fields:
    """Return what each place sees: the value of its window, and the window in which the largest is looked for."""
    seen = dict(values)
    for key, field in others.items():
        window = _windowed(layer.op, layer.shapes[1], field)  # type: ignore[arg-type]
        seen[key] = _union(seen[key], window) if key in seen else window
    return {key: _moved(layer.op, layer.output, field) for key, field in seen.items()}


def _stretched(field: Field, shape: Shape, output: Shape) -> bool:
    """Tell whether the tensor has one place along the field's axis where the output has several."""
    return field.along in shape.axes and field.along in output.axes and shape[field.along] != output[field.along]


def _union(one: Field, other: Field) -> Field:
    if one.size is None or other.size is None:
        return WHOLE
    if one.along != other.along or one.jump != other.jump:
        size = max(one.size, other.size)
        return Field("", 0, min(one.low, other.low), size) if one.along != other.along else one._replace(size=size)
    low = min(one.low, other.low)
    return one._replace(low=low, size=max(one.low + one.size, other.low + other.size) - low)
