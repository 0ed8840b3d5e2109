"""Learned values worked out by hand: what a paper's figures and formulas give, layer by layer, without archc."""

from __future__ import annotations

from itertools import pairwise


def conv(kernel: int, channels: int, filters: int) -> int:
    """Count the weights and biases of a convolution whose kernel has `kernel` places, in all its axes together."""
    return kernel * channels * filters + filters


def dense(*units: int) -> int:
    """Count the weights and biases of dense layers from `units[0]` inputs to `units[-1]` outputs."""
    return sum((a + 1) * b for a, b in pairwise(units))


def convs(kernel: int, *filters: int) -> int:
    """Count the weights and biases of convolutions one after the other, from `filters[0]` channels on."""
    return sum(conv(kernel, a, b) for a, b in pairwise(filters))


def lenet5() -> int:
    """Count LeNet-5's, with C3 connected to all maps, and pools without weights."""
    return convs(25, 1, 6, 16) + dense(400, 120, 84, 10)


def googlenet() -> int:
    """Count GoogLeNet's from the rows of table 1: 1x1, 3x3 reduced and not, 5x5 reduced and not, what is pooled."""
    rows = [
        (64, 96, 128, 16, 32, 32),
        (128, 128, 192, 32, 96, 64),
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
        (256, 160, 320, 32, 128, 128),
        (384, 192, 384, 48, 128, 128),
    ]
    total, channels = conv(49, 3, 64) + conv(1, 64, 64) + conv(9, 64, 192), 192
    for c1, c3_reduced, c3, c5_reduced, c5, pooled in rows:
        total += conv(1, channels, c1 + c3_reduced + c5_reduced + pooled)
        total += conv(9, c3_reduced, c3) + conv(25, c5_reduced, c5)
        channels = c1 + c3 + c5 + pooled
    return total + dense(1024, 1000)


def fcn8s(classes: int) -> int:
    """Count FCN-8s's: VGG16, its dense layers as convolutions, scores of three depths, and what enlarges them."""
    vgg16 = convs(9, 3, 64, 64, 128, 128, *[256] * 3, *[512] * 6)
    heads = conv(49, 512, 4096) + conv(1, 4096, 4096)
    scores = sum(conv(1, channels, classes) for channels in (4096, 512, 256))
    return vgg16 + heads + scores + (16 + 16 + 256) * classes * classes


def c3d(classes: int) -> int:
    """Count C3D's: eight convolutions of 3x3x3, and three dense layers on 512 maps of 4x4."""
    return convs(27, 3, 64, 128, 256, 256, 512, 512, 512, 512) + dense(8192, 4096, 4096, classes)


def lrcn(classes: int) -> int:
    """Count LRCN's: AlexNet's convolutions and first dense layer, once for all frames, and an LSTM of 256."""
    convolutions = conv(121, 3, 64) + conv(25, 64, 192) + convs(9, 192, 384, 256, 256)
    return convolutions + dense(9216, 4096) + 4 * (4096 + 256 + 1) * 256 + dense(256, classes)


def unet(base: int, depth: int, channels: int, classes: int) -> int:
    """Count U-Net's: two convolutions for each depth on either side, and 2x2 up to where it is joined."""
    total = 0
    for filters in (base << level for level in range(depth + 1)):
        total += convs(9, channels, filters, filters)
        channels = filters
    for filters in (base << level for level in reversed(range(depth))):
        total += conv(4, 2 * filters, filters) + convs(9, 2 * filters, filters, filters)
    return total + conv(1, base, classes)


def unet3d() -> int:
    """Count the 3D U-Net's: maps double before each pool, and what is enlarged keeps them all, without biases."""
    down = convs(27, 3, 32, 64) + convs(27, 64, 64, 128) + convs(27, 128, 128, 256) + convs(27, 256, 256, 512)
    up = sum(8 * (2 * n) ** 2 + convs(27, 3 * n, n, n) for n in (256, 128, 64))
    return down + up + conv(1, 64, 3)


def siamese() -> int:
    """Count one tower of figure 4, and the weights of 4,096 distances."""
    tower = conv(100, 1, 64) + conv(49, 64, 128) + conv(16, 128, 128) + conv(16, 128, 256)
    return tower + dense(6 * 6 * 256, 4096, 1)


def tcn(filters: int, levels: int, kernel: int, classes: int) -> int:
    """Count a TCN's: two convolutions a level, and one of a single place where the number of channels changes."""
    convolutions = conv(kernel, 1, filters) + (2 * levels - 1) * conv(kernel, filters, filters)
    return convolutions + conv(1, 1, filters) + dense(filters, classes)


def wavenet(levels: int, residual: int, skip: int, depth: int) -> int:
    """Count WaveNet's: two gates of two places in each layer, what goes on, what skips, and two layers at the end."""
    layer = 2 * conv(2, residual, residual) + conv(1, residual, residual) + conv(1, residual, skip)
    return conv(2, levels, residual) + depth * layer + convs(1, skip, skip, levels)


def lstm_classifier(vocabulary: int, units: int) -> int:
    """Count an LSTM's four gates of 1,024 over an embedding, and two dense layers on its last state."""
    return vocabulary * units + 4 * dense(units + 1024, 1024) + dense(1024, 30, 2)


def bigru_tagger(vocabulary: int, units: int, tags: int) -> int:
    """Count two GRUs' three gates, whose candidate has a second bias, over an embedding of 100, and the tags'."""
    return vocabulary * 100 + 2 * 3 * (dense(100 + units, units) + units) + dense(2 * units, tags)


def dcgan_generator(filters: int, channels: int) -> int:
    """Count the generator's transposed convolutions of 4x4 without biases, with the norms between."""
    maps = [100, filters * 8, filters * 4, filters * 2, filters, channels]
    return sum(16 * a * b for a, b in pairwise(maps)) + 2 * sum(maps[1:-1])


def dcgan_discriminator(filters: int, channels: int) -> int:
    """Count the discriminator's convolutions of 4x4 without biases; the first and the last have no norm."""
    maps = [channels, filters, filters * 2, filters * 4, filters * 8, 1]
    return sum(16 * a * b for a, b in pairwise(maps)) + 2 * sum(maps[2:-1])


def pnet() -> int:
    """Count P-Net's convolutions of 3x3, a slope for each of their maps, and its two outputs."""
    return convs(9, 3, 10, 16, 32) + 10 + 16 + 32 + conv(1, 32, 2) + conv(1, 32, 4)


def rnet() -> int:
    """Count R-Net's, whose last convolution is 2x2 and gives 3x3 places, and its two outputs."""
    trunk = convs(9, 3, 28, 48) + conv(4, 48, 64) + 28 + 48 + 64 + dense(3 * 3 * 64, 128) + 128
    return trunk + dense(128, 2) + dense(128, 4)


def onet() -> int:
    """Count O-Net's, whose last convolution is 2x2 and gives 3x3 places, and its three outputs."""
    trunk = convs(9, 3, 32, 64, 64) + conv(4, 64, 128) + 32 + 64 + 64 + 128 + dense(3 * 3 * 128, 256) + 256
    return trunk + dense(256, 2) + dense(256, 4) + dense(256, 10)


def mixer(channels: int, depth: int, token_units: int, channel_units: int) -> int:
    """Count MLP-Mixer's for 196 patches of 16x16 in three colours, and 1,000 classes."""
    mlps = dense(196, token_units, 196) + dense(channels, channel_units, channels)
    return conv(256, 3, channels) + depth * (mlps + 4 * channels) + 2 * channels + dense(channels, 1000)


def _transformer(channels: int) -> int:
    """Count one layer's: queries, keys, values and what joins them, two dense layers, two norms."""
    return 4 * dense(channels, channels) + dense(channels, 4 * channels, channels) + 4 * channels


def bert(channels: int, depth: int) -> int:
    """Count BERT's: 30,522 words, 512 places and two kinds of sentence, a norm, the layers, and the pooler."""
    embeddings = (30_522 + 512 + 2) * channels + 2 * channels
    return embeddings + depth * _transformer(channels) + dense(channels, channels)


def segnet() -> int:
    """Count SegNet's: twice the convolutions of VGG16, all with biases, and a norm after each but the last."""
    encoder = [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6
    decoder = [512] * 5 + [256] * 3 + [128] * 2 + [64] * 2
    return convs(9, 3, *encoder, *decoder, 11) + 2 * sum(encoder + decoder)


def gpt2(channels: int, depth: int) -> int:
    """Count GPT-2's: 50,257 tokens and 1,024 places, the layers, a norm; the head is the tokens' embedding."""
    return (50_257 + 1024) * channels + depth * _transformer(channels) + 2 * channels
