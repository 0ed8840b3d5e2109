"""skips: A recursive block of two inputs, repeats within repeats with both indices, lists read
by index.

Compiled by archc 0.1.0 from skips.yaml for PyTorch.
2,054 parameters, 325,446 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Fuse(nn.Module):
    def __init__(self, x_channels: int, skip_channels: int, filters: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(x_channels, skip_channels, kernel_size=3, stride=2)
        self.conv = nn.Conv2d(skip_channels * 2, filters, kernel_size=3, padding="same")

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        y = self.up(x)
        up = y[:, :, :-1, :-1]
        return self.conv(torch.cat([skip, up], dim=1))


class Level(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int) -> None:
        super().__init__()
        self.before = nn.Conv2d(in_channels, filters, kernel_size=3, padding="same")
        self.halved = nn.MaxPool2d(2)
        channels = filters
        self.with_level = depth > 1
        if self.with_level:
            self.level = Level(filters, filters + 2, depth=depth - 1)
            channels = filters + 2
        self.bottom = nn.Conv2d(channels, filters, kernel_size=1)
        self.fuse = Fuse(filters, filters, filters)

    def forward(self, x: Tensor) -> Tensor:
        before = F.relu(self.before(x), inplace=True)
        x = self.halved(before)
        if self.with_level:
            x = self.level(x)
        bottom = self.bottom(x)
        return self.fuse(bottom, before)


class _GridOuterInner(nn.Module):
    def __init__(self, in_channels: int, index_: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, 3 + index_, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.relu6(x))


class _GridOuter(nn.Module):
    def __init__(self, in_channels: int, widths: tuple[int, ...], times: int, index: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, widths[index], kernel_size=1)
        self.inner = nn.ModuleList()
        channels = widths[index]
        for index_ in range(times):
            self.inner.append(_GridOuterInner(channels, index_))
            channels = 3 + index_
        self.out_channels = channels

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        for block in self.inner:
            x = block(x)
        return x


class Grid(nn.Module):
    def __init__(self, in_channels: int, widths: tuple[int, ...], times: int) -> None:
        super().__init__()
        self.outer = nn.ModuleList()
        channels = in_channels
        for index in range(len(widths)):
            self.outer.append(_GridOuter(channels, widths, times, index))
            channels = self.outer[-1].out_channels

    def forward(self, x: Tensor) -> Tensor:
        for block in self.outer:
            x = block(x)
        return x


class Skips(nn.Module):
    """float32 (batch, 3, 16, 24) -> (batch, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.level = Level(3, 4, depth=2)
        self.grid1 = Grid(4, (4, 6, 3), times=2)
        self.grid2 = Grid(4, (2, 5), times=1)
        self.avg_pool = nn.ModuleList(nn.AvgPool2d(2) for _ in range(2))
        self.dense = nn.Linear(3, 2)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.level(x)  # (4, 16, 24)
        x = self.grid1(x)
        x = self.grid2(x)  # (3, 16, 24)
        for layer in self.avg_pool:
            x = layer(x)
        x = x.mean(dim=(2, 3))  # (3,)
        return self.dense(x)  # (2,)
