"""mobilenet_v2: MobileNetV2 (Sandler et al., 2018).

Compiled by archc 0.1.0 from mobilenet_v2.yaml for PyTorch.
3,504,872 parameters, 300,774,272 multiply-accumulates an image.
"""

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
        self.batch_norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        return self.batch_norm(self.conv(x))


class InvertedResidual(nn.Module):
    def __init__(self, in_channels: int, filters: int, expansion: int, stride: int = 1) -> None:
        super().__init__()
        channels = in_channels
        self.with_main_expand = expansion > 1
        if self.with_main_expand:
            self.main_expand = ConvNorm(in_channels, in_channels * expansion)
            channels = in_channels * expansion
        self.main_depthwise_conv = nn.Conv2d(
            channels, channels, kernel_size=3, stride=stride, padding=1, groups=channels, bias=False
        )
        self.main_batch_norm = nn.BatchNorm2d(channels)
        self.main_project = ConvNorm(channels, filters)
        self.with_shortcut = stride == 1 and in_channels == filters

    def forward(self, x: Tensor) -> Tensor:
        main = x
        if self.with_main_expand:
            main = F.relu6(self.main_expand(x), inplace=True)
        main = self.main_depthwise_conv(main)
        main = F.relu6(self.main_batch_norm(main), inplace=True)
        main = self.main_project(main)
        if self.with_shortcut:
            main = main + x
        return main


class Stage(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, depth: int, stride: int, expansion: int = 6
    ) -> None:
        super().__init__()
        self.inverted_residual = nn.ModuleList()
        channels = in_channels
        for index in range(depth):
            self.inverted_residual.append(
                InvertedResidual(
                    channels, filters, expansion=expansion, stride=stride if index == 0 else 1
                ),
            )
            channels = filters

    def forward(self, x: Tensor) -> Tensor:
        for block in self.inverted_residual:
            x = block(x)
        return x


class MobilenetV2(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, 32, kernel_size=3, stride=2)
        self.stage1 = Stage(32, 16, depth=1, stride=1, expansion=1)
        self.stage2 = Stage(16, 24, depth=2, stride=2)
        self.stage3 = Stage(24, 32, depth=3, stride=2)
        self.stage4 = Stage(32, 64, depth=4, stride=2)
        self.stage5 = Stage(64, 96, depth=3, stride=1)
        self.stage6 = Stage(96, 160, depth=3, stride=2)
        self.stage7 = Stage(160, 320, depth=1, stride=1)
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
        x = F.relu6(self.stem(x), inplace=True)  # (32, 112, 112)
        x = self.stage1(x)  # (16, 112, 112)
        x = self.stage2(x)  # (24, 56, 56)
        x = self.stage3(x)  # (32, 28, 28)
        x = self.stage4(x)  # (64, 14, 14)
        x = self.stage5(x)  # (96, 14, 14)
        x = self.stage6(x)  # (160, 7, 7)
        x = self.stage7(x)  # (320, 7, 7)
        x = F.relu6(self.head(x), inplace=True)  # (1280, 7, 7)
        x = x.mean(dim=(2, 3))  # (1280,)
        x = self.dropout(x)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
