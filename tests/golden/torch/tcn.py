"""tcn: A temporal convolutional network on images read pixel by pixel (Bai, Kolter and Koltun,
2018, arXiv:1803.01271), without its weight norm.

Compiled by archc 0.1.0 from tcn.yaml for PyTorch.
66,510 parameters, 51,607,050 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Level(nn.Module):
    def __init__(self, in_channels: int, filters: int, dilation: int) -> None:
        super().__init__()
        self.main_conv1_padding = nn.ZeroPad1d((dilation * 6, 0))
        self.main_conv1 = nn.Conv1d(in_channels, filters, kernel_size=7, dilation=dilation)
        self.main_dropout1 = nn.Dropout(0.05)
        self.main_conv2_padding = nn.ZeroPad1d((dilation * 6, 0))
        self.main_conv2 = nn.Conv1d(filters, filters, kernel_size=7, dilation=dilation)
        self.main_dropout2 = nn.Dropout(0.05)
        self.with_shortcut = in_channels != filters
        if self.with_shortcut:
            self.shortcut = nn.Conv1d(in_channels, filters, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        main = F.relu(self.main_conv1(self.main_conv1_padding(x)), inplace=True)
        main = self.main_dropout1(main)
        main = F.relu(self.main_conv2(self.main_conv2_padding(main)), inplace=True)
        main = self.main_dropout2(main)
        shortcut = x
        if self.with_shortcut:
            shortcut = self.shortcut(x)
        return F.relu(main + shortcut, inplace=True)


class Tcn(nn.Module):
    """float32 (batch, 1, 784) -> probabilities (batch, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.level = nn.ModuleList()
        channels = 1
        for index in range(8):
            self.level.append(Level(channels, 25, dilation=2**index))
            channels = 25
        self.dense = nn.Linear(25, 10)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        for block in self.level:
            x = block(x)
        x = x[:, :, 783:]  # (25, 1)
        x = torch.flatten(x.transpose(1, 2), 1)  # (25,)
        return self.dense(x)  # (10,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
