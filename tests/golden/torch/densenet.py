"""densenet: DenseNet-BC (Huang, Liu, van der Maaten and Weinberger, 2016), 121 layers deep
unless a variant says otherwise.

Compiled by archc 0.1.0 from densenet.yaml for PyTorch.
7,978,856 parameters, 2,834,161,664 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class NormReluConv(nn.Module):
    def __init__(self, in_channels: int, filters: int, kernel_size: int = 1) -> None:
        super().__init__()
        self.batch_norm = nn.BatchNorm2d(in_channels)
        self.conv = nn.Conv2d(
            in_channels, filters, kernel_size=kernel_size, padding="same", bias=False
        )

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.batch_norm(x), inplace=True)
        return self.conv(x)


class DenseLayer(nn.Module):
    def __init__(self, in_channels: int, growth: int) -> None:
        super().__init__()
        self.new_bottleneck = NormReluConv(in_channels, growth * 4)
        self.new_grow = NormReluConv(growth * 4, growth, kernel_size=3)

    def forward(self, x: Tensor) -> Tensor:
        new = self.new_grow(self.new_bottleneck(x))
        return torch.cat([x, new], dim=1)


class Transition(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.norm_relu_conv = NormReluConv(in_channels, in_channels // 2)
        self.avg_pool = nn.AvgPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        return self.avg_pool(self.norm_relu_conv(x))


class Densenet(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.batch_norm1 = nn.BatchNorm2d(64)
        self.max_pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.dense_block1 = nn.ModuleList()
        channels = 64
        for _ in range(6):
            self.dense_block1.append(DenseLayer(channels, 32))
            channels += 32
        self.transition1 = Transition(channels)
        self.dense_block2 = nn.ModuleList()
        channels //= 2
        for _ in range(12):
            self.dense_block2.append(DenseLayer(channels, 32))
            channels += 32
        self.transition2 = Transition(channels)
        self.dense_block3 = nn.ModuleList()
        channels //= 2
        for _ in range(24):
            self.dense_block3.append(DenseLayer(channels, 32))
            channels += 32
        self.transition3 = Transition(channels)
        self.dense_block4 = nn.ModuleList()
        channels //= 2
        for _ in range(16):
            self.dense_block4.append(DenseLayer(channels, 32))
            channels += 32
        self.batch_norm2 = nn.BatchNorm2d(channels)
        self.dense = nn.Linear(channels, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.conv(x)  # (64, 112, 112)
        x = F.relu(self.batch_norm1(x), inplace=True)
        x = self.max_pool(x)  # (64, 56, 56)
        for block in self.dense_block1:
            x = block(x)
        x = self.transition1(x)  # (128, 28, 28)
        for block in self.dense_block2:
            x = block(x)
        x = self.transition2(x)  # (256, 14, 14)
        for block in self.dense_block3:
            x = block(x)
        x = self.transition3(x)  # (512, 7, 7)
        for block in self.dense_block4:
            x = block(x)
        x = F.relu(self.batch_norm2(x), inplace=True)  # (1024, 7, 7)
        x = x.mean(dim=(2, 3))  # (1024,)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
