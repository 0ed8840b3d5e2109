"""windows: Attention within windows, in a loop that shifts every other one, and along one axis
alone.

Compiled by archc 0.1.0 from windows.yaml for PyTorch.
965 parameters, 49,266 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class WindowAttention(nn.Module):
    """Attention within shifted windows of an image: (batch, channels, height, width) in and out."""

    def __init__(self, channels: int, heads: int, window: int, shift: int = 0) -> None:
        super().__init__()
        self.heads, self.window, self.shift = heads, window, shift
        self.position_bias = nn.Parameter(torch.zeros((2 * window - 1) ** 2, heads))
        self.qkv = nn.Linear(channels, 3 * channels)
        self.output = nn.Linear(channels, channels)

    def windows(self, x: Tensor) -> Tensor:
        """Turn (batch, channels, height, width) into (batch, windows, places, channels)."""
        x = x.unflatten(3, (-1, self.window)).unflatten(2, (-1, self.window))
        return x.permute(0, 2, 4, 3, 5, 1).flatten(3, 4).flatten(1, 2)

    def steps(self, device: torch.device) -> Tensor:
        """Return the row of `position_bias` for each place and each that it sees."""
        places = torch.arange(self.window, device=device)
        steps = places[:, None] - places + self.window - 1
        rows = steps[:, None, :, None] * (2 * self.window - 1) + steps[None, :, None, :]
        return rows.flatten(2).flatten(0, 1)

    def forward(self, x: Tensor) -> Tensor:
        n, (height, width) = self.window, x.shape[2:]
        # Where one window takes up an axis, nothing is shifted along it.
        down, right = (self.shift if size > n else 0 for size in (height, width))
        x = torch.roll(x, (-down, -right), dims=(2, 3))
        qkv = self.qkv(self.windows(x)).unflatten(3, (3, self.heads, -1))
        query, key, value = qkv.permute(3, 0, 1, 4, 2, 5)
        bias = self.position_bias[self.steps(x.device)].permute(2, 0, 1)
        if down or right:
            rows = torch.arange(height, device=x.device) >= height - down
            columns = torch.arange(width, device=x.device) >= width - right
            sides = self.windows((2 * rows[:, None] + columns)[None, None])
            bias = torch.where((sides == sides.mT).transpose(0, 1), bias, float("-inf"))
        y = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        y = self.output(y.transpose(2, 3).flatten(3))
        y = y.unflatten(2, (n, n)).unflatten(1, (height // n, -1)).permute(0, 5, 1, 3, 2, 4)
        return torch.roll(y.flatten(4).flatten(2, 3), (down, right), dims=(2, 3))


class Attend(nn.Module):
    def __init__(self, in_channels: int, heads: int, shift: int = 0) -> None:
        super().__init__()
        self.gathered_layer_norm = nn.LayerNorm(in_channels)
        self.gathered_window_attention = WindowAttention(
            in_channels, heads=heads, window=3, shift=shift
        )

    def forward(self, x: Tensor) -> Tensor:
        gathered = self.gathered_layer_norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        gathered = self.gathered_window_attention(gathered)
        return gathered + x


class Windows(nn.Module):
    """float32 (batch, 5, 6, 9) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(5, 6, kernel_size=1)
        self.attend = nn.ModuleList(Attend(6, 2, shift=index % 2) for index in range(2))
        self.shifted = Attend(6, 3, shift=2)
        self.one_axis = WindowAttention(6, heads=1, window=3, shift=1)
        self.dense = nn.Linear(6, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.conv(x)  # (6, 6, 9)
        for block in self.attend:
            x = block(x)
        x = self.shifted(x)
        x = x[:, :, :3]  # (6, 3, 9)
        x = self.one_axis(x)
        x = x.mean(dim=(2, 3))  # (6,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
