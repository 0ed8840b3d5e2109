"""shapes: What only moves numbers, in every direction.

Compiled by archc 0.1.0 from shapes.yaml for PyTorch.
591 parameters, 8,580 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Turned(nn.Module):
    def __init__(self, in_channels: int, rows: int, reshape_length: int) -> None:
        super().__init__()
        self.reshape_length = reshape_length
        self.reshape_channels = in_channels * rows
        self.dense = nn.Linear(in_channels * rows, in_channels)

    def forward(self, x: Tensor) -> Tensor:
        x = x.transpose(2, 3)
        return self.dense(
            x.permute(0, 2, 3, 1).reshape(-1, self.reshape_length, self.reshape_channels)
        )


class Shapes(nn.Module):
    """float32 (batch, 8, 6, 4) -> (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(4, 4, kernel_size=3, padding="same")
        self.turned1 = Turned(4, 4, reshape_length=12)
        self.conv2_padding = nn.ZeroPad3d((0, 0, 0, 1, 1, 0))
        self.conv2 = nn.Conv3d(3, 3, kernel_size=2)
        self.dense1 = nn.Linear(9, 24)
        self.turned2 = Turned(3, 2, reshape_length=4)
        self.dense2 = nn.Linear(12, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Conv3d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = x.permute(0, 3, 1, 2)  # (4, 8, 6)
        x = self.conv1(x)
        x = self.turned1(x)  # (12, 4)
        x = x.reshape(-1, 2, 3, 2, 4).permute(0, 4, 1, 2, 3)  # (4, 2, 3, 2)
        x = x.permute(0, 3, 4, 1, 2)  # (3, 2, 4, 2)
        x = self.conv2(self.conv2_padding(x))  # (3, 2, 4, 1)
        x = x[:, :, :-1, 1:, :]  # (3, 1, 3, 1)
        x = torch.flatten(x.permute(0, 2, 3, 4, 1), 1)  # (9,)
        x = F.selu(self.dense1(x))  # (24,)
        x = x.reshape(-1, 4, 2, 3).permute(0, 3, 1, 2)  # (3, 4, 2)
        x = torch.flatten(F.softmax(self.turned2(x), dim=-1), 1)  # (12,)
        return self.dense2(x)  # (3,)
