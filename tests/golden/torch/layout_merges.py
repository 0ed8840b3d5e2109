"""layout_merges: Merges of sequences whose branches end in different layouts, some of them the
same tensor twice.

Compiled by archc 0.1.0 from layout_merges.yaml for PyTorch.
279 parameters, 1,248 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn


def maximum(first: Tensor, *others: Tensor) -> Tensor:
    """Keep the largest value at each place; of equal ones the first, which gets the gradient."""
    for other in others:
        first = torch.where(first >= other, first, other)
    return first


def minimum(first: Tensor, *others: Tensor) -> Tensor:
    """Keep the smallest value at each place; of equal ones the first, which gets the gradient."""
    for other in others:
        first = torch.where(first <= other, first, other)
    return first


class LayoutMerges(nn.Module):
    """float32 (batch, 6, 4) -> (batch, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.add_a = nn.Conv1d(4, 4, kernel_size=3, padding="same")
        self.other = nn.Conv1d(4, 3, kernel_size=1)
        self.third = nn.Linear(4, 2)
        self.second = nn.Linear(9, 4)
        self.larger_b = nn.Conv1d(4, 4, kernel_size=3, padding="same")
        self.subtract_left = nn.Conv1d(4, 4, kernel_size=1)
        self.average_right = nn.Conv1d(4, 4, kernel_size=1)
        self.dense = nn.Linear(24, 2)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        first = self.first(x)
        a = self.add_a(first.transpose(1, 2))
        x = a + first.transpose(1, 2) + first.transpose(1, 2)
        other = self.other(x)  # (3, 6)
        third = self.third(x.transpose(1, 2))  # (6, 2)
        x = torch.cat([x, other, third.transpose(1, 2)], dim=1)  # (9, 6)
        x = x.transpose(1, 2)
        second = self.second(x)  # (6, 4)
        b = self.larger_b(second.transpose(1, 2))
        larger = maximum(second, b.transpose(1, 2), second)
        x = minimum(larger, first, second, first)
        left = self.subtract_left(x.transpose(1, 2))
        x = left - x.transpose(1, 2)
        right = self.average_right(x)
        x = (x + right) / 2
        x = torch.flatten(x.transpose(1, 2), 1)  # (24,)
        return self.dense(x)  # (2,)
