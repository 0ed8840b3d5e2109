"""Networks written by hand as a PyTorch user would for speed, to hold the emitted ones against.

Layer for layer the same: two_conv, GoogLeNet as in its paper, and ResNet-50 with strides at its 3x3 convolutions.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class TwoConv(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, 10, 3),
            nn.ReLU(inplace=True),
            nn.Conv2d(10, 10, 3),
            nn.ReLU(inplace=True),
            nn.Flatten(),
            nn.Linear(5760, 3),
        )


def conv(ins: int, outs: int, kernel: int = 1, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(ins, outs, kernel, stride, kernel // 2), nn.ReLU(inplace=True))


class Inception(nn.Module):
    def __init__(self, ins: int, one: int, three: tuple[int, int], five: tuple[int, int], pool: int) -> None:
        super().__init__()
        self.one = conv(ins, one)
        self.three = nn.Sequential(conv(ins, three[0]), conv(three[0], three[1], 3))
        self.five = nn.Sequential(conv(ins, five[0]), conv(five[0], five[1], 5))
        self.pool = nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(ins, pool))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.one(x), self.three(x), self.five(x), self.pool(x)], 1)


class GoogLeNet(nn.Sequential):
    def __init__(self) -> None:
        pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        super().__init__(
            conv(3, 64, 7, 2),
            pool,
            nn.LocalResponseNorm(5),
            conv(64, 64),
            conv(64, 192, 3),
            nn.LocalResponseNorm(5),
            pool,
            Inception(192, 64, (96, 128), (16, 32), 32),
            Inception(256, 128, (128, 192), (32, 96), 64),
            pool,
            Inception(480, 192, (96, 208), (16, 48), 64),
            Inception(512, 160, (112, 224), (24, 64), 64),
            Inception(512, 128, (128, 256), (24, 64), 64),
            Inception(512, 112, (144, 288), (32, 64), 64),
            Inception(528, 256, (160, 320), (32, 128), 128),
            pool,
            Inception(832, 256, (160, 320), (32, 128), 128),
            Inception(832, 384, (192, 384), (48, 128), 128),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Dropout(0.4),
            nn.Linear(1024, 1000),
        )


class Bottleneck(nn.Module):
    def __init__(self, ins: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.relu = nn.ReLU(inplace=True)
        self.one = nn.Sequential(nn.Conv2d(ins, width, 1, bias=False), nn.BatchNorm2d(width), self.relu)
        self.two = nn.Sequential(nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), self.relu)
        self.three = nn.Sequential(nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width))
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or ins != 4 * width:
            self.shortcut = nn.Sequential(nn.Conv2d(ins, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.three(self.two(self.one(x)))
        y += self.shortcut(x)
        found: Tensor = self.relu(y)
        return found


class ResNet50(nn.Sequential):
    def __init__(self) -> None:
        blocks: list[nn.Module] = []
        ins = 64
        for width, depth in ((64, 3), (128, 4), (256, 6), (512, 3)):
            for place in range(depth):
                blocks.append(Bottleneck(ins, width, 2 if place == 0 and width > 64 else 1))
                ins = 4 * width
        super().__init__(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2, 1),
            *blocks,
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(2048, 1000),
        )


MODELS = {"two_conv": TwoConv, "googlenet": GoogLeNet, "resnet50": ResNet50}
