"""resnext: ResNeXt (Xie et al., 2016) and wide ResNets (Zagoruyko and Komodakis, 2016), of the
blocks of ResNet.

Compiled by archc 0.1.0 from resnext.yaml for PyTorch.
25,028,904 parameters, 4,230,479,872 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class ConvNorm(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, kernel_size: int = 1, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            filters,
            kernel_size=kernel_size,
            stride=stride,
            padding=kernel_size // 2,
            groups=groups,
            bias=False,
        )
        self.batch_norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        return self.batch_norm(self.conv(x))


class Bottleneck(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, stride: int = 1, groups: int = 1, widening: int = 1
    ) -> None:
        super().__init__()
        self.main_conv_norm1 = ConvNorm(in_channels, filters * widening)
        self.main_conv_norm2 = ConvNorm(
            filters * widening, filters * widening, kernel_size=3, stride=stride, groups=groups
        )
        self.main_conv_norm3 = ConvNorm(filters * widening, filters * 4)
        self.with_shortcut = stride > 1 or in_channels != filters * 4
        if self.with_shortcut:
            self.shortcut = ConvNorm(in_channels, filters * 4, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        main = F.relu(self.main_conv_norm1(x), inplace=True)
        main = F.relu(self.main_conv_norm2(main), inplace=True)
        main = self.main_conv_norm3(main)
        shortcut = x
        if self.with_shortcut:
            shortcut = self.shortcut(x)
        return F.relu(main + shortcut, inplace=True)


class Stage(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        depth: int,
        stride: int = 2,
        groups: int = 1,
        widening: int = 1,
    ) -> None:
        super().__init__()
        self.bottleneck = nn.ModuleList()
        channels = in_channels
        for index in range(depth):
            self.bottleneck.append(
                Bottleneck(
                    channels,
                    filters,
                    stride=stride if index == 0 else 1,
                    groups=groups,
                    widening=widening,
                ),
            )
            channels = filters * 4

    def forward(self, x: Tensor) -> Tensor:
        for block in self.bottleneck:
            x = block(x)
        return x


class Resnext(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, 64, kernel_size=7, stride=2)
        self.max_pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.stage1 = Stage(64, 64, depth=3, stride=1, groups=32, widening=2)
        self.stage2 = Stage(256, 128, depth=4, groups=32, widening=2)
        self.stage3 = Stage(512, 256, depth=6, groups=32, widening=2)
        self.stage4 = Stage(1024, 512, depth=3, groups=32, widening=2)
        self.dense = nn.Linear(2048, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.stem(x), inplace=True)  # (64, 112, 112)
        x = self.max_pool(x)  # (64, 56, 56)
        x = self.stage1(x)  # (256, 56, 56)
        x = self.stage2(x)  # (512, 28, 28)
        x = self.stage3(x)  # (1024, 14, 14)
        x = self.stage4(x)  # (2048, 7, 7)
        x = x.mean(dim=(2, 3))  # (2048,)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
