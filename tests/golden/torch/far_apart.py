"""far_apart: Windows that stand further apart than they are wide, one at a time and two uses of
a block.

Compiled by archc 0.1.0 from far_apart.yaml for PyTorch.
44,082 parameters, 107,720 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn


class Thin(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(in_channels, filters, kernel_size=1, stride=3)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.conv(x))


class FarApart(nn.Module):
    """float32 (batch, 2, 10, 9, 8) -> (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Thin(2, 3)
        self.second = Thin(3, 4)
        self.upsample1 = nn.Upsample(scale_factor=(4, 5, 7))
        self.conv1_padding = nn.ZeroPad3d((0, 0, 0, 1, 0, 0))
        self.conv1 = nn.Conv3d(4, 5, kernel_size=2, stride=4)
        self.upsample2 = nn.Upsample(scale_factor=(9, 4, 4))
        self.conv2 = nn.Conv3d(5, 4, kernel_size=(1, 2, 2), stride=(4, 3, 3))
        self.conv_transpose1 = nn.ConvTranspose3d(4, 3, kernel_size=1, stride=3, output_padding=2)
        self.conv_transpose2 = nn.ConvTranspose3d(
            3, 2, kernel_size=(1, 4, 2), stride=(3, 2, 1), output_padding=(2, 0, 0)
        )
        self.dense = nn.Linear(14580, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv3d, nn.ConvTranspose3d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)  # (3, 4, 3, 3)
        x = self.second(x)  # (4, 2, 1, 1)
        x = self.upsample1(x)  # (4, 8, 5, 7)
        x = torch.tanh(self.conv1(self.conv1_padding(x)))  # (5, 2, 2, 2)
        x = self.upsample2(x)  # (5, 18, 8, 8)
        x = self.conv2(x)  # (4, 5, 3, 3)
        x = self.conv_transpose1(x)  # (3, 15, 9, 9)
        x = self.conv_transpose2(x)
        x = torch.tanh(x[:, :, :, 1:-1, :-1])  # (2, 45, 18, 9)
        x = torch.flatten(x.permute(0, 2, 3, 4, 1), 1)  # (14580,)
        return self.dense(x)  # (3,)
