"""How weights start, stay small, or stay as they are, in Keras: keywords of the layers that hold them."""

from __future__ import annotations

from typing import Any

from archc.emit.spelling import Code, Default, Make, Spelling, Use, View
from archc.ops.base import Op, Weight
from archc.ops.learning import FANS, learned, penalised

ATTENTION = "layers.MultiHeadAttention"
KERNEL = {"weight": "kernel"}
HELD: dict[str, dict[str, str]] = {
    **{f"layers.Conv{rank}D": KERNEL for rank in (1, 2, 3)},
    **{f"layers.Conv{rank}DTranspose": KERNEL for rank in (1, 2, 3)},
    **{f"layers.DepthwiseConv{rank}D": {"weight": "depthwise"} for rank in (1, 2)},
    **{
        f"layers.SeparableConv{rank}D": {"depthwise.weight": "depthwise", "pointwise.weight": "pointwise"}
        for rank in (1, 2)
    },
    "layers.Dense": KERNEL,
    ATTENTION: {"query.weight": "kernel"},
    "layers.Embedding": {"weight": "embeddings"},
    **{
        f"layers.{kind}": {"weight_ih_l0": "kernel", "weight_hh_l0": "recurrent"}
        for kind in ("SimpleRNN", "LSTM", "GRU")
    },
}
"""For each class, its matrices and kernels by PyTorch's names, with what their keywords begin with."""

NORMS = frozenset(
    {
        "layers.BatchNormalization",
        "layers.LayerNormalization",
        "layers.GroupNormalization",
        "layers.RMSNormalization",
        "layers.PReLU",
        "Scale",
    }
)
"""The classes whose weights are trained or not, and nothing else."""

WRAPPER = "layers.Bidirectional"

TURNED = (
    "Keras sees the axes of a depthwise kernel in another order, so that an orthogonal one would be another: "
    "choose another `initializer`."
)
SHAPED = FANS | {"orthogonal"}
PROJECTIONS = (
    "Keras draws all projections of an attention with one initializer, which sees their shapes otherwise: choose one "
    "whose number says all, as `{normal: {stddev: 0.02}}`."
)
INSIDE = (
    "Keras trains the projections inside an attention that is made with `trainable=False` all the same: leave it "
    "trained, or freeze it in the finished model."
)
UNKNOWN = "Keras's layer for `{name}` takes no `{argument}` here: leave it out."


def refuse(op: Op, xs: tuple[View, ...], spellings: list[Spelling]) -> str | None:
    """Return why Keras cannot start or keep the weights of `op` so; None where it can."""
    wanted = [name for name in ("initializer", "regularizer") if getattr(op, name, None) is not None]
    frozen = not getattr(op, "trainable", True)
    makes = [part for one in spellings for part in one.parts if isinstance(part, Make)]
    known = any(_inner(part).callee in HELD for part in makes)
    if wanted and not known:
        return UNKNOWN.format(name=op.name, argument=wanted[0])
    if frozen and not known and not any(part.callee in NORMS for part in makes):
        return UNKNOWN.format(name=op.name, argument="trainable")
    if frozen and any(part.callee == ATTENTION for part in makes):
        return INSIDE
    weights = learned(op, *[x.shape for x in xs]) if wanted else {}
    if any(part.callee == ATTENTION for part in makes) and any(w.initial[0] in SHAPED for w in weights.values()):
        return PROJECTIONS
    depthwise = op.name in ("depthwise_conv", "separable_conv")
    return TURNED if depthwise and any(weight.initial[0] == "orthogonal" for weight in weights.values()) else None


def with_learning(op: Op, xs: list[View], spellings: list[Spelling]) -> list[Spelling]:
    """Return the spellings with the keywords that the op's initializer, regularizer and `trainable` ask for."""
    if "trainable" not in op.arguments:
        return spellings
    shapes = [x.shape for x in xs]
    told = Told(op, learned(op, *shapes), penalised(op.replace(trainable=True), *shapes))
    return [told.written(one) for one in spellings]


class Told:
    """What a layer is told of its weights."""

    def __init__(self, op: Op, weights: dict[str, Weight], penalties: dict[str, tuple[float, float]]) -> None:
        self.op = op
        self.initial = weights if getattr(op, "initializer", None) is not None else {}
        self.penalties = penalties
        self.form = "".join(
            f", {getattr(op, name)!r}" for name in ("initializer", "regularizer") if getattr(op, name, None)
        )

    def written(self, one: Spelling) -> Spelling:
        parts = tuple(self.part(part) for part in one.parts)
        return one._replace(form=one.form + self.form, parts=parts)

    def part(self, part: Make | Use) -> Make | Use:
        if not isinstance(part, Make) or not (_inner(part).callee in HELD or part.callee in NORMS):
            return part
        trainable = {"trainable": Default(self.op.trainable, True)}  # type: ignore[attr-defined]
        if part.callee == WRAPPER:
            (inner,) = part.args  # the wrapper copies it, whether it is trained included, and has no say in that
            made = self.matrices(inner)
            return part._replace(args=(made._replace(kwargs={**made.kwargs, **trainable}),))
        made = self.matrices(part)
        return made._replace(kwargs={**made.kwargs, **trainable})

    def matrices(self, part: Make) -> Make:
        """Return a layer with the keywords of its matrices and kernels."""
        own = part.suffix.strip("_")
        found: dict[str, Any] = {}
        for local, start in HELD.get(part.callee, {}).items():
            name = f"{own}.{local}" if own in ("depthwise", "pointwise") else local
            drawn = self.initial.get(name)
            if drawn is not None and start != "recurrent":
                found[f"{start}_initializer"] = initializer(drawn, start)
            if name in self.penalties:
                found[f"{start}_regularizer"] = Default(regularizer(*self.penalties[name]), None)
        return part._replace(kwargs={**part.kwargs, **found})


def _inner(part: Make) -> Make:
    """Return the layer that a wrapper wraps; any other as it is."""
    return part.args[0] if part.callee == WRAPPER else part


def initializer(weight: Weight, start: str) -> Default:
    """Return the keyword for a kernel's start; `start` is what the keyword begins with."""
    name, *numbers = str(weight.initial[0]), *map(float, weight.initial[1:])
    if name in FANS:
        value: Any = _numbers(name, *numbers) if start == "depthwise" else _scaled(name)
    elif name == "orthogonal" and numbers == [1.0]:
        value = name
    elif numbers:
        value = Code(CALLS[name].format(-numbers[0], numbers[0]))
    else:
        value = name
    return Default(value, "uniform" if start == "embeddings" else "glorot_uniform")


CALLS = {
    "uniform": "keras.initializers.RandomUniform({!r}, {!r})",
    "normal": "keras.initializers.RandomNormal(stddev={1!r})",
    "truncated_normal": "keras.initializers.TruncatedNormal(stddev={1!r})",
    "constant": "keras.initializers.Constant({1!r})",
    "orthogonal": "keras.initializers.Orthogonal(gain={1!r})",
}

SCALES = {"glorot": 1.0, "he": 2.0, "lecun": 1.0}


def _scaled(name: str) -> Any:
    """Return a distribution that Keras scales itself. Its own normal ones are cut off at two deviations."""
    who, _, how = name.partition("_")
    if how == "uniform":
        return name
    mode = "fan_avg" if who == "glorot" else "fan_in"
    return Code(f'keras.initializers.VarianceScaling({SCALES[who]!r}, "{mode}", "untruncated_normal")')


def _numbers(name: str, fan_in: float, fan_out: float) -> Code:
    """Return a distribution by its numbers: Keras counts what a depthwise kernel takes otherwise."""
    who, _, how = name.partition("_")
    variance = SCALES[who] / ((fan_in + fan_out) / 2 if who == "glorot" else fan_in)
    if how == "uniform":
        bound = (3 * variance) ** 0.5
        return Code(f"keras.initializers.RandomUniform({-bound:.8g}, {bound:.8g})")
    return Code(f"keras.initializers.RandomNormal(stddev={variance**0.5:.8g})")


def regularizer(l1: float, l2: float) -> Code:
    """Return what Keras adds to the loss for a weight."""
    if l1 and l2:
        return Code(f"keras.regularizers.L1L2({l1!r}, {l2!r})")
    return Code(f"keras.regularizers.{f'L1({l1!r})' if l1 else f'L2({l2!r})'}")
