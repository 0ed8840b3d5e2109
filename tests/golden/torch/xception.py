"""xception: Xception (Chollet, 2016), with the padding and the norms of Keras.

Compiled by archc 0.1.0 from xception.yaml for PyTorch.
22,855,952 parameters, 8,357,403,496 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class SeparableConv2d(nn.Sequential):
    """A convolution of each channel apart, then one of kernel size 1 that mixes the channels."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        padding: int | tuple[int, int] | str = 0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels, in_channels, kernel_size, padding=padding, groups=in_channels, bias=False
        )
        self.pointwise = nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=bias)


class SeparableNorm(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.separable_conv = SeparableConv2d(
            in_channels, filters, kernel_size=3, padding="same", bias=False
        )
        self.batch_norm = nn.BatchNorm2d(filters, eps=0.001, momentum=0.01)

    def forward(self, x: Tensor) -> Tensor:
        return self.batch_norm(self.separable_conv(x))


class Reduction(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        hidden: int,
        main_max_pool_padding: int,
        main_max_pool_ceil_mode: bool,
        rectified: bool = True,
    ) -> None:
        super().__init__()
        self.with_main_relu1 = rectified
        self.main_separable_norm1 = SeparableNorm(in_channels, hidden)
        self.main_separable_norm2 = SeparableNorm(hidden, filters)
        self.main_max_pool = nn.MaxPool2d(
            3, stride=2, padding=main_max_pool_padding, ceil_mode=main_max_pool_ceil_mode
        )
        self.shortcut_conv = nn.Conv2d(in_channels, filters, kernel_size=1, stride=2, bias=False)
        self.shortcut_batch_norm = nn.BatchNorm2d(filters, eps=0.001, momentum=0.01)

    def forward(self, x: Tensor) -> Tensor:
        main = x
        if self.with_main_relu1:
            main = F.relu(x)
        main = F.relu(self.main_separable_norm1(main), inplace=True)
        main = self.main_separable_norm2(main)
        main = self.main_max_pool(main)
        shortcut = self.shortcut_batch_norm(self.shortcut_conv(x))
        return main + shortcut


class _MiddleChain(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.separable_norm = SeparableNorm(in_channels, filters)

    def forward(self, x: Tensor) -> Tensor:
        return self.separable_norm(F.relu(x))


class Middle(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.main = nn.ModuleList(_MiddleChain(in_channels, filters) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        main = x
        for block in self.main:
            main = block(main)
        return main + x


class Xception(nn.Module):
    """float32 (batch, 3, 299, 299) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, kernel_size=3, stride=2, bias=False)
        self.batch_norm1 = nn.BatchNorm2d(32, eps=0.001, momentum=0.01)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3, bias=False)
        self.batch_norm2 = nn.BatchNorm2d(64, eps=0.001, momentum=0.01)
        self.reduction1 = Reduction(
            64,
            128,
            main_max_pool_padding=1,
            main_max_pool_ceil_mode=False,
            hidden=128,
            rectified=False,
        )
        self.reduction2 = Reduction(
            128, 256, main_max_pool_padding=0, main_max_pool_ceil_mode=True, hidden=256
        )
        self.reduction3 = Reduction(
            256, 728, main_max_pool_padding=1, main_max_pool_ceil_mode=False, hidden=728
        )
        self.middle = nn.ModuleList(Middle(728, 728) for _ in range(8))
        self.reduction4 = Reduction(
            728, 1024, main_max_pool_padding=1, main_max_pool_ceil_mode=False, hidden=728
        )
        self.separable_norm1 = SeparableNorm(1024, 1536)
        self.separable_norm2 = SeparableNorm(1536, 2048)
        self.dense = nn.Linear(2048, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.conv1(x)  # (32, 149, 149)
        x = F.relu(self.batch_norm1(x), inplace=True)
        x = self.conv2(x)  # (64, 147, 147)
        x = F.relu(self.batch_norm2(x), inplace=True)
        x = self.reduction1(x)  # (128, 74, 74)
        x = self.reduction2(x)  # (256, 37, 37)
        x = self.reduction3(x)  # (728, 19, 19)
        for block in self.middle:
            x = block(x)
        x = self.reduction4(x)  # (1024, 10, 10)
        x = F.relu(self.separable_norm1(x), inplace=True)  # (1536, 10, 10)
        x = F.relu(self.separable_norm2(x), inplace=True)  # (2048, 10, 10)
        x = x.mean(dim=(2, 3))  # (2048,)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
