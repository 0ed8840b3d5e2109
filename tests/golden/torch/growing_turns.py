"""growing_turns: A block that uses itself and gives more channels than it takes, in some turns
of a repeat.

Compiled by archc 0.1.0 from growing_turns.yaml for PyTorch.
149 parameters, 128 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Wider(nn.Module):
    def __init__(self, in_features: int, level: int) -> None:
        super().__init__()
        self.more_dense = nn.Linear(in_features, 2)
        channels = 2
        self.with_more_wider = level > 1
        if self.with_more_wider:
            self.more_wider = Wider(2, level - 1)
            channels = 4
        self.out_channels = channels + in_features

    def forward(self, x: Tensor) -> Tensor:
        more = torch.tanh(self.more_dense(x))
        if self.with_more_wider:
            more = self.more_wider(more)
        return torch.cat([more, x], dim=1)


class GrowingTurns(nn.Module):
    """float32 (batch, 3) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.grown = nn.ModuleDict()
        channels = 3
        for index in range(3):
            if index != 1:
                self.grown[str(index)] = Wider(channels, 2 if index == 0 else 1)
                channels = self.grown[str(index)].out_channels
        self.dense1 = nn.Linear(channels, 4)
        self.last = nn.ModuleList()
        channels = 4
        for _ in range(2):
            self.last.append(Wider(channels, 2))
            channels = self.last[-1].out_channels
        self.dense2 = nn.Linear(channels, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        for block in self.grown.values():
            x = block(x)
        x = torch.tanh(self.dense1(x))  # (4,)
        for block in self.last:
            x = block(x)
        return self.dense2(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
