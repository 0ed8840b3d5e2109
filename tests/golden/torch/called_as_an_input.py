"""called_as_an_input: An output, which a block gives, is called as an input is, and has its
channels elsewhere in PyTorch.

Compiled by archc 0.1.0 from called_as_an_input.yaml for PyTorch.
61 parameters, 126 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn


class Windows(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(in_channels, 4, kernel_size=3)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.conv(x))


class CalledAsAnInput(nn.Module):
    """x float32 (batch, 6), words float32 (batch, 5, 3) -> (batch, 4, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Linear(6, 3)
        self.words = Windows(3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor, words: Tensor) -> Tensor:
        gate = self.gate(x)  # (3,)
        x_ = words * gate[:, None, :]  # (5, 3)
        return self.words(x_.transpose(1, 2))  # (4, 3)
