"""lenet5: LeNet-5 (LeCun et al., 1998), in today's form with average pools without weights, full
connections and tanh.

Compiled by archc 0.1.0 from lenet5.yaml for PyTorch.
61,706 parameters, 416,520 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Lenet5(nn.Module):
    """float32 (batch, 1, 32, 32) -> probabilities (batch, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, kernel_size=5)
        self.s2 = nn.AvgPool2d(2)
        self.c3 = nn.Conv2d(6, 16, kernel_size=5)
        self.s4 = nn.AvgPool2d(2)
        self.c5 = nn.Conv2d(16, 120, kernel_size=5)
        self.f6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, 10)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.c1(x))  # (6, 28, 28)
        x = self.s2(x)  # (6, 14, 14)
        x = torch.tanh(self.c3(x))  # (16, 10, 10)
        x = self.s4(x)  # (16, 5, 5)
        x = torch.flatten(torch.tanh(self.c5(x)), 1)  # (120,)
        x = torch.tanh(self.f6(x))  # (84,)
        return self.output(x)  # (10,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
