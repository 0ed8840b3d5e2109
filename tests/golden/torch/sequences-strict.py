"""sequences: Tokens through convolutions, dense layers and norms, which want different layouts.

Compiled by archc 0.1.0 from sequences.yaml for PyTorch.
8,049 parameters, 136,416 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class BatchNorm1d(nn.BatchNorm1d):
    """Batch norm whose running variance follows the batch's variance over n, not over n - 1."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        n, var = x.numel() // x.shape[1], self.running_var.clone()
        y = F.batch_norm(
            x, self.running_mean, var, self.weight, self.bias, True, self.momentum, self.eps
        )
        with torch.no_grad():
            self.num_batches_tracked.add_(1)
            self.running_var.copy_(var - (var - (1 - self.momentum) * self.running_var) / n)
        return y


class BatchNorm2d(nn.BatchNorm2d):
    """Batch norm whose running variance follows the batch's variance over n, not over n - 1."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        n, var = x.numel() // x.shape[1], self.running_var.clone()
        y = F.batch_norm(
            x, self.running_mean, var, self.weight, self.bias, True, self.momentum, self.eps
        )
        with torch.no_grad():
            self.num_batches_tracked.add_(1)
            self.running_var.copy_(var - (var - (1 - self.momentum) * self.running_var) / n)
        return y


class DoubleConv1d(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(in_channels, filters, kernel_size=3, padding="same")
        self.batch_norm = BatchNorm1d(filters)
        self.conv2 = nn.Conv1d(filters, filters, kernel_size=3, padding="same")

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x), inplace=True)
        return self.conv2(self.batch_norm(x))


class Mixer(nn.Module):
    def __init__(self, in_channels: int, units: int) -> None:
        super().__init__()
        self.mixed_layer_norm = nn.LayerNorm(in_channels)
        self.mixed_dense1 = nn.Linear(in_channels, units)
        self.mixed_dense2 = nn.Linear(units, in_channels)
        self.layer_norm = nn.LayerNorm(in_channels)

    def forward(self, x: Tensor) -> Tensor:
        mixed = F.silu(self.mixed_dense1(self.mixed_layer_norm(x)))
        mixed = self.mixed_dense2(mixed)
        return self.layer_norm(x + mixed)


class DoubleConv2d(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, filters, kernel_size=3, padding="same")
        self.batch_norm = BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, kernel_size=3, padding="same")

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x), inplace=True)
        return self.conv2(self.batch_norm(x))


class Sequences(nn.Module):
    """int64 (batch, 24) -> probabilities (batch, 5)."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 12)
        self.double_conv1 = DoubleConv1d(12, 16)
        self.mixer1 = Mixer(16, 20)
        self.mixer2 = nn.ModuleList(Mixer(16, 24) for _ in range(2))
        self.conv_conv = nn.Conv1d(16, 16, kernel_size=5, padding="same")
        self.conv_prelu = nn.PReLU(16)
        self.max_pool = nn.MaxPool1d(2)
        self.double_conv2 = DoubleConv2d(16, 8)
        self.dense = nn.Linear(96, 5)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero;
        embeddings uniform.
        """
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)
            elif isinstance(layer, nn.Embedding):
                nn.init.uniform_(layer.weight, -0.05, 0.05)

    def logits(self, x: Tensor) -> Tensor:
        x = self.embedding(x)  # (24, 12)
        x = self.double_conv1(x.transpose(1, 2))  # (16, 24)
        x = self.mixer1(x.transpose(1, 2))
        for block in self.mixer2:
            x = block(x)
        conv = self.conv_conv(x.transpose(1, 2))
        conv = self.conv_prelu(conv)
        x = conv + x.transpose(1, 2)
        x = self.max_pool(x)  # (16, 12)
        x = x.transpose(1, 2)
        x = x.reshape(-1, 4, 3, 16).permute(0, 3, 1, 2)  # (16, 4, 3)
        x = self.double_conv2(x)  # (8, 4, 3)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (96,)
        return self.dense(x)  # (5,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
