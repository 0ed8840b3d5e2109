"""repeats_of_nothing: A repeat that makes no layer, with a turn left out, leaves no loop in a
class that asks for no size.

Compiled by archc 0.1.0 from repeats_of_nothing.yaml for PyTorch.
164 parameters, 3,840 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class RepeatsOfNothing(nn.Module):
    """float32 (batch, 4, 4, 6) -> (batch, 1, 1, 1, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, kernel_size=1, bias=False)
        self.root = nn.Conv2d(4, 4, kernel_size=3, padding="same")
        self.index__lrn = nn.LocalResponseNorm(4, alpha=0.0001, beta=3)
        self.with_max = [index_ != 1 for index_ in range(2)]
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.sigmoid(self.conv(x))
        root = self.root(x)
        index = self.index__lrn(x)
        x = root * index
        x = x.chunk(2, dim=1)[1]  # (2, 4, 6)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (48,)
        for index_ in range(2):
            if self.with_max[index_]:
                x = x.amax(dim=1, keepdim=True)
        return F.softsign(x.reshape(-1, 1, 1, 1, 1))  # (1, 1, 1, 1)
