"""rearranged: Shuffles, scales, reductions, gates and adaptive pools, within blocks that are
used at several sizes.

Compiled by archc 0.1.0 from rearranged.yaml for Keras.
3,539 parameters, 387,372 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def unfold(
    x: KerasTensor,
    kernel_size: tuple[int, ...],
    strides: tuple[int, ...],
    dilation_rate: tuple[int, ...] = (1, 1, 1),
) -> KerasTensor:
    """Put what each window holds into the channels: row by row, and at each place its channels."""
    for axis in reversed(range(len(kernel_size))):
        size, stride, step = kernel_size[axis], strides[axis], dilation_rate[axis]
        last = (size - 1) * step
        before = (slice(None),) * (axis + 1)
        parts = [
            x[(*before, slice(start, start - last or None, stride))]
            for start in range(0, last + 1, step)
        ]
        x = ops.concatenate(parts, axis=-1)
    return x


@keras.saving.register_keras_serializable()
class Fold(layers.Layer):
    """Lay the channels out as windows that stand side by side: row by row, then the channels."""

    def __init__(self, kernel_size: tuple[int, ...], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.kernel_size = tuple(kernel_size)

    def call(self, x: KerasTensor) -> KerasTensor:
        for axis, size in enumerate(self.kernel_size, 1):
            parts = ops.split(x, size, axis=-1)
            shape = [-1, *parts[0].shape[1:]]
            shape[axis] *= size
            x = ops.reshape(ops.stack(parts, axis=axis + 1), shape)
        return x

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "kernel_size": self.kernel_size}


def channel_shuffle(x: KerasTensor, groups: int) -> KerasTensor:
    """Deal the channels out, one of each of the groups in turn."""
    channels = x.shape[-1]
    size = channels // groups
    return ops.take(x, [c for i in range(size) for c in range(i, channels, size)], axis=-1)


@keras.saving.register_keras_serializable()
class Scale(layers.Layer):
    """Multiply each channel by a learned number."""

    def __init__(self, initial: float = 1.0, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.initial = initial

    def build(self, shape: tuple[int | None, ...]) -> None:
        start = keras.initializers.Constant(self.initial)
        self.scale = self.add_weight(shape=shape[-1:], initializer=start, name="scale")

    def call(self, x: KerasTensor) -> KerasTensor:
        return x * self.scale

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "initial": self.initial}


@keras.saving.register_keras_serializable()
class Celu(layers.Layer):
    """Keep what is positive, and let the rest go to -alpha with a continuous slope."""

    def __init__(self, alpha: float, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, x: KerasTensor) -> KerasTensor:
        return self.alpha * ops.elu(x / self.alpha)

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "alpha": self.alpha}


def pixel_shuffle(x: KerasTensor, scale: int) -> KerasTensor:
    """Make of every `scale * scale` neighbouring channels a square of pixels."""
    channels, area = x.shape[-1], scale * scale
    order = [c for i in range(area) for c in range(i, channels, area)]
    x = ops.take(x, order, axis=-1)
    return ops.depth_to_space(x, scale) if scale > 1 else x


def adaptive_max_pool(x: KerasTensor, sizes: tuple[int, ...]) -> KerasTensor:
    """Keep the largest values of windows that are spread evenly, so many along each axis."""
    for axis, size in enumerate(sizes, 1):
        n = x.shape[axis]
        windows = [list(range(i * n // size, -(-(i + 1) * n // size))) for i in range(size)]
        x = ops.stack([ops.max(ops.take(x, window, axis), axis) for window in windows], axis)
    return x


def windows(
    x: KerasTensor, kernel_size: int, *, unfold1_pads: tuple[tuple[int, ...], ...], name: str
) -> KerasTensor:
    in_channels = x.shape[-1]
    x = ops.pad(x, unfold1_pads)
    x = unfold(x, (kernel_size, kernel_size), (1, 1))
    x = layers.Conv2D(24, 1, activation="tanh", name=f"{name}_conv1")(x)
    x = unfold(x, (2, 1), (2, 1))
    x = Fold((4, 1), name=f"{name}_fold")(x)
    x = ops.pad(x, ((0, 0), (0, 0), (2, 2), (0, 0)))
    x = unfold(x, (1, kernel_size), (1, 1), (1, 2))
    return layers.Conv2D(in_channels, (2, 1), (2, 1), name=f"{name}_conv2")(x)


def unit(
    x: KerasTensor, groups: int = 2, rate: float = 0.1, start: float = 0.001, *, name: str
) -> KerasTensor:
    in_channels = x.shape[-1]
    main = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
    main = layers.Conv2D(
        in_channels * 2, 3, groups=groups, activation="mish", name=f"{name}_main_conv"
    )(main)
    main = channel_shuffle(main, groups)
    main = ops.glu(main, axis=-1)
    main = layers.RMSNormalization(epsilon=1e-05, name=f"{name}_main_rms_norm")(main)
    main = Scale(initial=start, name=f"{name}_main_scale")(main)
    main = layers.Dropout(rate, noise_shape=(None, 1, 1, 1), name=f"{name}_main_drop_path")(main)
    return layers.Add(name=f"{name}_add")([main, x])


def attention(x: KerasTensor, kernel_size: int, *, name: str) -> KerasTensor:
    mean = ops.mean(x, axis=-1, keepdims=True)
    max_ = ops.max(x, axis=-1, keepdims=True)
    gate = layers.Concatenate(name=f"{name}_gate_concat")([mean, max_])
    gate = layers.Conv2D(
        1, kernel_size, padding="same", activation="sigmoid", name=f"{name}_gate_conv"
    )(gate)
    return layers.Multiply(name=f"{name}_multiply")([x, gate])


def rearranged() -> keras.Model:
    """float32 (batch, 12, 9, 6) -> (batch, 3)."""
    inputs = keras.Input((12, 9, 6), name="input")
    x = layers.Rescaling(0.25, offset=-0.5, name="rescale")(inputs)
    x = windows(x, 3, unfold1_pads=((0, 0), (1, 1), (1, 1), (0, 0)), name="windows1")
    x = windows(x, 2, unfold1_pads=((0, 0), (0, 1), (0, 1), (0, 0)), name="windows2")  # (12, 11, 6)
    x = unit(x, rate=0.2, name="unit1")
    x = unit(x, groups=3, start=0.5, name="unit2")
    x = attention(x, 7, name="attention1")
    x = ops.roll(x, (-1, 2), axis=(1, 2))
    x = layers.Conv2D(8, 1, name="conv1")(x)
    x = Celu(0.5, name="conv1_celu")(x)  # (12, 11, 8)
    x = layers.GroupNormalization(
        -1, epsilon=1e-05, center=False, scale=False, name="instance_norm"
    )(x)
    x = pixel_shuffle(x, 2)  # (24, 22, 2)
    x = attention(x, 3, name="attention2")
    x = layers.GaussianNoise(0.1, name="gaussian_noise")(x)
    x = ops.clip(x, -2, 2)
    x = adaptive_max_pool(x, (7, 4))  # (7, 4, 2)
    x = layers.AdaptiveAveragePooling2D((7, 2), name="adaptive_avg_pool")(x)  # (7, 2, 2)
    x = ops.mean(x, axis=2)  # (7, 2)
    x = layers.Conv1D(
        6, 2, padding="causal", dilation_rate=2, activation="hard_tanh", name="conv2"
    )(x)  # (7, 6)
    x = layers.Conv1D(4, 3, 2, padding="causal", activation="softsign", name="conv3")(x)  # (4, 4)
    x = Scale(name="scale")(x)
    x = ops.normalize(x, axis=-1, epsilon=1e-12)
    x = ops.exp(ops.sum(x, axis=1))  # (4,)
    x = layers.Dense(3, name="dense")(x)  # (3,)
    outputs = ops.log_softmax(x, axis=-1)
    return keras.Model(inputs, outputs, name="rearranged")
