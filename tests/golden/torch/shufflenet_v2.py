"""shufflenet_v2: ShuffleNet V2 (Ma et al., 2018), of the width 1.0 unless a variant says
otherwise.

Compiled by archc 0.1.0 from shufflenet_v2.yaml for PyTorch.
2,278,604 parameters, 144,907,992 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ConvNormRelu(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, filters, kernel_size=1, bias=False)
        self.batch_norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.batch_norm(self.conv(x)), inplace=True)


class Separable(nn.Module):
    def __init__(self, in_channels: int, filters: int, stride: int = 1) -> None:
        super().__init__()
        self.depthwise_conv = nn.Conv2d(
            in_channels,
            in_channels,
            kernel_size=3,
            stride=stride,
            padding=1,
            groups=in_channels,
            bias=False,
        )
        self.batch_norm = nn.BatchNorm2d(in_channels)
        self.conv_norm_relu = ConvNormRelu(in_channels, filters)

    def forward(self, x: Tensor) -> Tensor:
        x = self.batch_norm(self.depthwise_conv(x))
        return self.conv_norm_relu(x)


class Reduction(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.shortcut = Separable(in_channels, filters // 2, stride=2)
        self.convolved_conv_norm_relu = ConvNormRelu(in_channels, filters // 2)
        self.convolved_separable = Separable(filters // 2, filters // 2, stride=2)
        self.channel_shuffle = nn.ChannelShuffle(2)

    def forward(self, x: Tensor) -> Tensor:
        shortcut = self.shortcut(x)
        convolved = self.convolved_separable(self.convolved_conv_norm_relu(x))
        return self.channel_shuffle(torch.cat([shortcut, convolved], dim=1))


class Unit(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.convolved_conv_norm_relu = ConvNormRelu(in_channels // 2, in_channels // 2)
        self.convolved_separable = Separable(in_channels // 2, in_channels // 2)
        self.channel_shuffle = nn.ChannelShuffle(2)

    def forward(self, x: Tensor) -> Tensor:
        kept, convolved = x.chunk(2, dim=1)
        convolved = self.convolved_separable(self.convolved_conv_norm_relu(convolved))
        return self.channel_shuffle(torch.cat([kept, convolved], dim=1))


class Stage(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int) -> None:
        super().__init__()
        self.reduction = Reduction(in_channels, filters)
        self.unit = nn.ModuleList(Unit(filters // 2 * 2) for _ in range(depth - 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.reduction(x)
        for block in self.unit:
            x = block(x)
        return x


class ShufflenetV2(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 24, kernel_size=3, stride=2, padding=1, bias=False)
        self.batch_norm = nn.BatchNorm2d(24)
        self.max_pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.stage1 = Stage(24, 116, depth=4)
        self.stage2 = Stage(116, 232, depth=8)
        self.stage3 = Stage(232, 464, depth=4)
        self.head = ConvNormRelu(464, 1024)
        self.dense = nn.Linear(1024, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.conv(x)  # (24, 112, 112)
        x = F.relu(self.batch_norm(x), inplace=True)
        x = self.max_pool(x)  # (24, 56, 56)
        x = self.stage1(x)  # (116, 28, 28)
        x = self.stage2(x)  # (232, 14, 14)
        x = self.stage3(x)  # (464, 7, 7)
        x = self.head(x)  # (1024, 7, 7)
        x = x.mean(dim=(2, 3))  # (1024,)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
