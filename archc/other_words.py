"""What other frameworks call things that a spec has under another name."""

from __future__ import annotations

from collections.abc import Iterable

from archc.problems import nearest

_MEANT = {
    "swish": "silu", "hswish": "hard_swish", "hardswish": "hard_swish", "h_swish": "hard_swish",
    "hsigmoid": "hard_sigmoid", "hardsigmoid": "hard_sigmoid", "lrelu": "leaky_relu", "leaky": "leaky_relu",
    "leakyrelu": "leaky_relu", "linear": "dense", "fc": "dense", "fully_connected": "dense", "conv1d": "conv",
    "conv2d": "conv", "conv3d": "conv", "convolution": "conv", "depthwise_conv2d": "depthwise_conv",
    "depthwiseconv2d": "depthwise_conv", "separable_conv2d": "separable_conv", "separableconv2d": "separable_conv",
    "deconv": "conv_transpose", "conv2d_transpose": "conv_transpose", "conv2dtranspose": "conv_transpose",
    "convtranspose2d": "conv_transpose", "conv_transpose2d": "conv_transpose", "bn": "batch_norm",
    "batchnorm": "batch_norm", "batchnorm2d": "batch_norm", "batch_normalization": "batch_norm",
    "batchnormalization": "batch_norm", "layernorm": "layer_norm", "layer_normalization": "layer_norm",
    "groupnorm": "group_norm", "local_response_norm": "lrn", "maxpool": "max_pool", "maxpool2d": "max_pool",
    "max_pool2d": "max_pool", "maxpooling2d": "max_pool", "max_pooling2d": "max_pool", "unpool": "max_unpool",
    "maxunpool2d": "max_unpool", "max_unpool2d": "max_unpool", "unpooling": "max_unpool", "avgpool": "avg_pool",
    "avgpool2d": "avg_pool", "avg_pool2d": "avg_pool", "averagepooling2d": "avg_pool", "average_pooling2d": "avg_pool",
    "average_pool": "avg_pool", "gap": "global_avg_pool", "globalaveragepooling2d": "global_avg_pool",
    "global_average_pooling2d": "global_avg_pool", "global_average_pool": "global_avg_pool",
    "adaptiveavgpool2d": "adaptive_avg_pool", "gmp": "global_max_pool", "globalmaxpooling2d": "global_max_pool",
    "softmax2d": "softmax", "logistic": "sigmoid", "softplus2d": "softplus", "dropout2d": "spatial_dropout",
    "spatialdropout2d": "spatial_dropout", "zero_padding2d": "zero_pad", "zeropadding2d": "zero_pad",
    "zeropad2d": "zero_pad", "pad": "zero_pad", "cropping2d": "crop", "upsampling2d": "upsample", "sub": "subtract",
    "mul": "multiply", "concatenate": "concat", "cat": "concat", "sum": "add", "avg": "average", "view": "reshape",
    "transpose": "permute", "identity": "none", "no": "none", "off": "none", "false": "none",
    "adaptivemaxpool2d": "adaptive_max_pool", "stochastic_depth": "drop_path", "droppath": "drop_path",
    "layer_scale": "scale", "layerscale": "scale", "rescaling": "rescale", "clamp": "clip", "hardtanh": "hard_tanh",
    "exp": "exponential", "logsoftmax": "log_softmax", "channelshuffle": "channel_shuffle", "amax": "max",
    "pixelshuffle": "pixel_shuffle", "depth_to_space": "pixel_shuffle", "instancenorm2d": "instance_norm",
    "instancenorm": "instance_norm", "rmsnorm": "rms_norm", "unit_normalization": "l2_normalize", "reduce_mean": "mean",
    "l2_norm": "l2_normalize", "gaussiannoise": "gaussian_noise", "reflectionpad2d": "reflect_pad", "reduce_sum": "sum",
    "strides": "stride", "out_channels": "filters", "out_features": "units", "kernel": "kernel_size",
    "dilation_rate": "dilation", "use_bias": "bias", "negative_slope": "slope", "eps": "epsilon", "alpha": "slope",
    "p": "rate", "lr": "learning_rate", "crossentropy": "cross_entropy", "categorical_crossentropy": "cross_entropy",
    "sparse_categorical_crossentropy": "cross_entropy", "bce": "binary_cross_entropy", "mse": "mean_squared_error",
    "binary_crossentropy": "binary_cross_entropy", "mae": "mean_absolute_error", "l1": "mean_absolute_error",
    "l2": "mean_squared_error", "rnn": "simple_rnn", "simplernn": "simple_rnn", "elman": "simple_rnn",
    "xavier_uniform": "glorot_uniform", "xavier_normal": "glorot_normal", "kaiming_uniform": "he_uniform",
    "kaiming_normal": "he_normal", "random_normal": "normal", "random_uniform": "uniform", "frozen": "trainable",
    "kernel_initializer": "initializer", "kernel_regularizer": "regularizer", "weight_decay": "regularizer",
    "hidden_size": "units", "bidirectional": "direction", "go_backwards": "direction", "reverse": "direction",
    "im2col": "unfold", "extract_patches": "unfold", "space_to_depth": "unfold", "col2im": "fold",
}  # fmt: skip


def meant(word: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that `word` means elsewhere, or else the one that is spelled most like it."""
    known = list(known)
    other = _MEANT.get(word.lower())
    return other if other in known else nearest(word, known)


__all__ = ["meant"]
