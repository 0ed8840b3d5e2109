"""branches_of_parts: Branches that each begin with one part of a split, in one use and in
several.

Compiled by archc 0.1.0 from branches_of_parts.yaml for PyTorch.
313 parameters, 6,498 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Unit(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.changed_conv = nn.Conv2d(in_channels // 2, 3, kernel_size=3, padding="same")

    def forward(self, x: Tensor) -> Tensor:
        kept, changed = x.chunk(2, dim=1)
        changed = torch.tanh(self.changed_conv(changed))
        return torch.cat([kept, changed], dim=1)


class Gated(nn.Module):
    def __init__(self, value_dim: int, gate_split_dim: int) -> None:
        super().__init__()
        self.value_dim = value_dim
        self.gate_split_dim = gate_split_dim

    def forward(self, x: Tensor) -> Tensor:
        value = x.chunk(2, dim=self.value_dim)[0]
        gate = torch.sigmoid(x.chunk(2, dim=self.gate_split_dim)[1])
        return value * gate


class BranchesOfParts(nn.Module):
    """float32 (batch, 6, 6, 6) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow_conv = nn.Conv2d(1, 2, kernel_size=1)
        self.conv = nn.Conv2d(2, 6, kernel_size=1)
        self.unit = nn.ModuleList(Unit(6) for _ in range(2))
        self.gated1 = Gated(value_dim=2, gate_split_dim=2)
        self.gated2 = Gated(value_dim=1, gate_split_dim=1)
        self.upper_seen = nn.Conv2d(3, 3, kernel_size=1)
        self.dense = nn.Linear(36, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        narrow, middle, wide = x.split((1, 2, 3), dim=1)
        narrow = self.narrow_conv(narrow)  # (2, 6, 6)
        middle_2, wide_2, narrow_2 = wide.chunk(3, dim=1)
        wide_2 = torch.tanh(wide_2)  # (1, 6, 6)
        wide = torch.cat([middle_2, wide_2, narrow_2], dim=1)  # (3, 6, 6)
        x = torch.cat([narrow, middle, wide], dim=1)  # (7, 6, 6)
        second = x.chunk(7, dim=1)[1]  # (1, 6, 6)
        first = x.chunk(7, dim=1)[0]
        x = torch.cat([second, first], dim=1)  # (2, 6, 6)
        x = self.conv(x)  # (6, 6, 6)
        for block in self.unit:
            x = block(x)
        x = self.gated1(x)  # (6, 3, 6)
        x = self.gated2(x)  # (3, 3, 6)
        upper = self.upper_seen(x.chunk(3, dim=2)[0])  # (3, 1, 6)
        lower = x.chunk(3, dim=2)[1]
        x = torch.cat([upper, lower], dim=1)  # (6, 1, 6)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (36,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
