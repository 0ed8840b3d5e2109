"""parts_of_lists: Blocks that hand on what is left of a list, and sums of its beginnings.

Compiled by archc 0.1.0 from parts_of_lists.yaml for PyTorch.
1,458 parameters, 19,859 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def max_unpool2d(
    x: Tensor, y: Tensor, kernel_size: int | tuple[int, int], ceil_mode: bool = False
) -> Tensor:
    """Put each value back where the largest of its window of `y` stood, and zeros elsewhere."""
    _, indices = F.max_pool2d(y, kernel_size, ceil_mode=ceil_mode, return_indices=True)
    return F.max_unpool2d(x, indices, kernel_size, output_size=y.shape[2:])


class Level(nn.Module):
    def __init__(self, in_channels: int, filters: tuple[int, ...]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, filters[0], kernel_size=3, padding="same")
        self.with_max_unpool = len(filters) > 1
        if self.with_max_unpool:
            self.below_max_pool = nn.MaxPool2d(2, ceil_mode=True)
            self.below_level = Level(filters[0], filters[1:])
            self.below_conv = nn.Conv2d(filters[1], filters[0], kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.conv(x))
        if self.with_max_unpool:
            below = self.below_level(self.below_max_pool(x))
            below = self.below_conv(below)
            x = max_unpool2d(below, x, 2, ceil_mode=True)
        return x


class Heads(nn.Module):
    def __init__(self, in_features: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.dense1 = nn.ModuleList()
        channels = in_features
        for index in range(len(widths)):
            self.dense1.append(nn.Linear(channels, sum(widths[: index + 1])))
            channels = sum(widths[: index + 1])
        self.last = nn.Linear(channels, sum(widths[-2:]))
        self.dropout = nn.Dropout(sum(widths[1:-1]) / 100)
        self.dense2 = nn.Linear(sum(widths[-2:]), len(widths[1:]))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.dense1:
            x = torch.tanh(layer(x))
        x = self.last(x)
        x = self.dropout(x)
        return self.dense2(x)


class PartsOfLists(nn.Module):
    """float32 (batch, 2, 12, 9) -> probabilities (batch, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.level = Level(2, (4, 6, 8))
        self.heads1 = Heads(4, (3, 5, 2, 4))
        self.heads2 = Heads(3, (5, 2, 4))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.level(x)  # (4, 12, 9)
        x = x.mean(dim=(2, 3))  # (4,)
        x = self.heads1(x)  # (3,)
        return self.heads2(x)  # (2,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
