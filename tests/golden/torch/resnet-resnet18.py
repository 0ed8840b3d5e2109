"""resnet: ResNet (He et al., 2015), 50 layers deep unless a variant says otherwise; bottlenecks
stride at their 3x3.

Compiled by archc 0.1.0 from resnet.yaml for PyTorch.
11,689,512 parameters, 1,814,073,344 multiply-accumulates an image.
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
        self.batch_norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        return self.batch_norm(self.conv(x))


class Basic(nn.Module):
    def __init__(self, in_channels: int, filters: int, stride: int = 1) -> None:
        super().__init__()
        self.main_conv_norm1 = ConvNorm(in_channels, filters, kernel_size=3, stride=stride)
        self.main_conv_norm2 = ConvNorm(filters, filters, kernel_size=3)
        self.with_shortcut = stride > 1 or in_channels != filters
        if self.with_shortcut:
            self.shortcut = ConvNorm(in_channels, filters, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        main = F.relu(self.main_conv_norm1(x), inplace=True)
        main = self.main_conv_norm2(main)
        shortcut = x
        if self.with_shortcut:
            shortcut = self.shortcut(x)
        return F.relu(main + shortcut, inplace=True)


class Stage(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int, stride: int = 2) -> None:
        super().__init__()
        self.basic = nn.ModuleList()
        channels = in_channels
        for index in range(depth):
            self.basic.append(Basic(channels, filters, stride=stride if index == 0 else 1))
            channels = filters

    def forward(self, x: Tensor) -> Tensor:
        for block in self.basic:
            x = block(x)
        return x


class Resnet(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, 64, kernel_size=7, stride=2)
        self.max_pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.stage1 = Stage(64, 64, depth=2, stride=1)
        self.stage2 = Stage(64, 128, depth=2)
        self.stage3 = Stage(128, 256, depth=2)
        self.stage4 = Stage(256, 512, depth=2)
        self.dense = nn.Linear(512, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.stem(x), inplace=True)  # (64, 112, 112)
        x = self.max_pool(x)  # (64, 56, 56)
        x = self.stage1(x)
        x = self.stage2(x)  # (128, 28, 28)
        x = self.stage3(x)  # (256, 14, 14)
        x = self.stage4(x)  # (512, 7, 7)
        x = x.mean(dim=(2, 3))  # (512,)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
