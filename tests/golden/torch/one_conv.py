"""one_conv: One convolutional layer of ten feature maps, then a three-way softmax.

Compiled by archc 0.1.0 from one_conv.yaml for PyTorch.
20,383 parameters, 81,120 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class OneConv(nn.Module):
    """float32 (batch, 1, 28, 28) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 10, kernel_size=3)
        self.dense = nn.Linear(6760, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x), inplace=True)  # (10, 26, 26)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (6760,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
