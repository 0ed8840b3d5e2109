"""mnasnet: MnasNet-B1 (Tan et al., 2018), with the channels of torchvision.

Compiled by archc 0.1.0 from mnasnet.yaml for PyTorch.
4,383,312 parameters, 314,415,872 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class ConvNorm(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, kernel_size: int = 1, stride: int = 1
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            filters,
            kernel_size=kernel_size,
            stride=stride,
            padding=kernel_size // 2,
            bias=False,
        )
        self.batch_norm = nn.BatchNorm2d(filters, momentum=0.0003)

    def forward(self, x: Tensor) -> Tensor:
        return self.batch_norm(self.conv(x))


class DepthwiseNorm(nn.Module):
    def __init__(self, in_channels: int, kernel_size: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.depthwise_conv = nn.Conv2d(
            in_channels,
            in_channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=kernel_size // 2,
            groups=in_channels,
            bias=False,
        )
        self.batch_norm = nn.BatchNorm2d(in_channels, momentum=0.0003)

    def forward(self, x: Tensor) -> Tensor:
        return self.batch_norm(self.depthwise_conv(x))


class InvertedResidual(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, kernel_size: int, expansion: int, stride: int
    ) -> None:
        super().__init__()
        self.main_expand = ConvNorm(in_channels, in_channels * expansion)
        self.main_depthwise = DepthwiseNorm(
            in_channels * expansion, kernel_size=kernel_size, stride=stride
        )
        self.main_project = ConvNorm(in_channels * expansion, filters)
        self.with_shortcut = stride == 1 and in_channels == filters

    def forward(self, x: Tensor) -> Tensor:
        main = F.relu(self.main_expand(x), inplace=True)
        main = F.relu(self.main_depthwise(main), inplace=True)
        main = self.main_project(main)
        if self.with_shortcut:
            main = main + x
        return main


class Stage(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        depth: int,
        kernel_size: int,
        expansion: int,
        stride: int,
    ) -> None:
        super().__init__()
        self.inverted_residual = nn.ModuleList()
        channels = in_channels
        for index in range(depth):
            self.inverted_residual.append(
                InvertedResidual(
                    channels,
                    filters,
                    kernel_size=kernel_size,
                    expansion=expansion,
                    stride=stride if index == 0 else 1,
                ),
            )
            channels = filters

    def forward(self, x: Tensor) -> Tensor:
        for block in self.inverted_residual:
            x = block(x)
        return x


class Mnasnet(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, 32, kernel_size=3, stride=2)
        self.depthwise_norm = DepthwiseNorm(32)
        self.separable = ConvNorm(32, 16)
        self.stage1 = Stage(16, 24, depth=3, kernel_size=3, expansion=3, stride=2)
        self.stage2 = Stage(24, 40, depth=3, kernel_size=5, expansion=3, stride=2)
        self.stage3 = Stage(40, 80, depth=3, kernel_size=5, expansion=6, stride=2)
        self.stage4 = Stage(80, 96, depth=2, kernel_size=3, expansion=6, stride=1)
        self.stage5 = Stage(96, 192, depth=4, kernel_size=5, expansion=6, stride=2)
        self.stage6 = Stage(192, 320, depth=1, kernel_size=3, expansion=6, stride=1)
        self.head = ConvNorm(320, 1280)
        self.dropout = nn.Dropout(0.2)
        self.dense = nn.Linear(1280, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.stem(x), inplace=True)  # (32, 112, 112)
        x = F.relu(self.depthwise_norm(x), inplace=True)
        x = self.separable(x)  # (16, 112, 112)
        x = self.stage1(x)  # (24, 56, 56)
        x = self.stage2(x)  # (40, 28, 28)
        x = self.stage3(x)  # (80, 14, 14)
        x = self.stage4(x)  # (96, 14, 14)
        x = self.stage5(x)  # (192, 7, 7)
        x = self.stage6(x)  # (320, 7, 7)
        x = F.relu(self.head(x), inplace=True)  # (1280, 7, 7)
        x = x.mean(dim=(2, 3))  # (1280,)
        x = self.dropout(x)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
