"""efficientnet: EfficientNet (Tan and Le, 2019), B0 unless a variant says otherwise.

Compiled by archc 0.1.0 from efficientnet.yaml for PyTorch.
5,288,548 parameters, 385,814,752 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class DropPath(nn.Dropout):
    """In training, zero whole examples with probability `p` and divide the others by 1 - p."""

    def forward(self, x: Tensor) -> Tensor:
        return x * super().forward(x.new_ones(len(x), *[1] * (x.dim() - 1)))


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
        self.batch_norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        return self.batch_norm(self.conv(x))


class SqueezeExcite(nn.Module):
    def __init__(self, in_channels: int, units: int) -> None:
        super().__init__()
        self.weights_dense1 = nn.Linear(in_channels, units)
        self.weights_dense2 = nn.Linear(units, in_channels)

    def forward(self, x: Tensor) -> Tensor:
        weights = F.silu(self.weights_dense1(x.mean(dim=(2, 3))))
        weights = torch.sigmoid(self.weights_dense2(weights))
        return x * weights[:, :, None, None]


class Mbconv(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        expansion: int,
        kernel_size: int,
        stride: int,
        rate: float,
    ) -> None:
        super().__init__()
        channels = in_channels
        self.with_main_expand = expansion > 1
        if self.with_main_expand:
            self.main_expand = ConvNorm(in_channels, in_channels * expansion)
            channels = in_channels * expansion
        self.main_depthwise_conv = nn.Conv2d(
            channels,
            channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=kernel_size // 2,
            groups=channels,
            bias=False,
        )
        self.main_batch_norm = nn.BatchNorm2d(channels)
        self.main_squeeze_excite = SqueezeExcite(channels, max(1, in_channels // 4))
        self.main_project = ConvNorm(channels, filters)
        self.with_main_drop_path = stride == 1 and in_channels == filters
        if self.with_main_drop_path:
            self.main_drop_path = DropPath(rate)

    def forward(self, x: Tensor) -> Tensor:
        main = x
        if self.with_main_expand:
            main = F.silu(self.main_expand(x))
        main = self.main_depthwise_conv(main)
        main = F.silu(self.main_batch_norm(main))
        main = self.main_squeeze_excite(main)
        main = self.main_project(main)
        if self.with_main_drop_path:
            main = self.main_drop_path(main)
            main = main + x
        return main


class Stage(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        depth: int,
        before: int,
        total: int,
        kernel_size: int = 3,
        stride: int = 2,
        expansion: int = 6,
    ) -> None:
        super().__init__()
        self.mbconv = nn.ModuleList()
        channels = in_channels
        for index in range(depth):
            self.mbconv.append(
                Mbconv(
                    channels,
                    filters,
                    expansion=expansion,
                    kernel_size=kernel_size,
                    stride=stride if index == 0 else 1,
                    rate=0.2 * (before + index) / total,
                ),
            )
            channels = filters

    def forward(self, x: Tensor) -> Tensor:
        for block in self.mbconv:
            x = block(x)
        return x


class Efficientnet(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, 32, kernel_size=3, stride=2)
        self.stage1 = Stage(32, 16, depth=1, before=0, total=16, stride=1, expansion=1)
        self.stage2 = Stage(16, 24, depth=2, before=1, total=16)
        self.stage3 = Stage(24, 40, depth=2, before=3, total=16, kernel_size=5)
        self.stage4 = Stage(40, 80, depth=3, before=5, total=16)
        self.stage5 = Stage(80, 112, depth=3, before=8, total=16, kernel_size=5, stride=1)
        self.stage6 = Stage(112, 192, depth=4, before=11, total=16, kernel_size=5)
        self.stage7 = Stage(192, 320, depth=1, before=15, total=16, stride=1)
        self.head = ConvNorm(320, 1280)
        self.dropout = nn.Dropout(0.2)
        self.dense = nn.Linear(1280, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.silu(self.stem(x))  # (32, 112, 112)
        x = self.stage1(x)  # (16, 112, 112)
        x = self.stage2(x)  # (24, 56, 56)
        x = self.stage3(x)  # (40, 28, 28)
        x = self.stage4(x)  # (80, 14, 14)
        x = self.stage5(x)  # (112, 14, 14)
        x = self.stage6(x)  # (192, 7, 7)
        x = self.stage7(x)  # (320, 7, 7)
        x = F.silu(self.head(x))  # (1280, 7, 7)
        x = x.mean(dim=(2, 3))  # (1280,)
        x = self.dropout(x)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
