"""swin: Swin Transformer (Liu et al., 2021, arXiv:2103.14030), tiny unless a variant says
otherwise.

Compiled by archc 0.1.0 from swin.yaml for PyTorch.
28,288,354 parameters, 4,490,566,656 multiply-accumulates an image.
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


class DropPath(nn.Dropout):
    """In training, zero whole examples with probability `p` and divide the others by 1 - p."""

    def forward(self, x: Tensor) -> Tensor:
        return x * super().forward(x.new_ones(len(x), *[1] * (x.dim() - 1)))


class PatchMerging(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.layer_norm = nn.LayerNorm(in_channels * 4)
        self.conv = nn.Conv2d(in_channels * 4, in_channels * 2, kernel_size=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        upper = x[:, :, ::2]
        lower = x[:, :, 1::2]
        x = torch.cat([upper, lower], dim=1)
        left = x[:, :, :, ::2]
        right = x[:, :, :, 1::2]
        x = torch.cat([left, right], dim=1)
        x = self.layer_norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return self.conv(x)


class SwinBlock(nn.Module):
    def __init__(self, in_channels: int, heads: int, shift: int, rate: float) -> None:
        super().__init__()
        self.attention_layer_norm = nn.LayerNorm(in_channels)
        self.attention_window_attention = WindowAttention(
            in_channels, heads=heads, window=7, shift=shift
        )
        self.attention_drop_path = DropPath(rate)
        self.mlp_layer_norm = nn.LayerNorm(in_channels)
        self.mlp_conv1 = nn.Conv2d(in_channels, in_channels * 4, kernel_size=1)
        self.mlp_conv2 = nn.Conv2d(in_channels * 4, in_channels, kernel_size=1)
        self.mlp_drop_path = DropPath(rate)

    def forward(self, x: Tensor) -> Tensor:
        attention = self.attention_layer_norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        attention = self.attention_drop_path(self.attention_window_attention(attention))
        x = attention + x
        mlp = self.mlp_layer_norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        mlp = F.gelu(self.mlp_conv1(mlp))
        mlp = self.mlp_conv2(mlp)
        mlp = self.mlp_drop_path(mlp)
        return mlp + x


class Stage(nn.Module):
    def __init__(
        self, in_channels: int, heads: int, depth: int, before: int, total: int, rate: float
    ) -> None:
        super().__init__()
        channels = in_channels
        self.with_patch_merging = before > 0
        if self.with_patch_merging:
            self.patch_merging = PatchMerging(in_channels)
            channels = in_channels * 2
        self.swin_block = nn.ModuleList()
        for index in range(depth):
            self.swin_block.append(
                SwinBlock(
                    channels, heads, shift=index % 2 * 3, rate=rate * (before + index) / (total - 1)
                ),
            )

    def forward(self, x: Tensor) -> Tensor:
        if self.with_patch_merging:
            x = self.patch_merging(x)
        for block in self.swin_block:
            x = block(x)
        return x


class Swin(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 96, kernel_size=4, stride=4)
        self.layer_norm1 = nn.LayerNorm(96)
        self.stage1 = Stage(96, 3, depth=2, before=0, total=12, rate=0.2)
        self.stage2 = Stage(96, 6, depth=2, before=2, total=12, rate=0.2)
        self.stage3 = Stage(192, 12, depth=6, before=4, total=12, rate=0.2)
        self.stage4 = Stage(384, 24, depth=2, before=10, total=12, rate=0.2)
        self.layer_norm2 = nn.LayerNorm(768)
        self.dense = nn.Linear(768, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.patches(x)  # (96, 56, 56)
        x = self.layer_norm1(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        x = self.stage1(x)
        x = self.stage2(x)  # (192, 28, 28)
        x = self.stage3(x)  # (384, 14, 14)
        x = self.stage4(x)  # (768, 7, 7)
        x = self.layer_norm2(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        x = x.mean(dim=(2, 3))  # (768,)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
