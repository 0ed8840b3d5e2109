"""dcgan_discriminator: The discriminator of DCGAN (Radford, Metz and Chintala, 2015), in the
sizes of PyTorch's example.

Compiled by archc 0.1.0 from dcgan_discriminator.yaml for PyTorch.
2,765,568 parameters, 103,817,216 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Down(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, filters, kernel_size=4, stride=2, padding=1, bias=False)
        self.batch_norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        return F.leaky_relu(self.batch_norm(self.conv(x)), 0.2)


class DcganDiscriminator(nn.Module):
    """float32 (batch, 3, 64, 64) -> probabilities (batch, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 64, kernel_size=4, stride=2, padding=1, bias=False)
        self.down1 = Down(64, 128)
        self.down2 = Down(128, 256)
        self.down3 = Down(256, 512)
        self.score = nn.Conv2d(512, 1, kernel_size=4, bias=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)

    def logits(self, x: Tensor) -> Tensor:
        x = F.leaky_relu(self.conv(x), 0.2)  # (64, 32, 32)
        x = self.down1(x)  # (128, 16, 16)
        x = self.down2(x)  # (256, 8, 8)
        x = self.down3(x)  # (512, 4, 4)
        return torch.flatten(self.score(x), 1)  # (1,)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.logits(x))
