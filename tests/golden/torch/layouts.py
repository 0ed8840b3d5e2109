"""layouts: Sequences that go back and forth between what wants channels first and what wants
them last.

Compiled by archc 0.1.0 from layouts.yaml for PyTorch.
774 parameters, 4,672 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Either(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(x)
        b = torch.tanh(x)
        return x + b


class Mixed(nn.Module):
    def __init__(self, in_channels: int, units: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(in_channels, units, kernel_size=3, padding="same")
        self.layer_norm = nn.LayerNorm(units)
        self.dense = nn.Linear(units, units)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = self.layer_norm(x.transpose(1, 2))
        return F.gelu(self.dense(x))


class Layouts(nn.Module):
    """float32 (batch, 6, 12) -> (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.either1 = Either()
        self.mixed = nn.ModuleList()
        channels = 6
        for _ in range(2):
            self.mixed.append(Mixed(channels, 5))
            channels = 5
        self.either2 = Either()
        self.dense1 = nn.ModuleList()
        channels = 5
        for _ in range(2):
            self.dense1.append(nn.Linear(channels, 4))
            channels = 4
        self.convs = nn.ModuleList(nn.Conv1d(4, 4, kernel_size=3, padding="same") for _ in range(2))
        self.last = nn.Linear(4, 4)
        self.either3 = Either()
        self.short_dense = nn.Linear(8, 8)
        self.more_group_norm = nn.GroupNorm(3, 12)
        self.max_pool = nn.MaxPool1d(2, ceil_mode=True)
        self.dense2 = nn.Linear(84, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.either1(x.transpose(1, 2))
        for block in self.mixed:
            x = block(x.transpose(1, 2))
        x = self.either2(x)  # (12, 5)
        for layer in self.dense1:
            x = layer(x)
        x = x.transpose(1, 2)  # (4, 12)
        for layer in self.convs:
            x = layer(x)
        convs = x
        x = convs.transpose(1, 2)
        last = self.last(x)
        x = F.softmax(torch.cat([convs, last.transpose(1, 2)], dim=1), dim=2)  # (8, 12)
        x = self.either3(x.transpose(1, 2))
        short = self.short_dense(x.amax(dim=1))  # (8,)
        x = x * short[:, None, :]  # (12, 8)
        x = x.transpose(1, 2)  # (8, 12)
        more = x[:, 1:-2]  # (5, 12)
        more = self.more_group_norm(more.transpose(1, 2))
        x = torch.cat([x, more.transpose(1, 2)], dim=1)  # (13, 12)
        x = x.transpose(1, 2)
        x = self.max_pool(x)  # (12, 7)
        x = torch.flatten(x.transpose(1, 2), 1)  # (84,)
        return self.dense2(x)  # (3,)
