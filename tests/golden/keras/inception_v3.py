"""inception_v3: Inception v3 (Szegedy et al., 2015), without the auxiliary head; as torchvision
has it.

Compiled by archc 0.1.0 from inception_v3.yaml for Keras.
23,834,568 parameters, 5,713,216,096 multiply-accumulates an image.
"""

import keras
from keras import KerasTensor, layers, ops


def conv_norm_relu(
    x: KerasTensor,
    filters: int,
    kernel_size: int | tuple[int, ...] = 1,
    stride: int = 1,
    padding: str = "same",
    *,
    name: str,
) -> KerasTensor:
    x = layers.Conv2D(
        filters, kernel_size, stride, padding=padding, use_bias=False, name=f"{name}_conv"
    )(x)
    return ops.relu(layers.BatchNormalization(momentum=0.9, name=f"{name}_batch_norm")(x))


def inception_a(x: KerasTensor, pool: int, *, name: str) -> KerasTensor:
    conv1x1 = conv_norm_relu(x, 64, name=f"{name}_conv1x1")
    conv5x5 = conv_norm_relu(x, 48, name=f"{name}_conv5x5_conv_norm_relu1")
    conv5x5 = conv_norm_relu(conv5x5, 64, kernel_size=5, name=f"{name}_conv5x5_conv_norm_relu2")
    double3x3 = conv_norm_relu(x, 64, name=f"{name}_double3x3_conv_norm_relu1")
    for index in range(2):
        double3x3 = conv_norm_relu(
            double3x3, 96, kernel_size=3, name=f"{name}_double3x3_conv_norm_relu2_{index}"
        )
    pooled = layers.ZeroPadding2D(1, name=f"{name}_pooled_avg_pool_padding")(x)
    pooled = layers.AveragePooling2D(3, 1, name=f"{name}_pooled_avg_pool")(pooled)
    pooled = conv_norm_relu(pooled, pool, name=f"{name}_pooled_conv_norm_relu")
    return layers.Concatenate(name=f"{name}_concat")([conv1x1, conv5x5, double3x3, pooled])


def inception_b(x: KerasTensor, filters: int, *, name: str) -> KerasTensor:
    conv1x1 = conv_norm_relu(x, 192, name=f"{name}_conv1x1")
    conv7x7 = conv_norm_relu(x, filters, name=f"{name}_conv7x7_conv_norm_relu1")
    conv7x7 = conv_norm_relu(
        conv7x7, filters, kernel_size=(1, 7), name=f"{name}_conv7x7_conv_norm_relu2"
    )
    conv7x7 = conv_norm_relu(
        conv7x7, 192, kernel_size=(7, 1), name=f"{name}_conv7x7_conv_norm_relu3"
    )
    double7x7 = conv_norm_relu(x, filters, name=f"{name}_double7x7_conv_norm_relu1")
    double7x7 = conv_norm_relu(
        double7x7, filters, kernel_size=(7, 1), name=f"{name}_double7x7_conv_norm_relu2"
    )
    double7x7 = conv_norm_relu(
        double7x7, filters, kernel_size=(1, 7), name=f"{name}_double7x7_conv_norm_relu3"
    )
    double7x7 = conv_norm_relu(
        double7x7, filters, kernel_size=(7, 1), name=f"{name}_double7x7_conv_norm_relu4"
    )
    double7x7 = conv_norm_relu(
        double7x7, 192, kernel_size=(1, 7), name=f"{name}_double7x7_conv_norm_relu5"
    )
    pooled = layers.ZeroPadding2D(1, name=f"{name}_pooled_avg_pool_padding")(x)
    pooled = layers.AveragePooling2D(3, 1, name=f"{name}_pooled_avg_pool")(pooled)
    pooled = conv_norm_relu(pooled, 192, name=f"{name}_pooled_conv_norm_relu")
    return layers.Concatenate(name=f"{name}_concat")([conv1x1, conv7x7, double7x7, pooled])


def rows_and_columns(x: KerasTensor, *, name: str) -> KerasTensor:
    rows = conv_norm_relu(x, 384, kernel_size=(1, 3), name=f"{name}_rows")
    columns = conv_norm_relu(x, 384, kernel_size=(3, 1), name=f"{name}_columns")
    return layers.Concatenate(name=f"{name}_concat")([rows, columns])


def inception_c(x: KerasTensor, *, name: str) -> KerasTensor:
    conv1x1 = conv_norm_relu(x, 320, name=f"{name}_conv1x1")
    conv3x3 = conv_norm_relu(x, 384, name=f"{name}_conv3x3_conv_norm_relu")
    conv3x3 = rows_and_columns(conv3x3, name=f"{name}_conv3x3_rows_and_columns")
    double3x3 = conv_norm_relu(x, 448, name=f"{name}_double3x3_conv_norm_relu1")
    double3x3 = conv_norm_relu(
        double3x3, 384, kernel_size=3, name=f"{name}_double3x3_conv_norm_relu2"
    )
    double3x3 = rows_and_columns(double3x3, name=f"{name}_double3x3_rows_and_columns")
    pooled = layers.ZeroPadding2D(1, name=f"{name}_pooled_avg_pool_padding")(x)
    pooled = layers.AveragePooling2D(3, 1, name=f"{name}_pooled_avg_pool")(pooled)
    pooled = conv_norm_relu(pooled, 192, name=f"{name}_pooled_conv_norm_relu")
    return layers.Concatenate(name=f"{name}_concat")([conv1x1, conv3x3, double3x3, pooled])


def inception_v3(*, logits: bool = False) -> keras.Model:
    """float32 (batch, 299, 299, 3) -> probabilities (batch, 1000), or logits."""
    inputs = keras.Input((299, 299, 3), name="input")
    x = conv_norm_relu(inputs, 32, kernel_size=3, stride=2, padding="valid", name="conv_norm_relu1")
    x = conv_norm_relu(x, 32, kernel_size=3, padding="valid", name="conv_norm_relu2")
    x = conv_norm_relu(x, 64, kernel_size=3, name="conv_norm_relu3")  # (147, 147, 64)
    x = layers.MaxPooling2D(3, 2, name="max_pool1")(x)  # (73, 73, 64)
    x = conv_norm_relu(x, 80, name="conv_norm_relu4")  # (73, 73, 80)
    x = conv_norm_relu(x, 192, kernel_size=3, padding="valid", name="conv_norm_relu5")
    x = layers.MaxPooling2D(3, 2, name="max_pool2")(x)  # (35, 35, 192)
    for index, pool in enumerate((32, 64, 64)):
        x = inception_a(x, pool, name=f"inception_a_{index}")
    conv3x3 = conv_norm_relu(
        x, 384, kernel_size=3, stride=2, padding="valid", name="reduction_a_conv3x3"
    )
    double3x3 = conv_norm_relu(x, 64, name="double3x3_conv_norm_relu1")  # (35, 35, 64)
    double3x3 = conv_norm_relu(double3x3, 96, kernel_size=3, name="double3x3_conv_norm_relu2")
    double3x3 = conv_norm_relu(
        double3x3, 96, kernel_size=3, stride=2, padding="valid", name="double3x3_conv_norm_relu3"
    )
    pooled = layers.MaxPooling2D(3, 2, name="reduction_a_pooled")(x)  # (17, 17, 288)
    x = layers.Concatenate(name="reduction_a")([conv3x3, double3x3, pooled])  # (17, 17, 768)
    for index, filters in enumerate((128, 160, 160, 192)):
        x = inception_b(x, filters, name=f"inception_b_{index}")
    conv3x3 = conv_norm_relu(x, 192, name="reduction_b_conv3x3_conv_norm_relu1")  # (17, 17, 192)
    conv3x3 = conv_norm_relu(
        conv3x3,
        320,
        kernel_size=3,
        stride=2,
        padding="valid",
        name="reduction_b_conv3x3_conv_norm_relu2",
    )
    conv7x7 = conv_norm_relu(x, 192, name="conv7x7_conv_norm_relu1")  # (17, 17, 192)
    conv7x7 = conv_norm_relu(conv7x7, 192, kernel_size=(1, 7), name="conv7x7_conv_norm_relu2")
    conv7x7 = conv_norm_relu(conv7x7, 192, kernel_size=(7, 1), name="conv7x7_conv_norm_relu3")
    conv7x7 = conv_norm_relu(
        conv7x7, 192, kernel_size=3, stride=2, padding="valid", name="conv7x7_conv_norm_relu4"
    )
    pooled = layers.MaxPooling2D(3, 2, name="reduction_b_pooled")(x)  # (8, 8, 768)
    x = layers.Concatenate(name="reduction_b")([conv3x3, conv7x7, pooled])  # (8, 8, 1280)
    for index in range(2):
        x = inception_c(x, name=f"inception_c_{index}")
    x = layers.GlobalAveragePooling2D(name="global_avg_pool")(x)  # (2048,)
    x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.Dense(1000, name="dense")(x)  # (1000,)
    outputs = x if logits else layers.Softmax(name="dense_softmax")(x)
    return keras.Model(inputs, outputs, name="inception_v3")
