"""list: Names that mean something to Python or to a framework.

Compiled by archc 0.1.0 from names.yaml for PyTorch.
327 parameters, 16,969 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class Tensor_(nn.Module):
    def __init__(
        self,
        in_channels: int,
        x: int,
        self_: int,
        in_channels_: int = 2,
        name: int = 3,
        none: int = 1,
        torch_: int = 1,
    ) -> None:
        super().__init__()
        self.layers = nn.Conv2d(
            in_channels, x * in_channels_, kernel_size=name, padding="same", groups=none
        )
        self.ops = nn.Conv2d(x * in_channels_, self_, kernel_size=torch_)

    def forward(self, x_: Tensor) -> Tensor:
        return self.ops(self.layers(x_))


class Layers(nn.Module):
    def __init__(self, in_channels: int, index_: int = 2) -> None:
        super().__init__()
        self.keras = nn.Conv2d(in_channels, index_, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.keras(x)


class List(nn.Module):
    """float32 (batch, 3, 8, 8) -> (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.tensor = Tensor_(3, 2, self_=4)
        self.nn = Tensor_(4, 3, self_=3, in_channels_=4, name=1, none=2, torch_=2)
        self.layers = Layers(3, index_=3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.tensor(x)  # (4, 8, 8)
        x = self.nn(x)  # (3, 7, 7)
        x = F.relu(self.layers(x), inplace=True)
        return x.mean(dim=(2, 3))  # (3,)
