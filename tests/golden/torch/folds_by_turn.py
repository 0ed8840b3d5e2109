"""folds_by_turn: The channels shrink by a power of the turn's number, for which nothing else in
the loop asks.

Compiled by archc 0.1.0 from folds_by_turn.yaml for PyTorch.
35 parameters, 240 multiply-accumulates an example.
"""

from torch import Tensor, nn


def fold(x: Tensor, kernel_size: tuple[int, ...]) -> Tensor:
    """Lay the channels out as windows that stand side by side: row by row, then the channels."""
    rank = len(kernel_size)
    x = x.unflatten(1, (*kernel_size, -1))
    x = x.permute(0, rank + 1, *(dim for i in range(rank) for dim in (rank + 2 + i, i + 1)))
    for dim in range(2, rank + 2):
        x = x.flatten(dim, dim + 1)
    return x


class FoldsByTurn(nn.Module):
    """float32 (batch, 4, 4) -> (batch, 5, 8)."""

    def __init__(self) -> None:
        super().__init__()
        self.fold_kernel_size = [(2**index,) for index in range(2)]
        channels = 4
        for index in range(2):
            channels = channels // 2**index
        self.conv = nn.Conv1d(channels, 5, kernel_size=3, padding="same")
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv1d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        for index in range(2):
            x = fold(x, self.fold_kernel_size[index])
        return self.conv(x)  # (5, 8)
