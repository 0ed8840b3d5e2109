"""imports: Blocks from other files, whose own defaults and imports hold for them alone.

Compiled by archc 0.1.0 from imports.yaml for PyTorch.
1,293 parameters, 50,576 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Act(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, in_channels, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv(x), inplace=True)


class ConvNorm(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, filters, kernel_size=3, padding="same", bias=False)
        self.batch_norm = nn.BatchNorm2d(filters)
        self.act = Act(filters)

    def forward(self, x: Tensor) -> Tensor:
        x = self.batch_norm(self.conv(x))
        return self.act(x)


class Twice(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv_norm = nn.ModuleList()
        channels = in_channels
        for _ in range(2):
            self.conv_norm.append(ConvNorm(channels, filters))
            channels = filters

    def forward(self, x: Tensor) -> Tensor:
        for block in self.conv_norm:
            x = block(x)
        return x


class Tail(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, filters, kernel_size=1)
        self.twice = Twice(filters, filters + 1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.conv(x))
        return self.twice(x)


class Imports(nn.Module):
    """float32 (batch, 3, 9, 8) -> (batch, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, kernel_size=3)
        self.conv_norm = ConvNorm(4, 6)
        self.twice = Twice(6, 5)
        self.tail = Tail(5, 3)
        self.dense = nn.Linear(4, 2)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.conv(x))  # (4, 7, 6)
        x = self.conv_norm(x)  # (6, 7, 6)
        x = self.twice(x)  # (5, 7, 6)
        x = self.tail(x)  # (4, 7, 6)
        x = x.mean(dim=(2, 3))  # (4,)
        return self.dense(x)  # (2,)
