"""regnet: RegNet (Radosavovic et al., 2020), X unless a variant has Y's squeeze-and-excitation;
400 MF or more.

Compiled by archc 0.1.0 from regnet.yaml for PyTorch.
5,495,976 parameters, 413,812,608 multiply-accumulates an image.
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
    def __init__(self, in_channels: int, filters: int, group: int, stride: int) -> None:
        super().__init__()
        self.main_a = ConvNorm(in_channels, filters)
        self.main_b = ConvNorm(
            filters, filters, kernel_size=3, stride=stride, groups=max(1, filters // group)
        )
        self.main_c = ConvNorm(filters, filters)
        self.with_shortcut = stride > 1 or in_channels != filters
        if self.with_shortcut:
            self.shortcut = ConvNorm(in_channels, filters, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        main = F.relu(self.main_a(x), inplace=True)
        main = F.relu(self.main_b(main), inplace=True)
        main = self.main_c(main)
        shortcut = x
        if self.with_shortcut:
            shortcut = self.shortcut(x)
        return F.relu(main + shortcut, inplace=True)


class Stage(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int, group: int) -> None:
        super().__init__()
        self.bottleneck = nn.ModuleList()
        channels = in_channels
        for index in range(depth):
            self.bottleneck.append(
                Bottleneck(channels, filters, group=group, stride=2 if index == 0 else 1)
            )
            channels = filters

    def forward(self, x: Tensor) -> Tensor:
        for block in self.bottleneck:
            x = block(x)
        return x


class Regnet(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, 32, kernel_size=3, stride=2)
        self.stage1 = Stage(32, 32, depth=1, group=16)
        self.stage2 = Stage(32, 64, depth=2, group=16)
        self.stage3 = Stage(64, 160, depth=7, group=16)
        self.stage4 = Stage(160, 400, depth=12, group=16)
        self.dense = nn.Linear(400, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.stem(x), inplace=True)  # (32, 112, 112)
        x = self.stage1(x)  # (32, 56, 56)
        x = self.stage2(x)  # (64, 28, 28)
        x = self.stage3(x)  # (160, 14, 14)
        x = self.stage4(x)  # (400, 7, 7)
        x = x.mean(dim=(2, 3))  # (400,)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
