"""dense_blocks.

Compiled by archc 0.1.0 from dense_blocks.yaml for PyTorch.
6,925 parameters, 190,428 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class _DenseBlockConcat(nn.Module):
    def __init__(self, in_channels: int, growth: int) -> None:
        super().__init__()
        self.new_batch_norm = nn.BatchNorm2d(in_channels)
        self.new_conv1 = nn.Conv2d(in_channels, growth * 2, kernel_size=1, bias=False)
        self.new_conv2 = nn.Conv2d(growth * 2, growth, kernel_size=3, padding="same", bias=False)

    def forward(self, x: Tensor) -> Tensor:
        new = F.relu(self.new_batch_norm(x), inplace=True)
        new = self.new_conv1(new)
        new = self.new_conv2(new)
        return torch.cat([x, new], dim=1)


class DenseBlock(nn.Module):
    def __init__(self, in_channels: int, depth: int, growth: int) -> None:
        super().__init__()
        self.concat = nn.ModuleList()
        channels = in_channels
        for _ in range(depth):
            self.concat.append(_DenseBlockConcat(channels, growth))
            channels += growth
        self.out_channels = channels

    def forward(self, x: Tensor) -> Tensor:
        for block in self.concat:
            x = block(x)
        return x


class Transition(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, in_channels // 2, kernel_size=1)
        self.avg_pool = nn.AvgPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        return self.avg_pool(self.conv(x))


class Trunk(nn.Module):
    def __init__(self, in_channels: int, growth: int) -> None:
        super().__init__()
        self.dense_block1 = DenseBlock(in_channels, 2, growth=growth)
        self.transition = Transition(self.dense_block1.out_channels)
        self.dense_block2 = DenseBlock(self.dense_block1.out_channels // 2, 3, growth=growth)
        self.conv = nn.Conv2d(self.dense_block2.out_channels, 6, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.dense_block1(x)
        x = self.transition(x)
        x = self.dense_block2(x)
        return self.conv(x)


class DenseBlocks(nn.Module):
    """float32 (batch, 3, 12, 12) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.dense_block1 = DenseBlock(3, 2, growth=4)
        self.transition = Transition(11)
        self.dense_block2 = DenseBlock(5, 3, growth=4)
        self.trunk1 = Trunk(17, 3)
        self.trunk2 = Trunk(6, 5)
        self.dense = nn.Linear(6, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.dense_block1(x)  # (11, 12, 12)
        x = self.transition(x)  # (5, 6, 6)
        x = self.dense_block2(x)  # (17, 6, 6)
        x = self.trunk1(x)  # (6, 3, 3)
        x = self.trunk2(x)  # (6, 1, 1)
        x = x.mean(dim=(2, 3))  # (6,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
