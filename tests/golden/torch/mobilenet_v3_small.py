"""mobilenet_v3_small: MobileNetV3-Small (Howard et al., 2019), of the blocks of
MobileNetV3-Large.

Compiled by archc 0.1.0 from mobilenet_v3_small.yaml for PyTorch.
2,542,856 parameters, 56,510,400 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


def divisible(x: float, by: int) -> int:
    """Round to a multiple of `by`: at least `by`, at most 10 % below `x`, as MobileNet does."""
    rounded = max(by, int(x + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * x else rounded


class ConvNorm(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, kernel_size: int = 1, stride: int = 1
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            filters,
            kernel_size=kernel_size,
            stride=stride,
            padding=kernel_size // 2,
            bias=False,
        )
        self.batch_norm = nn.BatchNorm2d(filters, eps=0.001, momentum=0.01)

    def forward(self, x: Tensor) -> Tensor:
        return self.batch_norm(self.conv(x))


class Rectifier(nn.Module):
    def __init__(self, hard: bool) -> None:
        super().__init__()
        self.with_hard_swish = hard

    def forward(self, x: Tensor) -> Tensor:
        if self.with_hard_swish:
            x = F.hardswish(x)
        else:
            x = F.relu(x)
        return x


class SqueezeExcite(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.weights_dense1 = nn.Linear(in_channels, divisible(in_channels // 4, 8))
        self.weights_dense2 = nn.Linear(divisible(in_channels // 4, 8), in_channels)

    def forward(self, x: Tensor) -> Tensor:
        weights = F.relu(self.weights_dense1(x.mean(dim=(2, 3))), inplace=True)
        weights = F.hardsigmoid(self.weights_dense2(weights))
        return x * weights[:, :, None, None]


class Bottleneck(nn.Module):
    def __init__(
        self,
        in_channels: int,
        expansion: int,
        filters: int,
        kernel_size: int = 3,
        squeeze: bool = False,
        hard: bool = True,
        stride: int = 1,
    ) -> None:
        super().__init__()
        channels = in_channels
        self.with_main_expand = expansion != in_channels
        if self.with_main_expand:
            self.main_expand = ConvNorm(in_channels, expansion)
            self.main_rectifier1 = Rectifier(hard)
            channels = expansion
        self.main_depthwise_conv = nn.Conv2d(
            channels,
            channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=kernel_size // 2,
            groups=channels,
            bias=False,
        )
        self.main_batch_norm = nn.BatchNorm2d(channels, eps=0.001, momentum=0.01)
        self.main_rectifier2 = Rectifier(hard)
        self.with_main_squeeze_excite = squeeze
        if self.with_main_squeeze_excite:
            self.main_squeeze_excite = SqueezeExcite(channels)
        self.main_project = ConvNorm(channels, filters)
        self.with_shortcut = stride == 1 and in_channels == filters

    def forward(self, x: Tensor) -> Tensor:
        main = x
        if self.with_main_expand:
            main = self.main_expand(x)
            main = self.main_rectifier1(main)
        main = self.main_depthwise_conv(main)
        main = self.main_batch_norm(main)
        main = self.main_rectifier2(main)
        if self.with_main_squeeze_excite:
            main = self.main_squeeze_excite(main)
        main = self.main_project(main)
        if self.with_shortcut:
            main = main + x
        return main


class MobilenetV3Small(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, 16, kernel_size=3, stride=2)
        self.bottleneck1 = Bottleneck(16, 16, filters=16, squeeze=True, hard=False, stride=2)
        self.bottleneck2 = Bottleneck(16, 72, filters=24, hard=False, stride=2)
        self.bottleneck3 = Bottleneck(24, 88, filters=24, hard=False)
        self.bottleneck4 = Bottleneck(24, 96, filters=40, kernel_size=5, squeeze=True, stride=2)
        self.bottleneck5 = nn.ModuleList()
        for _ in range(2):
            self.bottleneck5.append(Bottleneck(40, 240, filters=40, kernel_size=5, squeeze=True))
        self.bottleneck6 = Bottleneck(40, 120, filters=48, kernel_size=5, squeeze=True)
        self.bottleneck7 = Bottleneck(48, 144, filters=48, kernel_size=5, squeeze=True)
        self.bottleneck8 = Bottleneck(48, 288, filters=96, kernel_size=5, squeeze=True, stride=2)
        self.bottleneck9 = nn.ModuleList()
        for _ in range(2):
            self.bottleneck9.append(Bottleneck(96, 576, filters=96, kernel_size=5, squeeze=True))
        self.head = ConvNorm(96, 576)
        self.dense1 = nn.Linear(576, 1024)
        self.dropout = nn.Dropout(0.2)
        self.dense2 = nn.Linear(1024, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.hardswish(self.stem(x))  # (16, 112, 112)
        x = self.bottleneck1(x)  # (16, 56, 56)
        x = self.bottleneck2(x)  # (24, 28, 28)
        x = self.bottleneck3(x)
        x = self.bottleneck4(x)  # (40, 14, 14)
        for block in self.bottleneck5:
            x = block(x)
        x = self.bottleneck6(x)  # (48, 14, 14)
        x = self.bottleneck7(x)
        x = self.bottleneck8(x)  # (96, 7, 7)
        for block in self.bottleneck9:
            x = block(x)
        x = F.hardswish(self.head(x))  # (576, 7, 7)
        x = x.mean(dim=(2, 3))  # (576,)
        x = F.hardswish(self.dense1(x))  # (1024,)
        x = self.dropout(x)
        return self.dense2(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
