"""meeting_names: Steps called as Keras calls operations that have no name of their own.

Compiled by archc 0.1.0 from meeting_names.yaml for PyTorch.
43 parameters, 660 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MeetingNames(nn.Module):
    """float32 (batch, 3, 5, 4) -> (batch, 18)."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.Conv2d(3, 4, kernel_size=1)
        self.lrn = nn.LocalResponseNorm(3, alpha=0.0001, beta=0.75)
        self.sigmoid = nn.Conv2d(4, 3, kernel_size=1)
        self.other_relu_1 = nn.Conv2d(3, 3, kernel_size=1)
        self.max_pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.relu(x), inplace=True)  # (4, 5, 4)
        x = self.lrn(x)
        b = torch.tanh(x)
        x = x * b
        x = self.sigmoid(x)  # (3, 5, 4)
        one = torch.sigmoid(x)
        other = self.other_relu_1(F.relu(x))
        x = one + other
        x = self.max_pool(x)  # (3, 3, 2)
        return torch.flatten(x.permute(0, 2, 3, 1), 1)  # (18,)
