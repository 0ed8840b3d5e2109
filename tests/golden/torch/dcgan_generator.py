"""dcgan_generator: The generator of DCGAN (Radford, Metz and Chintala, 2015), in the sizes of
PyTorch's example; from noise to an image.

Compiled by archc 0.1.0 from dcgan_generator.yaml for PyTorch.
3,576,704 parameters, 104,628,224 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Up(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv_transpose = nn.ConvTranspose2d(
            in_channels, filters, kernel_size=4, stride=2, padding=1, bias=False
        )
        self.batch_norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.batch_norm(self.conv_transpose(x)), inplace=True)


class DcganGenerator(nn.Module):
    """float32 (batch, 100) -> (batch, 3, 64, 64)."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.ConvTranspose2d(100, 512, kernel_size=4, bias=False)
        self.batch_norm = nn.BatchNorm2d(512)
        self.up1 = Up(512, 256)
        self.up2 = Up(256, 128)
        self.up3 = Up(128, 64)
        self.image = nn.ConvTranspose2d(64, 3, kernel_size=4, stride=2, padding=1, bias=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform."""
        for layer in self.modules():
            if isinstance(layer, nn.ConvTranspose2d):
                nn.init.xavier_uniform_(layer.weight)

    def forward(self, x: Tensor) -> Tensor:
        x = x.reshape(-1, 1, 1, 100).permute(0, 3, 1, 2)  # (100, 1, 1)
        x = self.project(x)  # (512, 4, 4)
        x = F.relu(self.batch_norm(x), inplace=True)
        x = self.up1(x)  # (256, 8, 8)
        x = self.up2(x)  # (128, 16, 16)
        x = self.up3(x)  # (64, 32, 32)
        return torch.tanh(self.image(x))  # (3, 64, 64)
