"""convnext: ConvNeXt (Liu et al., 2022, arXiv:2201.03545), tiny unless a variant says otherwise.

Compiled by archc 0.1.0 from convnext.yaml for PyTorch.
28,589,128 parameters, 4,455,531,264 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Scale2d(nn.Module):
    """Multiply each channel by a learned number."""

    def __init__(self, channels: int, initial: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(initial * torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight[:, None, None]


class DropPath(nn.Dropout):
    """In training, zero whole examples with probability `p` and divide the others by 1 - p."""

    def forward(self, x: Tensor) -> Tensor:
        return x * super().forward(x.new_ones(len(x), *[1] * (x.dim() - 1)))


class ConvnextBlock(nn.Module):
    def __init__(self, in_channels: int, rate: float) -> None:
        super().__init__()
        self.main_depthwise_conv = nn.Conv2d(
            in_channels, in_channels, kernel_size=7, padding=3, groups=in_channels
        )
        self.main_layer_norm = nn.LayerNorm(in_channels, eps=1e-06)
        self.main_conv1 = nn.Conv2d(in_channels, in_channels * 4, kernel_size=1)
        self.main_conv2 = nn.Conv2d(in_channels * 4, in_channels, kernel_size=1)
        self.main_scale = Scale2d(in_channels, initial=1e-06)
        self.main_drop_path = DropPath(rate)

    def forward(self, x: Tensor) -> Tensor:
        main = self.main_depthwise_conv(x)
        main = self.main_layer_norm(main.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        main = F.gelu(self.main_conv1(main))
        main = self.main_conv2(main)
        main = self.main_scale(main)
        main = self.main_drop_path(main)
        return main + x


class Stage(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, depth: int, before: int, total: int, rate: float
    ) -> None:
        super().__init__()
        channels = in_channels
        self.with_chain = before > 0
        if self.with_chain:
            self.chain_layer_norm = nn.LayerNorm(in_channels, eps=1e-06)
            self.chain_conv = nn.Conv2d(in_channels, filters, kernel_size=2, stride=2)
            channels = filters
        self.convnext_block = nn.ModuleList()
        for index in range(depth):
            self.convnext_block.append(
                ConvnextBlock(channels, rate * (before + index) / (total - 1))
            )

    def forward(self, x: Tensor) -> Tensor:
        if self.with_chain:
            x = self.chain_layer_norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
            x = self.chain_conv(x)
        for block in self.convnext_block:
            x = block(x)
        return x


class Convnext(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 96, kernel_size=4, stride=4)
        self.layer_norm1 = nn.LayerNorm(96, eps=1e-06)
        self.stage1 = Stage(96, 96, depth=3, before=0, total=18, rate=0.1)
        self.stage2 = Stage(96, 192, depth=3, before=3, total=18, rate=0.1)
        self.stage3 = Stage(192, 384, depth=9, before=6, total=18, rate=0.1)
        self.stage4 = Stage(384, 768, depth=3, before=15, total=18, rate=0.1)
        self.layer_norm2 = nn.LayerNorm(768, eps=1e-06)
        self.dense = nn.Linear(768, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.patches(x)  # (96, 56, 56)
        x = self.layer_norm1(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        x = self.stage1(x)
        x = self.stage2(x)  # (192, 28, 28)
        x = self.stage3(x)  # (384, 14, 14)
        x = self.stage4(x)  # (768, 7, 7)
        x = x.mean(dim=(2, 3))  # (768,)
        x = self.layer_norm2(x)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
