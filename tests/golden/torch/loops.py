"""loops: Repeats of everything, in each other, with index, when and steps from outside.

Compiled by archc 0.1.0 from loops.yaml for PyTorch.
3,765 parameters, 1,426,008 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class _GrowChain(nn.Module):
    def __init__(self, in_channels: int, filters: int, index: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, filters * (index + 1), kernel_size=3, padding="same")
        self.conv2 = nn.ModuleList()
        channels = filters * (index + 1)
        for _ in range(2):
            self.conv2.append(nn.Conv2d(channels, filters, kernel_size=1))
            channels = filters

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x), inplace=True)
        for layer in self.conv2:
            x = layer(x)
        return x


class Grow(nn.Module):
    def __init__(self, in_channels: int, filters: int, times: int = 2) -> None:
        super().__init__()
        self.chain = nn.ModuleList()
        channels = in_channels
        for index in range(times):
            self.chain.append(_GrowChain(channels, filters, index))
            channels = filters
        self.conv = nn.ModuleList()
        channels = filters
        for index in range(3):
            self.conv.append(nn.Conv2d(channels, filters * 2**index, kernel_size=1))
            channels = filters * 2**index

    def forward(self, x: Tensor) -> Tensor:
        for block in self.chain:
            x = block(x)
        for layer in self.conv:
            x = torch.tanh(layer(x))
        return x


class Merge(nn.Module):
    def __init__(self, x_channels: int, skip_channels: int, filters: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(skip_channels + x_channels, filters, kernel_size=1)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        conv = self.conv(torch.cat([skip, x], dim=1))
        return conv + x


class _LoopsOutside(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.inner = nn.Conv2d(in_channels, 4, kernel_size=1)

    def forward(self, x: Tensor, stem: Tensor) -> Tensor:
        inner = self.inner(x)
        return inner + stem


class _LoopsGated(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, 4, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        gate = torch.sigmoid(x)
        return gate * x


class Loops(nn.Module):
    """float32 (batch, 3, 20, 20) -> (batch, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, kernel_size=3, padding="same")
        self.first = Grow(4, 4)
        self.grow = Grow(16, 5, times=3)
        self.narrow = nn.Conv2d(20, 4, kernel_size=1)
        self.merge = nn.ModuleList(Merge(4, 4, 4) for _ in range(2))
        self.outside = nn.ModuleList(_LoopsOutside(4) for _ in range(2))
        self.max_pool = nn.ModuleDict()
        for index in range(3):
            if index > 0:
                self.max_pool[str(index)] = nn.MaxPool2d(2, stride=1)
        self.picky = nn.ModuleDict()
        channels = 4
        for index, filters in enumerate((3, 5, 4)):
            if index != 1:
                self.picky[str(index)] = nn.Conv2d(channels, filters, kernel_size=3, padding="same")
                channels = filters
        self.gated = nn.ModuleList(_LoopsGated(channels) for _ in range(2))
        self.score = nn.Linear(4, 2)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        stem = self.stem(x)  # (4, 20, 20)
        x = stem
        for _ in range(2):
            x = F.relu(x)
        x = self.first(x)  # (16, 20, 20)
        x = self.grow(x)  # (20, 20, 20)
        narrow = self.narrow(x)  # (4, 20, 20)
        x = narrow
        for block in self.merge:
            x = block(x, stem)
        for block in self.outside:
            x = block(x, stem)
        for layer in self.max_pool.values():
            x = layer(F.pad(x, (0, 1, 0, 1), value=-torch.inf))
        for layer in self.picky.values():
            x = layer(x)
        for block in self.gated:
            x = block(x)
        x = x.mean(dim=(2, 3))  # (4,)
        return self.score(x)  # (2,)
