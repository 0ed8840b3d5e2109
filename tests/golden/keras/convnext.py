"""convnext: ConvNeXt (Liu et al., 2022, arXiv:2201.03545), tiny unless a variant says otherwise.

Compiled by archc 0.1.0 from convnext.yaml for Keras.
28,589,128 parameters, 4,455,531,264 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers


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


def convnext_block(x: KerasTensor, rate: float, *, name: str) -> KerasTensor:
    in_channels = x.shape[-1]
    main = layers.DepthwiseConv2D(7, padding="same", name=f"{name}_main_depthwise_conv")(x)
    main = layers.LayerNormalization(epsilon=1e-06, name=f"{name}_main_layer_norm")(main)
    main = layers.Conv2D(in_channels * 4, 1, activation="gelu", name=f"{name}_main_conv1")(main)
    main = layers.Conv2D(in_channels, 1, name=f"{name}_main_conv2")(main)
    main = Scale(initial=1e-06, name=f"{name}_main_scale")(main)
    main = layers.Dropout(rate, noise_shape=(None, 1, 1, 1), name=f"{name}_main_drop_path")(main)
    return layers.Add(name=f"{name}_add")([main, x])


def stage(
    x: KerasTensor, filters: int, depth: int, before: int, total: int, rate: float, *, name: str
) -> KerasTensor:
    if before > 0:
        x = layers.LayerNormalization(epsilon=1e-06, name=f"{name}_chain_layer_norm")(x)
        x = layers.Conv2D(filters, 2, 2, name=f"{name}_chain_conv")(x)
    for index in range(depth):
        x = convnext_block(
            x, rate * (before + index) / (total - 1), name=f"{name}_convnext_block_{index}"
        )
    return x


def convnext(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 224, 224, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.Conv2D(96, 4, 4, name="patches")(inputs)  # (56, 56, 96)
    x = layers.LayerNormalization(epsilon=1e-06, name="layer_norm1")(x)
    x = stage(x, 96, depth=3, before=0, total=18, rate=0.1, name="stage1")
    x = stage(x, 192, depth=3, before=3, total=18, rate=0.1, name="stage2")  # (28, 28, 192)
    x = stage(x, 384, depth=9, before=6, total=18, rate=0.1, name="stage3")  # (14, 14, 384)
    x = stage(x, 768, depth=3, before=15, total=18, rate=0.1, name="stage4")  # (7, 7, 768)
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (768,)
    x = layers.LayerNormalization(epsilon=1e-06, name="layer_norm2")(x)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="convnext")
