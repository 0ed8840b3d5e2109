"""clash1.

Compiled by archc 0.1.0 from names_of_calls.yaml for PyTorch.
12 parameters, 128 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Gate(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.b_conv = nn.Conv2d(in_channels, 2, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        b = torch.sigmoid(self.b_conv(x))
        return x * b


class Clash1(nn.Module):
    """float32 (batch, 2, 4, 4) -> probabilities (batch, 2, 4, 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.Conv2d(2, 2, kernel_size=1)
        self.gate = Gate(2)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.relu(x), inplace=True)
        return self.gate(x)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.logits(x))
