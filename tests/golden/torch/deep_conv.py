"""deep_conv: As many convolutional layers as one likes, each of as many feature maps, then a
three-way softmax.

Compiled by archc 0.1.0 from deep_conv.yaml for PyTorch.
18,293 parameters, 596,520 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class DeepConv(nn.Module):
    """float32 (batch, 1, 28, 28) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.ModuleList()
        channels = 1
        for _ in range(2):
            self.conv.append(nn.Conv2d(channels, 10, kernel_size=3))
            channels = 10
        self.dense = nn.Linear(5760, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        for layer in self.conv:
            x = F.relu(layer(x), inplace=True)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (5760,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
