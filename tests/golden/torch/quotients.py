"""quotients: Quotients that are whole in the first use or turn, and not in the next.

Compiled by archc 0.1.0 from quotients.yaml for PyTorch.
211 parameters, 192 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Norm(nn.Module):
    def __init__(self, in_channels: int, batch_norm_momentum: float, elu_alpha: int) -> None:
        super().__init__()
        self.batch_norm = nn.BatchNorm2d(in_channels, momentum=batch_norm_momentum)
        self.elu_alpha = elu_alpha

    def forward(self, x: Tensor) -> Tensor:
        return F.elu(self.batch_norm(x), alpha=self.elu_alpha)


class Quotients(nn.Module):
    """float32 (batch, 4, 8, 8) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1 = Norm(4, batch_norm_momentum=0, elu_alpha=2)
        self.max_pool = nn.MaxPool2d(2)
        self.norm2 = Norm(4, batch_norm_momentum=0.5, elu_alpha=1)
        self.leaky_relu_slope = [index / 4 for index in range(3)]
        self.rescale_scale = [(index + 2) / 2 for index in range(2)]
        self.dense = nn.Linear(64, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.norm1(x)
        x = self.max_pool(x)  # (4, 4, 4)
        x = self.norm2(x)
        for index in range(3):
            x = F.leaky_relu(x, self.leaky_relu_slope[index])
        for index in range(2):
            x = x * self.rescale_scale[index] + 0.5
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (64,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
