"""wavenet: WaveNet's stack (van den Oord et al., 2016, arXiv:1609.03499), whose widths the paper
leaves open.

Compiled by archc 0.1.0 from wavenet.yaml for PyTorch.
1,283,776 parameters, 20,316,160,000 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ResidualLayer(nn.Module):
    def __init__(self, in_channels: int, residual: int, skip: int, dilation: int) -> None:
        super().__init__()
        self.filter_padding = nn.ZeroPad1d((dilation, 0))
        self.filter = nn.Conv1d(64, residual, kernel_size=2, dilation=dilation)
        self.gate_padding = nn.ZeroPad1d((dilation, 0))
        self.gate = nn.Conv1d(64, residual, kernel_size=2, dilation=dilation)
        self.residual_main = nn.Conv1d(residual, residual, kernel_size=1)
        self.skip_main = nn.Conv1d(residual, skip, kernel_size=1)
        self.with_sum = in_channels > residual

    def forward(self, x: Tensor) -> Tensor:
        x_ = x[:, :64]
        filter_ = torch.tanh(self.filter(self.filter_padding(x_)))
        gate = torch.sigmoid(self.gate(self.gate_padding(x_)))
        y = filter_ * gate
        main = self.residual_main(y)
        residual_ = main + x_
        main_ = self.skip_main(y)
        if self.with_sum:
            sum_ = x[:, 64:]
            skip_ = main_ + sum_
        else:
            skip_ = main_
        return torch.cat([residual_, skip_], dim=1)


class Wavenet(nn.Module):
    """float32 (batch, 256, 16000) -> probabilities (batch, 256, 16000)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1_padding = nn.ZeroPad1d((1, 0))
        self.conv1 = nn.Conv1d(256, 64, kernel_size=2)
        self.residual_layer = nn.ModuleList()
        channels = 64
        for index in range(30):
            self.residual_layer.append(
                ResidualLayer(channels, 64, skip=256, dilation=2 ** (index % 10))
            )
            channels = 320
        self.conv2 = nn.Conv1d(256, 256, kernel_size=1)
        self.conv3 = nn.Conv1d(256, 256, kernel_size=1)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv1d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.conv1(self.conv1_padding(x))  # (64, 16000)
        for block in self.residual_layer:
            x = block(x)
        x = F.relu(x[:, 64:])  # (256, 16000)
        x = F.relu(self.conv2(x), inplace=True)
        return self.conv3(x)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=1)
