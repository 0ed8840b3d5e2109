"""unet: U-Net (Ronneberger, Fischer and Brox, 2015), padded so that its masks are as large as
the image.

Compiled by archc 0.1.0 from unet.yaml for PyTorch.
31,031,745 parameters, 48,167,387,136 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class DoubleConv(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, filters, kernel_size=3, padding="same")
        self.conv2 = nn.Conv2d(filters, filters, kernel_size=3, padding="same")

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x), inplace=True)
        return F.relu(self.conv2(x), inplace=True)


class Level(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int) -> None:
        super().__init__()
        self.encoder = DoubleConv(in_channels, filters)
        self.with_concat = depth > 0
        if self.with_concat:
            self.below_max_pool = nn.MaxPool2d(2)
            self.below_level = Level(filters, filters * 2, depth=depth - 1)
            self.below_conv_transpose = nn.ConvTranspose2d(
                filters * 2, filters, kernel_size=2, stride=2
            )
            self.decoder = DoubleConv(filters * 2, filters)

    def forward(self, x: Tensor) -> Tensor:
        x = self.encoder(x)
        if self.with_concat:
            below = self.below_level(self.below_max_pool(x))
            below = self.below_conv_transpose(below)
            x = torch.cat([x, below], dim=1)
            x = self.decoder(x)
        return x


class Unet(nn.Module):
    """float32 (batch, 3, 256, 256) -> probabilities (batch, 1, 256, 256)."""

    def __init__(self) -> None:
        super().__init__()
        self.level = Level(3, 64, depth=4)
        self.masks = nn.Conv2d(64, 1, kernel_size=1)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.level(x)  # (64, 256, 256)
        return self.masks(x)  # (1, 256, 256)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.logits(x))
