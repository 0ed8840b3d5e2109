"""unet3d: 3D U-Net (Cicek et al., 2016), without padding; 116x132x132 voxels give 28x44x44
labels.

Compiled by archc 0.1.0 from unet3d.yaml for PyTorch.
19,069,955 parameters, 266,731,018,496 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class DoubleConv(nn.Module):
    def __init__(self, in_channels: int, first: int, second: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(in_channels, first, kernel_size=3)
        self.batch_norm1 = nn.BatchNorm3d(first, affine=False)
        self.conv2 = nn.Conv3d(first, second, kernel_size=3)
        self.batch_norm2 = nn.BatchNorm3d(second, affine=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        x = F.relu(self.batch_norm1(x), inplace=True)
        x = self.conv2(x)
        return F.relu(self.batch_norm2(x), inplace=True)


class Level(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int, cropping: int) -> None:
        super().__init__()
        self.analysis = DoubleConv(in_channels, filters, second=filters * 2)
        self.with_concat = depth > 0
        if self.with_concat:
            self.skip_pads = (-cropping,) * 6
            self.below_max_pool = nn.MaxPool3d(2)
            self.below_level = Level(
                filters * 2, filters * 2, depth=depth - 1, cropping=cropping // 2 - 4
            )
            self.below_conv_transpose = nn.ConvTranspose3d(
                filters * 4, filters * 4, kernel_size=2, stride=2, bias=False
            )
            self.synthesis = DoubleConv(filters * 2 + filters * 4, filters * 2, second=filters * 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.analysis(x)
        if self.with_concat:
            skip = F.pad(x, self.skip_pads)
            below = self.below_level(self.below_max_pool(x))
            below = self.below_conv_transpose(below)
            x = torch.cat([skip, below], dim=1)
            x = self.synthesis(x)
        return x


class Unet3d(nn.Module):
    """float32 (batch, 3, 116, 132, 132) -> probabilities (batch, 3, 28, 44, 44)."""

    def __init__(self) -> None:
        super().__init__()
        self.level = Level(3, 32, depth=3, cropping=40)
        self.labels = nn.Conv3d(64, 3, kernel_size=1)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv3d, nn.ConvTranspose3d)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.level(x)  # (64, 28, 44, 44)
        return self.labels(x)  # (3, 28, 44, 44)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=1)
