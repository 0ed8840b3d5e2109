"""fcn_resnet50: FCN (Long, Shelhamer and Darrell, 2014) on a dilated ResNet-50, as torchvision
has it, without the auxiliary head.

Compiled by archc 0.1.0 from fcn_resnet50.yaml for PyTorch.
32,957,013 parameters, 142,725,772,800 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class ConvNorm(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        kernel_size: int = 1,
        stride: int = 1,
        dilation: int = 1,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            filters,
            kernel_size=kernel_size,
            stride=stride,
            padding=kernel_size // 2 * dilation,
            dilation=dilation,
            bias=False,
        )
        self.batch_norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        return self.batch_norm(self.conv(x))


class Bottleneck(nn.Module):
    def __init__(self, in_channels: int, filters: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.main_conv_norm1 = ConvNorm(in_channels, filters)
        self.main_conv_norm2 = ConvNorm(
            filters, filters, kernel_size=3, stride=stride, dilation=dilation
        )
        self.main_conv_norm3 = ConvNorm(filters, filters * 4)
        self.with_shortcut = stride > 1 or in_channels != filters * 4
        if self.with_shortcut:
            self.shortcut = ConvNorm(in_channels, filters * 4, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        main = F.relu(self.main_conv_norm1(x), inplace=True)
        main = F.relu(self.main_conv_norm2(main), inplace=True)
        main = self.main_conv_norm3(main)
        shortcut = x
        if self.with_shortcut:
            shortcut = self.shortcut(x)
        return F.relu(main + shortcut, inplace=True)


class Stage(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int, stride: int = 2) -> None:
        super().__init__()
        self.bottleneck = nn.ModuleList()
        channels = in_channels
        for index in range(depth):
            self.bottleneck.append(
                Bottleneck(channels, filters, stride=stride if index == 0 else 1)
            )
            channels = filters * 4

    def forward(self, x: Tensor) -> Tensor:
        for block in self.bottleneck:
            x = block(x)
        return x


class DilatedStage(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int, dilation: int) -> None:
        super().__init__()
        self.bottleneck = nn.ModuleList()
        channels = in_channels
        for index in range(depth):
            self.bottleneck.append(
                Bottleneck(channels, filters, dilation=dilation // 2 if index == 0 else dilation)
            )
            channels = filters * 4

    def forward(self, x: Tensor) -> Tensor:
        for block in self.bottleneck:
            x = block(x)
        return x


class FcnResnet50(nn.Module):
    """float32 (batch, 3, 520, 520) -> probabilities (batch, 21, 520, 520)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, 64, kernel_size=7, stride=2)
        self.max_pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.stage1 = Stage(64, 64, depth=3, stride=1)
        self.stage2 = Stage(256, 128, depth=4)
        self.dilated_stage1 = DilatedStage(512, 256, depth=6, dilation=2)
        self.dilated_stage2 = DilatedStage(1024, 512, depth=3, dilation=4)
        self.head = ConvNorm(2048, 512, kernel_size=3)
        self.dropout = nn.Dropout(0.1)
        self.scores = nn.Conv2d(512, 21, kernel_size=1)
        self.upsample = nn.Upsample(scale_factor=8, mode="bilinear")
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.stem(x), inplace=True)  # (64, 260, 260)
        x = self.max_pool(x)  # (64, 130, 130)
        x = self.stage1(x)  # (256, 130, 130)
        x = self.stage2(x)  # (512, 65, 65)
        x = self.dilated_stage1(x)  # (1024, 65, 65)
        x = self.dilated_stage2(x)  # (2048, 65, 65)
        x = F.relu(self.head(x), inplace=True)  # (512, 65, 65)
        x = self.dropout(x)
        x = self.scores(x)  # (21, 65, 65)
        return self.upsample(x)  # (21, 520, 520)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=1)
