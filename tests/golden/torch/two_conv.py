"""two_conv: Two convolutional layers of ten feature maps each, then a three-way softmax.

Compiled by archc 0.1.0 from two_conv.yaml for PyTorch.
18,293 parameters, 596,520 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class TwoConv(nn.Module):
    """float32 (batch, 1, 28, 28) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=3)
        self.conv2 = nn.Conv2d(10, 10, kernel_size=3)
        self.dense = nn.Linear(5760, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x), inplace=True)  # (10, 26, 26)
        x = F.relu(self.conv2(x), inplace=True)  # (10, 24, 24)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (5760,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
