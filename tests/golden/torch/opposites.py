"""opposites: Opposite conditions, loops over lists, sizes that a repeat of one turn leaves, and
a shortcut that may be left out.

Compiled by archc 0.1.0 from opposites.yaml for PyTorch.
1,458 parameters, 87,834 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Rectifier(nn.Module):
    def __init__(self, in_channels: int, learned: bool) -> None:
        super().__init__()
        self.with_relu = not learned
        if not self.with_relu:
            self.prelu = nn.PReLU(in_channels)

    def forward(self, x: Tensor) -> Tensor:
        if self.with_relu:
            x = F.relu(x)
        else:
            x = self.prelu(x)
        return x


class Either(nn.Module):
    def __init__(
        self, in_channels: int, wide: bool, deep: bool = False, odd: int | tuple[int, ...] = (1, 1)
    ) -> None:
        super().__init__()
        self.with_conv1 = wide
        if self.with_conv1:
            self.conv1 = nn.Conv2d(in_channels, 4, kernel_size=odd, padding="same")
            self.batch_norm = nn.BatchNorm2d(4)
        else:
            self.conv2 = nn.Conv2d(in_channels, 4, kernel_size=1)
        self.with_conv3 = deep
        if self.with_conv3:
            self.conv3 = nn.Conv2d(in_channels, 6, kernel_size=1)
        else:
            self.conv4 = nn.Conv2d(in_channels, 8, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        if self.with_conv1:
            x = self.conv1(x)
            x = self.batch_norm(x)
        else:
            x = self.conv2(x)
        if self.with_conv3:
            x = self.conv3(x)
        else:
            x = self.conv4(x)
        return x


class Grow(nn.Module):
    def __init__(self, in_channels: int, kernel_size: int | tuple[int, ...] = 1) -> None:
        super().__init__()
        self.new = nn.Conv2d(in_channels, 3, kernel_size=kernel_size, padding="same")

    def forward(self, x: Tensor) -> Tensor:
        new = self.new(x)
        return torch.cat([x, new], dim=1)


class Joined(nn.Module):
    def __init__(self, in_channels: int, shortcut: bool, cut: int = 0) -> None:
        super().__init__()
        self.main_conv = nn.Conv2d(in_channels, 4, kernel_size=3, padding=1)
        self.main_crop_pads = (-cut,) * 4
        self.with_shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        main = F.pad(self.main_conv(x), self.main_crop_pads)
        if self.with_shortcut:
            main = main + x
        return main


class Opposites(nn.Module):
    """float32 (batch, 4, 9, 8) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.rectifier1 = Rectifier(4, True)
        self.rectifier2 = Rectifier(4, False)
        self.either1 = Either(4, True, odd=3)
        self.conv1 = nn.Conv2d(8, 4, kernel_size=1)
        self.either2 = Either(4, False, deep=True)
        self.grow1 = nn.ModuleList()
        channels = 6
        for _ in range(2):
            self.grow1.append(Grow(channels, kernel_size=3))
            channels += 3
        self.grow2 = nn.ModuleList(Grow(channels, kernel_size=(1, 3)) for _ in range(1))
        self.grow3 = nn.ModuleList(Grow(channels + 3) for _ in range(1))
        self.conv2 = nn.ModuleList()
        channels += 6
        for filters in (4, 6, 5):
            self.conv2.append(nn.Conv2d(channels, filters, kernel_size=1))
            channels = filters
        self.conv3 = nn.ModuleList()
        for filters in (7, 3, 4):
            self.conv3.append(nn.Conv2d(channels, filters, kernel_size=(1, 2)))
            channels = filters
        self.joined1 = Joined(channels, True)
        self.joined2 = Joined(4, False, cut=1)
        self.dense = nn.Linear(4, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.rectifier1(x)
        x = self.rectifier2(x)
        x = self.either1(x)  # (8, 9, 8)
        x = self.conv1(x)  # (4, 9, 8)
        x = self.either2(x)  # (6, 9, 8)
        for block in self.grow1:
            x = block(x)
        for block in self.grow2:
            x = block(x)
        for block in self.grow3:
            x = block(x)
        for layer in self.conv2:
            x = torch.tanh(layer(x))
        for layer in self.conv3:
            x = layer(x)
        x = self.joined1(x)  # (4, 9, 5)
        x = self.joined2(x)  # (4, 7, 3)
        x = x.mean(dim=(2, 3))  # (4,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
