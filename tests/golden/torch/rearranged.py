"""rearranged: Shuffles, scales, reductions, gates and adaptive pools, within blocks that are
used at several sizes.

Compiled by archc 0.1.0 from rearranged.yaml for PyTorch.
3,539 parameters, 387,372 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def unfold(
    x: Tensor,
    kernel_size: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...] = (1, 1, 1),
) -> Tensor:
    """Put what each window holds into the channels: row by row, and at each place its channels."""
    rank = len(kernel_size)
    for dim in range(rank):
        span = (kernel_size[dim] - 1) * dilation[dim] + 1
        x = x.unfold(dim + 2, span, stride[dim])[..., :: dilation[dim]]
    return x.permute(0, *range(-rank, 0), 1, *range(2, rank + 2)).flatten(1, rank + 1)


def fold(x: Tensor, kernel_size: tuple[int, ...]) -> Tensor:
    """Lay the channels out as windows that stand side by side: row by row, then the channels."""
    rank = len(kernel_size)
    x = x.unflatten(1, (*kernel_size, -1))
    x = x.permute(0, rank + 1, *(dim for i in range(rank) for dim in (rank + 2 + i, i + 1)))
    for dim in range(2, rank + 2):
        x = x.flatten(dim, dim + 1)
    return x


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


class GaussianNoise(nn.Module):
    """In training, add normal noise to every value."""

    def __init__(self, stddev: float) -> None:
        super().__init__()
        self.stddev = stddev

    def forward(self, x: Tensor) -> Tensor:
        return x + self.stddev * torch.randn_like(x) if self.training else x


class Scale1d(nn.Module):
    """Multiply each channel by a learned number."""

    def __init__(self, channels: int, initial: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(initial * torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight[:, None]


class Windows(nn.Module):
    def __init__(self, in_channels: int, kernel_size: int, unfold1_pads: tuple[int, ...]) -> None:
        super().__init__()
        self.unfold1_pads = unfold1_pads
        self.unfold1_kernel_size = (kernel_size, kernel_size)
        self.conv1 = nn.Conv2d(kernel_size * kernel_size * in_channels, 24, kernel_size=1)
        self.unfold3_kernel_size = (1, kernel_size)
        self.conv2 = nn.Conv2d(kernel_size * 12, in_channels, kernel_size=(2, 1), stride=(2, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = unfold(F.pad(x, self.unfold1_pads), self.unfold1_kernel_size, (1, 1))
        x = unfold(torch.tanh(self.conv1(x)), (2, 1), (2, 1))
        x = unfold(F.pad(fold(x, (4, 1)), (2, 2, 0, 0)), self.unfold3_kernel_size, (1, 1), (1, 2))
        return self.conv2(x)


class Unit(nn.Module):
    def __init__(
        self, in_channels: int, groups: int = 2, rate: float = 0.1, start: float = 0.001
    ) -> None:
        super().__init__()
        self.main_reflect_pad = nn.ReflectionPad2d(1)
        self.main_conv = nn.Conv2d(in_channels, in_channels * 2, kernel_size=3, groups=groups)
        self.main_channel_shuffle = nn.ChannelShuffle(groups)
        self.main_rms_norm = nn.RMSNorm(in_channels, eps=1e-05)
        self.main_scale = Scale2d(in_channels, initial=start)
        self.main_drop_path = DropPath(rate)

    def forward(self, x: Tensor) -> Tensor:
        main = self.main_reflect_pad(x)
        main = F.mish(self.main_conv(main))
        main = F.glu(self.main_channel_shuffle(main), dim=1)
        main = self.main_rms_norm(main.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        main = self.main_scale(main)
        main = self.main_drop_path(main)
        return main + x


class Attention(nn.Module):
    def __init__(self, kernel_size: int) -> None:
        super().__init__()
        self.gate_conv = nn.Conv2d(2, 1, kernel_size=kernel_size, padding="same")

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(dim=1, keepdim=True)
        max_ = x.amax(dim=1, keepdim=True)
        gate = torch.sigmoid(self.gate_conv(torch.cat([mean, max_], dim=1)))
        return x * gate


class Rearranged(nn.Module):
    """float32 (batch, 6, 12, 9) -> (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.windows1 = Windows(6, 3, unfold1_pads=(1, 1, 1, 1))
        self.windows2 = Windows(6, 2, unfold1_pads=(0, 1, 0, 1))
        self.unit1 = Unit(6, rate=0.2)
        self.unit2 = Unit(6, groups=3, start=0.5)
        self.attention1 = Attention(7)
        self.conv1 = nn.Conv2d(6, 8, kernel_size=1)
        self.instance_norm = nn.InstanceNorm2d(8)
        self.pixel_shuffle = nn.PixelShuffle(2)
        self.attention2 = Attention(3)
        self.gaussian_noise = GaussianNoise(0.1)
        self.adaptive_max_pool = nn.AdaptiveMaxPool2d((7, 4))
        self.adaptive_avg_pool = nn.AdaptiveAvgPool2d((7, 2))
        self.conv2_padding = nn.ZeroPad1d((2, 0))
        self.conv2 = nn.Conv1d(2, 6, kernel_size=2, dilation=2)
        self.conv3_padding = nn.ZeroPad1d((2, 0))
        self.conv3 = nn.Conv1d(6, 4, kernel_size=3, stride=2)
        self.scale = Scale1d(4)
        self.dense = nn.Linear(4, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = x * 0.25 - 0.5
        x = self.windows1(x)
        x = self.windows2(x)  # (6, 12, 11)
        x = self.unit1(x)
        x = self.unit2(x)
        x = torch.roll(self.attention1(x), (-1, 2), dims=(2, 3))
        x = F.celu(self.conv1(x), alpha=0.5)  # (8, 12, 11)
        x = self.instance_norm(x)
        x = self.pixel_shuffle(x)  # (2, 24, 22)
        x = self.attention2(x)
        x = torch.clamp(self.gaussian_noise(x), -2, 2)
        x = self.adaptive_max_pool(x)  # (2, 7, 4)
        x = self.adaptive_avg_pool(x)  # (2, 7, 2)
        x = x.mean(dim=3)  # (2, 7)
        x = torch.clamp(self.conv2(self.conv2_padding(x)), -1, 1)  # (6, 7)
        x = F.softsign(self.conv3(self.conv3_padding(x)))  # (4, 4)
        x = F.normalize(self.scale(x), dim=1)
        x = torch.exp(x.sum(dim=2))  # (4,)
        return F.log_softmax(self.dense(x), dim=-1)  # (3,)
