"""waves: A sequence that stays channels first, of a length known only at run time.

Compiled by archc 0.1.0 from waves.yaml for PyTorch.
789 parameters.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Gated(nn.Module):
    def __init__(self, in_channels: int, filters: int, dilation: int) -> None:
        super().__init__()
        channels = in_channels
        self.with_main_value_conv1 = dilation == 2
        if self.with_main_value_conv1:
            self.main_value_conv1 = nn.Conv1d(
                in_channels, filters, kernel_size=2, padding=1, dilation=dilation
            )
            channels = filters
        channels_ = channels
        self.with_main_value_conv2 = dilation != 2
        if self.with_main_value_conv2:
            self.main_value_conv2 = nn.Conv1d(
                channels, filters, kernel_size=3, padding="same", dilation=dilation
            )
            channels_ = filters
        self.main_gate = nn.Conv1d(
            in_channels, filters, kernel_size=3, padding="same", dilation=dilation
        )
        self.main_conv = nn.Conv1d(channels_, in_channels, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        value = x
        if self.with_main_value_conv1:
            value = torch.tanh(self.main_value_conv1(x))
        if self.with_main_value_conv2:
            value = torch.tanh(self.main_value_conv2(value))
        gate = torch.sigmoid(self.main_gate(x))
        main = self.main_conv(value * gate)
        return main + x


class Waves(nn.Module):
    """float32 (batch, 2, any) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(2, 5, kernel_size=3, padding="same")
        self.gated = nn.ModuleList(Gated(5, 6, dilation=2**index) for index in range(3))
        self.depthwise_conv = nn.Conv1d(5, 10, kernel_size=3, groups=5)
        self.batch_norm = nn.BatchNorm1d(10)
        self.prelu = nn.PReLU(10)
        self.dense = nn.Linear(10, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.conv(x)  # (5, any)
        for block in self.gated:
            x = block(x)
        x = self.depthwise_conv(x)  # (10, any)
        x = self.batch_norm(x)
        x = self.prelu(x)
        x = x.mean(dim=2)  # (10,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
