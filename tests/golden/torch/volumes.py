"""volumes.

Compiled by archc 0.1.0 from volumes.yaml for PyTorch.
567 parameters, 25,929 multiply-accumulates an example.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class Volumes(nn.Module):
    """float32 (batch, 2, 6, 7, 8) -> (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_padding = nn.ZeroPad3d((0, 1, 1, 1, 0, 1))
        self.conv = nn.Conv3d(2, 4, kernel_size=3, stride=2)
        self.group_norm = nn.GroupNorm(2, 4)
        self.conv_transpose = nn.ConvTranspose3d(4, 3, kernel_size=3, stride=2)
        self.zero_pad = nn.ZeroPad3d((2, 2, 1, 0, 0, 1))
        self.dense = nn.Linear(3, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv3d, nn.ConvTranspose3d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = F.elu(self.conv(self.conv_padding(x)))  # (4, 3, 4, 4)
        x = self.group_norm(x)
        x = self.conv_transpose(x)
        x = x[:, :, :-1, :-1, :-1]  # (3, 6, 8, 8)
        x = self.zero_pad(x)  # (3, 7, 9, 12)
        x = x[:, :, 1:-1, 1:-1, 1:-1]  # (3, 5, 7, 10)
        x = x.amax(dim=(2, 3, 4))  # (3,)
        return self.dense(x)
