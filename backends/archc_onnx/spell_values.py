"""How dense layers, norms and activations are written in ONNX."""

from __future__ import annotations

from archc.ops.activations import (
    Celu,
    Clip,
    Elu,
    Exponential,
    Gelu,
    HardSigmoid,
    HardSwish,
    HardTanh,
    LeakyRelu,
    LogSoftmax,
    Mish,
    Prelu,
    Relu,
    Relu6,
    Selu,
    Sigmoid,
    Silu,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from archc.ops.linear import Dense, Embedding
from archc.ops.norms import BatchNorm, GroupNorm, InstanceNorm, L2Normalize, LayerNorm, Lrn, RmsNorm
from archc.ops.regularisation import Dropout, DropPath, GaussianNoise, SpatialDropout
from archc_onnx.parts import (
    ABSENT,
    Const,
    Held,
    Tensor,
    Value,
    activated,
    channels_first,
    channels_last,
    dimension,
    layer,
    node,
    unsqueezed,
    weights,
)

SELU_ALPHA, SELU_GAMMA = 1.6732632423543772, 1.0507009873554805


@layer.register
def dense(op: Dense, x: Tensor) -> Value:
    held = weights(op, x)
    if x.rank == 0:
        return activated(op, x, node("Gemm", x.value, *held, transB=1))
    # On a sequence (N, C, L) the weight as it lies, (units, C), multiplies from the left.
    y = node("MatMul", held[0], x.value)
    return activated(op, x, node("Add", y, unsqueezed(held[1], 1)) if op.bias else y)


@layer.register
def embedding(op: Embedding, x: Tensor) -> Value:
    return channels_first(node("Gather", Held("weight"), x.value, axis=0), op.output(x.shape))


# Norms


def scale_and_shift(op: BatchNorm | LayerNorm | GroupNorm | InstanceNorm, x: Tensor) -> tuple[Value, Value]:
    """Return the learned numbers, or what changes nothing."""
    if op.affine:
        return Held("weight"), Held("bias")
    count = int(str(x.shape.channels))
    return Const("ones", (1.0,) * count, "numbers"), Const("zeros", (0.0,) * count, "numbers")


@layer.register
def batch_norm(op: BatchNorm, x: Tensor) -> Value:
    running = (Held("running_mean"), Held("running_var"))
    factors = {"epsilon": float(op.epsilon), "momentum": float(op.momentum)}
    return node("BatchNormalization", x.value, *scale_and_shift(op, x), *running, **factors)


@layer.register
def layer_norm(op: LayerNorm, x: Tensor) -> Value:
    y = node("LayerNormalization", channels_last(x), *scale_and_shift(op, x), axis=-1, epsilon=float(op.epsilon))
    return channels_first(y, x.shape)


@layer.register
def group_norm(op: GroupNorm, x: Tensor) -> Value:
    factors = {"num_groups": op.groups, "epsilon": float(op.epsilon)}
    if x.rank:
        return node("GroupNormalization", x.value, *scale_and_shift(op, x), **factors)
    y = node("GroupNormalization", unsqueezed(x.value, 2), *scale_and_shift(op, x), **factors)
    return node("Squeeze", y, Const("axes", (2,)))


@layer.register
def instance_norm(op: InstanceNorm, x: Tensor) -> Value:
    return node("InstanceNormalization", x.value, *scale_and_shift(op, x), epsilon=float(op.epsilon))


@layer.register
def rms_norm(op: RmsNorm, x: Tensor) -> Value:
    mean = node("ReduceMean", node("Mul", x.value, x.value), Const("axes", (1,)), keepdims=1)
    root = node("Sqrt", node("Add", mean, Const("epsilon", float(op.epsilon), "numbers")))
    return node("Mul", node("Div", x.value, root), unsqueezed(Held("weight"), *range(1, x.rank + 1)))


@layer.register
def l2_normalize(op: L2Normalize, x: Tensor) -> Value:
    axes = Const("axes", (dimension(x.shape, op.over(x.shape)),))
    squares = node("ReduceSum", node("Mul", x.value, x.value), axes, keepdims=1)
    length = node("Max", node("Sqrt", squares), Const("epsilon", float(op.epsilon), "numbers"))
    return node("Div", x.value, length)


@layer.register
def lrn(op: Lrn, x: Tensor) -> Value:
    if op.size % 2 == 0:
        return by_pooled_squares(op, x)
    factors = {"size": op.size, "alpha": float(op.alpha), "beta": float(op.beta), "bias": float(op.bias)}
    if x.rank == 2:
        return node("LRN", x.value, **factors)
    # Runtimes know this operator on images alone: other places become an image's.
    if x.rank == 1:
        return node("Squeeze", node("LRN", unsqueezed(x.value, 3), **factors), Const("axes", (3,)))
    image = node("Reshape", x.value, Const("image", (0, 0, 0, -1)))
    return node("Reshape", node("LRN", image, **factors), node("Shape", x.value))


def by_pooled_squares(op: Lrn, x: Tensor) -> Value:
    """Return the formula written out: ONNX's own operator leans the other way where the size is even."""
    squares = node("Reshape", node("Mul", x.value, x.value), Const("image", (0, 1, int(str(x.shape.channels)), -1)))
    pads = (op.size // 2, 0, (op.size - 1) // 2, 0)
    pooled = node(
        "AveragePool", squares, kernel_shape=(op.size, 1), strides=(1, 1), pads=pads, count_include_pad=1
    )  # fmt: skip
    mean = node("Reshape", pooled, node("Shape", x.value))
    scaled = node("Mul", mean, Const("alpha", float(op.alpha), "numbers"))
    sum_of = node("Add", scaled, Const("bias", float(op.bias), "numbers"))
    return node("Div", x.value, node("Pow", sum_of, Const("beta", float(op.beta), "numbers")))


# Dropout and noise: the file is for inference, in which there is none.


@layer.register
def dropout(_op: Dropout, x: Tensor) -> Value:
    return x.value


@layer.register
def spatial_dropout(_op: SpatialDropout, x: Tensor) -> Value:
    return x.value


@layer.register
def drop_path(_op: DropPath, x: Tensor) -> Value:
    return x.value


@layer.register
def gaussian_noise(_op: GaussianNoise, x: Tensor) -> Value:
    return x.value


# Activations


@layer.register
def relu(_op: Relu, x: Tensor) -> Value:
    return node("Relu", x.value)


@layer.register
def relu6(_op: Relu6, x: Tensor) -> Value:
    return node("Clip", x.value, Const("min", 0.0, "numbers"), Const("max", 6.0, "numbers"))


@layer.register
def clip(op: Clip, x: Tensor) -> Value:
    low, high = (
        ABSENT if bound is None else Const(label, float(bound), "numbers")
        for label, bound in (("min", op.min), ("max", op.max))
    )
    return node("Clip", x.value, low, high)


@layer.register
def leaky_relu(op: LeakyRelu, x: Tensor) -> Value:
    return node("LeakyRelu", x.value, alpha=float(op.slope))


@layer.register
def prelu(_op: Prelu, x: Tensor) -> Value:
    return node("PRelu", x.value, unsqueezed(Held("weight"), *range(1, x.rank + 1)))


@layer.register
def elu(op: Elu, x: Tensor) -> Value:
    return node("Elu", x.value, alpha=float(op.alpha))


@layer.register
def selu(_op: Selu, x: Tensor) -> Value:
    return node("Selu", x.value, alpha=SELU_ALPHA, gamma=SELU_GAMMA)


@layer.register
def celu(op: Celu, x: Tensor) -> Value:
    if op.alpha == 1:
        return node("Elu", x.value, alpha=1.0)
    alpha = Const("alpha", float(op.alpha), "numbers")
    return node("Mul", node("Elu", node("Div", x.value, alpha), alpha=1.0), alpha)


@layer.register
def mish(_op: Mish, x: Tensor) -> Value:
    return node("Mul", x.value, node("Tanh", node("Softplus", x.value)))


@layer.register
def softsign(_op: Softsign, x: Tensor) -> Value:
    return node("Softsign", x.value)


@layer.register
def hard_tanh(_op: HardTanh, x: Tensor) -> Value:
    return node("Clip", x.value, Const("min", -1.0, "numbers"), Const("max", 1.0, "numbers"))


@layer.register
def exponential(_op: Exponential, x: Tensor) -> Value:
    return node("Exp", x.value)


@layer.register
def gelu(op: Gelu, x: Tensor) -> Value:
    return node("Gelu", x.value, approximate="tanh" if op.approximate else "none")


@layer.register
def silu(_op: Silu, x: Tensor) -> Value:
    return node("Mul", x.value, node("Sigmoid", x.value))


@layer.register
def hard_sigmoid(_op: HardSigmoid, x: Tensor) -> Value:
    return node("HardSigmoid", x.value, alpha=1 / 6, beta=0.5)


@layer.register
def hard_swish(_op: HardSwish, x: Tensor) -> Value:
    return node("HardSwish", x.value)


@layer.register
def sigmoid(_op: Sigmoid, x: Tensor) -> Value:
    return node("Sigmoid", x.value)


@layer.register
def tanh(_op: Tanh, x: Tensor) -> Value:
    return node("Tanh", x.value)


@layer.register
def softplus(_op: Softplus, x: Tensor) -> Value:
    return node("Softplus", x.value)


@layer.register
def softmax(op: Softmax, x: Tensor) -> Value:
    return node("Softmax", x.value, axis=dimension(x.shape, op.over(x.shape)))


@layer.register
def log_softmax(op: LogSoftmax, x: Tensor) -> Value:
    return node("LogSoftmax", x.value, axis=dimension(x.shape, op.over(x.shape)))
