"""efficientnet_v2: EfficientNetV2 (Tan and Le, 2021), the small one unless a variant says
otherwise.

Compiled by archc 0.1.0 from efficientnet_v2.yaml for PyTorch.
21,458,488 parameters, 8,365,617,152 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


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


class FusedMbconv(nn.Module):
    def __init__(self, in_channels: int, filters: int, expansion: int, stride: int) -> None:
        super().__init__()
        self.main_fused = ConvNorm(
            in_channels,
            in_channels * expansion if expansion > 1 else filters,
            kernel_size=3,
            stride=stride,
        )
        channels = in_channels * expansion if expansion > 1 else filters
        self.with_main_project = expansion > 1
        if self.with_main_project:
            self.main_project = ConvNorm(
                in_channels * expansion if expansion > 1 else filters, filters
            )
            channels = filters
        self.with_shortcut = stride == 1 and in_channels == filters
        self.out_channels = channels

    def forward(self, x: Tensor) -> Tensor:
        main = F.silu(self.main_fused(x))
        if self.with_main_project:
            main = self.main_project(main)
        if self.with_shortcut:
            main = main + x
        return main


class FusedStage(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, depth: int, expansion: int, stride: int
    ) -> None:
        super().__init__()
        self.fused_mbconv = nn.ModuleList()
        channels = in_channels
        for index in range(depth):
            self.fused_mbconv.append(
                FusedMbconv(
                    channels, filters, expansion=expansion, stride=stride if index == 0 else 1
                ),
            )
            channels = self.fused_mbconv[-1].out_channels

    def forward(self, x: Tensor) -> Tensor:
        for block in self.fused_mbconv:
            x = block(x)
        return x


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
    def __init__(self, in_channels: int, filters: int, expansion: int, stride: int) -> None:
        super().__init__()
        self.main_expand = ConvNorm(in_channels, in_channels * expansion)
        self.main_depthwise_conv = nn.Conv2d(
            in_channels * expansion,
            in_channels * expansion,
            kernel_size=3,
            stride=stride,
            padding=1,
            groups=in_channels * expansion,
            bias=False,
        )
        self.main_batch_norm = nn.BatchNorm2d(in_channels * expansion, eps=0.001, momentum=0.01)
        self.main_squeeze_excite = SqueezeExcite(in_channels * expansion, in_channels // 4)
        self.main_project = ConvNorm(in_channels * expansion, filters)
        self.with_shortcut = stride == 1 and in_channels == filters

    def forward(self, x: Tensor) -> Tensor:
        main = F.silu(self.main_expand(x))
        main = self.main_depthwise_conv(main)
        main = F.silu(self.main_batch_norm(main))
        main = self.main_squeeze_excite(main)
        main = self.main_project(main)
        if self.with_shortcut:
            main = main + x
        return main


class Stage(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, depth: int, expansion: int, stride: int
    ) -> None:
        super().__init__()
        self.mbconv = nn.ModuleList()
        channels = in_channels
        for index in range(depth):
            self.mbconv.append(
                Mbconv(channels, filters, expansion=expansion, stride=stride if index == 0 else 1)
            )
            channels = filters

    def forward(self, x: Tensor) -> Tensor:
        for block in self.mbconv:
            x = block(x)
        return x


class EfficientnetV2(nn.Module):
    """float32 (batch, 3, 384, 384) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, 24, kernel_size=3, stride=2)
        self.fused_stage1 = FusedStage(24, 24, depth=2, expansion=1, stride=1)
        self.fused_stage2 = FusedStage(24, 48, depth=4, expansion=4, stride=2)
        self.fused_stage3 = FusedStage(48, 64, depth=4, expansion=4, stride=2)
        self.stage1 = Stage(64, 128, depth=6, expansion=4, stride=2)
        self.stage2 = Stage(128, 160, depth=9, expansion=6, stride=1)
        self.stage3 = Stage(160, 256, depth=15, expansion=6, stride=2)
        self.head = ConvNorm(256, 1280)
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
        x = F.silu(self.stem(x))  # (24, 192, 192)
        x = self.fused_stage1(x)
        x = self.fused_stage2(x)  # (48, 96, 96)
        x = self.fused_stage3(x)  # (64, 48, 48)
        x = self.stage1(x)  # (128, 24, 24)
        x = self.stage2(x)  # (160, 24, 24)
        x = self.stage3(x)  # (256, 12, 12)
        x = F.silu(self.head(x))  # (1280, 12, 12)
        x = x.mean(dim=(2, 3))  # (1280,)
        x = self.dropout(x)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
