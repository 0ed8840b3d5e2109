"""googlenet: GoogLeNet (Szegedy et al., 2014), 22 layers deep, without the auxiliary heads.

Compiled by archc 0.1.0 from googlenet.yaml for PyTorch.
6,998,552 parameters, 1,582,671,872 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ConvRelu(nn.Module):
    def __init__(self, in_channels: int, filters: int, kernel_size: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, filters, kernel_size=kernel_size, padding="same")

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv(x), inplace=True)


class Inception(nn.Module):
    def __init__(
        self, in_channels: int, c1: int, c3_reduce: int, c3: int, c5_reduce: int, c5: int, pool: int
    ) -> None:
        super().__init__()
        self.conv1x1 = ConvRelu(in_channels, c1)
        self.conv3x3_reduce = ConvRelu(in_channels, c3_reduce)
        self.conv3x3_conv_relu = ConvRelu(c3_reduce, c3, kernel_size=3)
        self.conv5x5_reduce = ConvRelu(in_channels, c5_reduce)
        self.conv5x5_conv_relu = ConvRelu(c5_reduce, c5, kernel_size=5)
        self.pooled_max_pool = nn.MaxPool2d(3, stride=1, padding=1)
        self.pooled_conv_relu = ConvRelu(in_channels, pool)

    def forward(self, x: Tensor) -> Tensor:
        conv1x1 = self.conv1x1(x)
        conv3x3 = self.conv3x3_conv_relu(self.conv3x3_reduce(x))
        conv5x5 = self.conv5x5_conv_relu(self.conv5x5_reduce(x))
        pooled = self.pooled_conv_relu(self.pooled_max_pool(x))
        return torch.cat([conv1x1, conv3x3, conv5x5, pooled], dim=1)


class Googlenet(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3)
        self.max_pool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.lrn1 = nn.LocalResponseNorm(5, alpha=0.0001, beta=0.75)
        self.conv_relu1 = ConvRelu(64, 64)
        self.conv_relu2 = ConvRelu(64, 192, kernel_size=3)
        self.lrn2 = nn.LocalResponseNorm(5, alpha=0.0001, beta=0.75)
        self.max_pool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception_3a = Inception(192, 64, c3_reduce=96, c3=128, c5_reduce=16, c5=32, pool=32)
        self.inception_3b = Inception(256, 128, c3_reduce=128, c3=192, c5_reduce=32, c5=96, pool=64)
        self.max_pool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception_4a = Inception(480, 192, c3_reduce=96, c3=208, c5_reduce=16, c5=48, pool=64)
        self.inception_4b = Inception(512, 160, c3_reduce=112, c3=224, c5_reduce=24, c5=64, pool=64)
        self.inception_4c = Inception(512, 128, c3_reduce=128, c3=256, c5_reduce=24, c5=64, pool=64)
        self.inception_4d = Inception(512, 112, c3_reduce=144, c3=288, c5_reduce=32, c5=64, pool=64)
        self.inception_4e = Inception(
            528, 256, c3_reduce=160, c3=320, c5_reduce=32, c5=128, pool=128
        )
        self.max_pool4 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception_5a = Inception(
            832, 256, c3_reduce=160, c3=320, c5_reduce=32, c5=128, pool=128
        )
        self.inception_5b = Inception(
            832, 384, c3_reduce=192, c3=384, c5_reduce=48, c5=128, pool=128
        )
        self.dropout = nn.Dropout(0.4)
        self.dense = nn.Linear(1024, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x), inplace=True)  # (64, 112, 112)
        x = self.max_pool1(x)  # (64, 56, 56)
        x = self.lrn1(x)
        x = self.conv_relu1(x)
        x = self.conv_relu2(x)  # (192, 56, 56)
        x = self.lrn2(x)
        x = self.max_pool2(x)  # (192, 28, 28)
        x = self.inception_3a(x)  # (256, 28, 28)
        x = self.inception_3b(x)  # (480, 28, 28)
        x = self.max_pool3(x)  # (480, 14, 14)
        x = self.inception_4a(x)  # (512, 14, 14)
        x = self.inception_4b(x)
        x = self.inception_4c(x)
        x = self.inception_4d(x)  # (528, 14, 14)
        x = self.inception_4e(x)  # (832, 14, 14)
        x = self.max_pool4(x)  # (832, 7, 7)
        x = self.inception_5a(x)
        x = self.inception_5b(x)  # (1024, 7, 7)
        x = x.mean(dim=(2, 3))  # (1024,)
        x = self.dropout(x)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
