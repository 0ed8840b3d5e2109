"""recursive_pads: A recursive block whose pads differ at every depth.

Compiled by archc 0.1.0 from recursive_pads.yaml for PyTorch.
1,537 parameters, 114,402 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class Down(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        depth: int,
        conv_padding: tuple[int | tuple[int, ...], ...],
    ) -> None:
        super().__init__()
        self.conv_padding = nn.ZeroPad2d(conv_padding[0])
        self.conv = nn.Conv2d(in_channels, filters, kernel_size=3, stride=2)
        self.with_down = depth > 0
        if self.with_down:
            self.down = Down(filters, filters + 2, conv_padding=conv_padding[1:], depth=depth - 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(self.conv_padding(x)), inplace=True)
        if self.with_down:
            x = self.down(x)
        return x


class RecursivePads(nn.Module):
    """float32 (batch, 3, 41, 50) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.down = Down(3, 4, conv_padding=((0, 1, 1, 1), 1, 1, (1, 1, 0, 1)), depth=3)
        self.dense = nn.Linear(10, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.down(x)  # (10, 3, 4)
        x = x.mean(dim=(2, 3))  # (10,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
