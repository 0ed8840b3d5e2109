"""How ops that keep the axes are written in PyTorch: activations, norms, dropout, dense and embedding."""

from __future__ import annotations

from collections.abc import Callable

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.ops import activations
from archc.ops.activations import Celu, Clip, Elu, Gelu, LeakyRelu, LogSoftmax, Prelu, Softmax
from archc.ops.base import Op
from archc.ops.linear import Dense, Embedding, TiedDense
from archc.ops.norms import BatchNorm, GroupNorm, InstanceNorm, L2Normalize, LayerNorm, Lrn, RmsNorm
from archc.ops.regularisation import Dropout, DropPath, GaussianNoise, SpatialDropout
from archc_torch.dispatch import activated, dimension, first, layer, to_first, to_last

RENAMES: dict[type[Op], str] = {
    activations.Relu: "F.relu({x})",
    activations.Relu6: "F.relu6({x})",
    activations.Selu: "F.selu({x})",
    activations.Silu: "F.silu({x})",
    activations.HardSigmoid: "F.hardsigmoid({x})",
    activations.HardSwish: "F.hardswish({x})",
    activations.Sigmoid: "torch.sigmoid({x})",
    activations.Tanh: "torch.tanh({x})",
    activations.Softplus: "F.softplus({x})",
    activations.Mish: "F.mish({x})",
    activations.Softsign: "F.softsign({x})",
    activations.HardTanh: "torch.clamp({x}, -1, 1)",  # at the bounds F.hardtanh lets no gradient through
    activations.Exponential: "torch.exp({x})",
}
"""The activations that have no arguments and only another name."""


IN_PLACE = (activations.Relu, activations.Relu6)
"""Those that overwrite what they are given where nobody else reads it: their gradient asks for the result alone."""


def renamed(template: str, in_place: bool) -> Callable[[Op, View], list[Spelling]]:
    spellings = [Spelling("plain", (Use(template),))]
    overwriting = [Spelling("in place", (Use(template.replace("{x}", "{x}, inplace=True")),))]
    return lambda _op, x: overwriting if in_place and x.fresh else spellings


for _cls, _template in RENAMES.items():
    layer.register(_cls, renamed(_template, _cls in IN_PLACE))


@layer.register
def leaky_relu(op: LeakyRelu, _x: View) -> list[Spelling]:
    return [Spelling("plain", (Use("F.leaky_relu({x}, {slope})", {"slope": op.slope}),))]


@layer.register
def elu(op: Elu, _x: View) -> list[Spelling]:
    general = Spelling("general", (Use("F.elu({x}, alpha={alpha})", {"alpha": op.alpha}),))
    return [Spelling("plain", (Use("F.elu({x})"),)), general] if op.alpha == 1 else [general]


@layer.register
def celu(op: Celu, _x: View) -> list[Spelling]:
    general = Spelling("general", (Use("F.celu({x}, alpha={alpha})", {"alpha": op.alpha}),))
    return [Spelling("plain", (Use("F.celu({x})"),)), general] if op.alpha == 1 else [general]


@layer.register
def gelu(op: Gelu, _x: View) -> list[Spelling]:
    approximate = "tanh" if op.approximate else "none"
    general = Use("F.gelu({x}, approximate={approximate})", {"approximate": approximate})
    forms = [Spelling("general", (general,))]
    return forms if op.approximate else [Spelling("plain", (Use("F.gelu({x})"),)), *forms]


@layer.register
def clip(op: Clip, _x: View) -> list[Spelling]:
    general = Spelling("general", (Use("torch.clamp({x}, {min}, {max})", {"min": op.min, "max": op.max}),))
    if op.min is None:
        return [Spelling("above", (Use("torch.clamp({x}, max={max})", {"max": op.max}),)), general]
    if op.max is None:
        return [Spelling("below", (Use("torch.clamp({x}, min={min})", {"min": op.min}),)), general]
    return [general]


@layer.register
def softmax(op: Softmax, x: View) -> list[Spelling]:
    return [Spelling("plain", (Use("F.softmax({x}, dim={dim})", {"dim": along(x, op.over(x.shape))}),))]


@layer.register
def log_softmax(op: LogSoftmax, x: View) -> list[Spelling]:
    return [Spelling("plain", (Use("F.log_softmax({x}, dim={dim})", {"dim": along(x, op.over(x.shape))}),))]


def along(x: View, axis: str) -> int:
    """Return an axis's dimension; the last one is -1 whatever the rank."""
    return -1 if axis == x.shape.axes[-1] and not first(x) else dimension(x, axis)


@layer.register
def l2_normalize(op: L2Normalize, x: View) -> list[Spelling]:
    slots = {"dim": along(x, op.over(x.shape))}
    general = Use("F.normalize({x}, dim={dim}, eps={eps})", {**slots, "eps": op.epsilon})
    plain = [Spelling("plain", (Use("F.normalize({x}, dim={dim})", slots),))] if op.epsilon == 1e-12 else []
    return [*plain, Spelling("general", (general,))]


@layer.register
def prelu(_op: Prelu, x: View) -> list[Spelling]:
    return [Spelling("plain", (Make("nn.PReLU", (x.channels,)),))]


@layer.register
def batch_norm(op: BatchNorm, x: View) -> list[Spelling]:
    values = {
        "eps": Default(op.epsilon, 1e-5),
        "momentum": Default(new_share(op.momentum), 0.1),
        "affine": Default(op.affine, True),
    }
    return [Spelling("plain", (Make(f"nn.BatchNorm{max(x.rank, 1)}d", (x.channels,), values),))]


def new_share(kept: float) -> float:
    """Return the share of the new value, which is PyTorch's momentum: for 0.9 the 0.1 that one would write."""
    short = round(1 - kept, 12)
    return short if 1 - short == kept else 1 - kept


@layer.register
def layer_norm(op: LayerNorm, x: View) -> list[Spelling]:
    values = {"eps": Default(op.epsilon, 1e-5), "elementwise_affine": Default(op.affine, True)}
    return over_channels(Make("nn.LayerNorm", (x.channels,), values), x)


@layer.register
def rms_norm(op: RmsNorm, x: View) -> list[Spelling]:
    return over_channels(Make("nn.RMSNorm", (x.channels,), {"eps": op.epsilon}), x)


def over_channels(norm: Make, x: View) -> list[Spelling]:
    """Return a norm of the last dimension, to which channels that come first are moved and back."""
    if not first(x):
        return [Spelling("plain", (norm,))]
    there, back = Use("{x}" + to_last(x.rank), call=False), Use("{x}" + to_first(x.rank), call=False)
    return [Spelling("permuted", (there, norm, back))]


@layer.register
def group_norm(op: GroupNorm, x: View) -> list[Spelling]:
    values = {"eps": Default(op.epsilon, 1e-5), "affine": Default(op.affine, True)}
    return [Spelling("plain", (Make("nn.GroupNorm", (op.groups, x.channels), values),))]


@layer.register
def instance_norm(op: InstanceNorm, x: View) -> list[Spelling]:
    values = {"eps": Default(op.epsilon, 1e-5), "affine": Default(op.affine, False)}
    return [Spelling("plain", (Make(f"nn.InstanceNorm{x.rank}d", (x.channels,), values),))]


@layer.register
def lrn(op: Lrn, x: View) -> list[Spelling]:
    made = Make("nn.LocalResponseNorm", (op.size,), {"alpha": op.alpha, "beta": op.beta, "k": Default(op.bias, 1.0)})
    # Of a volume PyTorch takes a view, which one whose axes have changed places does not have.
    in_order = Spelling("in order", (Use("{x}.contiguous()", call=False), made))
    return [in_order] if x.rank == 3 else [Spelling("plain", (made,)), in_order]


@layer.register
def dropout(op: Dropout, _x: View) -> list[Spelling]:
    return [Spelling("plain", (Make("nn.Dropout", (op.rate,)),))]


@layer.register
def spatial_dropout(op: SpatialDropout, x: View) -> list[Spelling]:
    return [Spelling("plain", (Make(f"nn.Dropout{x.rank}d", (op.rate,)),))]


@layer.register
def drop_path(op: DropPath, _x: View) -> list[Spelling]:
    return [Spelling("plain", (Make("DropPath", (op.rate,)),), needs=("DropPath",))]


@layer.register
def gaussian_noise(op: GaussianNoise, _x: View) -> list[Spelling]:
    return [Spelling("plain", (Make("GaussianNoise", (op.stddev,)),), needs=("GaussianNoise",))]


@layer.register
def dense(op: Dense, x: View) -> list[Spelling]:
    made = Make("nn.Linear", (x.channels, op.units), {"bias": Default(op.bias, True)})
    return activated(op, x._replace(first=False), [Spelling("plain", (made,))])


@layer.register
def tied_dense(op: TiedDense, x: View) -> list[Spelling]:
    made = Make("nn.Embedding", call="F.linear({x}, {layer}.weight)")
    return activated(op, x._replace(first=False), [Spelling("tied", (made,))])


@layer.register
def embedding(op: Embedding, x: View) -> list[Spelling]:
    return [Spelling("plain", (Make("nn.Embedding", (x.shape.vocabulary, op.units)),))]
