"""same_name: A network called as one of its blocks, and a step called as both.

Compiled by archc 0.1.0 from same_name.yaml for PyTorch.
43 parameters, 660 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class SameName_(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, filters, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv(x), inplace=True)


class SameName(nn.Module):
    """float32 (batch, 3, 5, 4) -> (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = SameName_(3, 4)
        self.same_name = nn.ModuleList()
        channels = 4
        for _ in range(2):
            self.same_name.append(SameName_(channels, 3))
            channels = 3
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)  # (4, 5, 4)
        for block in self.same_name:
            x = block(x)
        return x.mean(dim=(2, 3))  # (3,)
