"""pads_differ: One block at sizes that want different pads, and one repeated where they differ
from turn to turn.

Compiled by archc 0.1.0 from pads_differ.yaml for PyTorch.
2,100 parameters, 165,660 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class Halve(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        conv_padding: int | tuple[int, ...],
        kernel_size: int = 3,
    ) -> None:
        super().__init__()
        self.conv_padding = nn.ZeroPad2d(conv_padding)
        self.conv = nn.Conv2d(in_channels, filters, kernel_size=kernel_size, stride=2, bias=False)
        self.batch_norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(self.conv_padding(x))
        return F.relu6(self.batch_norm(x), inplace=True)


class PadsDiffer(nn.Module):
    """float32 (batch, 3, 45, 38) -> (batch, 8)."""

    def __init__(self) -> None:
        super().__init__()
        self.halve1 = Halve(3, 4, conv_padding=(0, 1, 1, 1))
        self.halve2 = Halve(4, 8, conv_padding=2, kernel_size=5)
        self.conv_padding = nn.ModuleList()
        self.conv = nn.ModuleList()
        for index in range(2):
            self.conv_padding.append(nn.ZeroPad2d(((0, 1, 0, 1), (1, 1, 0, 1))[index]))
            self.conv.append(nn.Conv2d(8, 8, kernel_size=3, stride=2))
        self.max_pool = nn.MaxPool2d(2, ceil_mode=True)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.halve1(x)  # (4, 23, 19)
        x = self.halve2(x)  # (8, 12, 10)
        for padding, layer in zip(self.conv_padding, self.conv, strict=True):
            x = layer(padding(x))
        x = self.max_pool(x)  # (8, 2, 2)
        return x.mean(dim=(2, 3))  # (8,)
