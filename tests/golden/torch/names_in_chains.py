"""names_in_chains: Repeated chains that take tensors from outside, called as what flows through
them is.

Compiled by archc 0.1.0 from names_in_chains.yaml for PyTorch.
193 parameters, 1,812 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn


class _UnitChain(nn.Module):
    def __init__(self, in_channels: int, block_x_channels: int, block_skip_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, 5, kernel_size=1)
        self.again_inner = nn.Conv2d(block_x_channels, 5, kernel_size=1)
        self.again_conv = nn.Conv2d(block_skip_channels + 5, 5, kernel_size=1)

    def forward(self, x: Tensor, x_: Tensor, skip: Tensor) -> Tensor:
        x = self.conv(x)
        main = torch.sigmoid(x)
        inner = self.again_inner(x_)
        again = self.again_conv(torch.cat([inner, skip], dim=1))
        return main + again


class Unit(nn.Module):
    def __init__(self, x_channels: int, skip_channels: int) -> None:
        super().__init__()
        self.chain = nn.ModuleList()
        channels = x_channels
        for _ in range(2):
            self.chain.append(_UnitChain(channels, x_channels, skip_channels))
            channels = 5

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        y = torch.tanh(x)
        for block in self.chain:
            y = block(y, x, skip)
        return y


class _NamesInChainsChain(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.twig = nn.Conv2d(2, 5, kernel_size=1)

    def forward(self, x: Tensor, x_: Tensor) -> Tensor:
        most = x.amax(dim=(2, 3))
        twig = self.twig(x_)
        return torch.where(most[:, :, None, None] <= twig, most[:, :, None, None], twig)


class NamesInChains(nn.Module):
    """image float32 (batch, 1, 5, 4), x float32 (batch, 2, 3, 4) -> (batch, 5, 3, 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 2, kernel_size=(3, 1))
        self.unit = Unit(2, 2)
        self.chain = nn.ModuleList(_NamesInChainsChain() for _ in range(2))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, image: Tensor, x: Tensor) -> Tensor:
        first = self.first(image)  # (2, 3, 4)
        x_ = self.unit(x, first)  # (5, 3, 4)
        for block in self.chain:
            x_ = block(x_, x)
        return x_
