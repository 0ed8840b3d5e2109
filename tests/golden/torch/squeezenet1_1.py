"""squeezenet1_1: SqueezeNet 1.1 (Iandola et al., 2016), the authors' second version, with less
than half the arithmetic.

Compiled by archc 0.1.0 from squeezenet1_1.yaml for PyTorch.
1,235,496 parameters, 349,151,936 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Fire(nn.Module):
    def __init__(self, in_channels: int, squeeze: int, expand: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(in_channels, squeeze, kernel_size=1)
        self.expand1x1 = nn.Conv2d(squeeze, expand, kernel_size=1)
        self.expand3x3 = nn.Conv2d(squeeze, expand, kernel_size=3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.squeeze(x), inplace=True)
        expand1x1 = F.relu(self.expand1x1(x), inplace=True)
        expand3x3 = F.relu(self.expand3x3(x), inplace=True)
        return torch.cat([expand1x1, expand3x3], dim=1)


class Squeezenet11(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 64, kernel_size=3, stride=2)
        self.max_pool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.fire1 = nn.ModuleList()
        channels = 64
        for _ in range(2):
            self.fire1.append(Fire(channels, 16, expand=64))
            channels = 128
        self.max_pool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.fire2 = nn.ModuleList()
        channels = 128
        for _ in range(2):
            self.fire2.append(Fire(channels, 32, expand=128))
            channels = 256
        self.max_pool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.fire3 = nn.ModuleList()
        channels = 256
        for _ in range(2):
            self.fire3.append(Fire(channels, 48, expand=192))
            channels = 384
        self.fire4 = nn.ModuleList()
        channels = 384
        for _ in range(2):
            self.fire4.append(Fire(channels, 64, expand=256))
            channels = 512
        self.dropout = nn.Dropout(0.5)
        self.classifier = nn.Conv2d(512, 1000, kernel_size=1)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x), inplace=True)  # (64, 111, 111)
        x = self.max_pool1(x)  # (64, 55, 55)
        for block in self.fire1:
            x = block(x)
        x = self.max_pool2(x)  # (128, 27, 27)
        for block in self.fire2:
            x = block(x)
        x = self.max_pool3(x)  # (256, 13, 13)
        for block in self.fire3:
            x = block(x)
        for block in self.fire4:
            x = block(x)
        x = self.dropout(x)  # (512, 13, 13)
        x = F.relu(self.classifier(x), inplace=True)  # (1000, 13, 13)
        return x.mean(dim=(2, 3))  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
