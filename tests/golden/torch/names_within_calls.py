"""clash2.

Compiled by archc 0.1.0 from names_within_calls.yaml for PyTorch.
0 parameters, 0 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn


class Clash2(nn.Module):
    """float32 (batch, 2, 4, 4) -> (batch, 2, 4, 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.lrn = nn.LocalResponseNorm(3, alpha=0.0001, beta=0.75)

    def forward(self, x: Tensor) -> Tensor:
        x = self.lrn(x)
        b = torch.tanh(x)
        return x * b
