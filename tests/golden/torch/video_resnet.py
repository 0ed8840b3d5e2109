"""video_resnet: ResNets of 18 layers for videos (Tran et al., 2017, arXiv:1711.11248), R3D
unless a variant says otherwise.

Compiled by archc 0.1.0 from video_resnet.yaml for PyTorch.
33,371,472 parameters, 40,696,553,472 multiply-accumulates an example.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class ConvNorm(nn.Module):
    def __init__(self, in_channels: int, filters: int, frames: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(
            in_channels,
            filters,
            kernel_size=(frames, 3, 3),
            stride=(stride if frames > 1 else 1, stride, stride),
            padding=(frames // 2, 1, 1),
            bias=False,
        )
        self.batch_norm = nn.BatchNorm3d(filters)

    def forward(self, x: Tensor) -> Tensor:
        return self.batch_norm(self.conv(x))


class Basic(nn.Module):
    def __init__(self, in_channels: int, filters: int, frames: int, stride: int) -> None:
        super().__init__()
        self.main_conv_norm1 = ConvNorm(in_channels, filters, frames=frames, stride=stride)
        self.main_conv_norm2 = ConvNorm(filters, filters, frames=frames, stride=1)
        self.with_shortcut = stride > 1
        if self.with_shortcut:
            self.shortcut_conv = nn.Conv3d(
                in_channels,
                filters,
                kernel_size=1,
                stride=(stride if frames > 1 else 1, stride, stride),
                bias=False,
            )
            self.shortcut_batch_norm = nn.BatchNorm3d(filters)

    def forward(self, x: Tensor) -> Tensor:
        main = F.relu(self.main_conv_norm1(x), inplace=True)
        main = self.main_conv_norm2(main)
        shortcut = x
        if self.with_shortcut:
            shortcut = self.shortcut_conv(x)
            shortcut = self.shortcut_batch_norm(shortcut)
        return F.relu(main + shortcut, inplace=True)


class Stage(nn.Module):
    def __init__(self, in_channels: int, filters: int, frames: int, stride: int = 2) -> None:
        super().__init__()
        self.basic = nn.ModuleList()
        channels = in_channels
        for index in range(2):
            self.basic.append(
                Basic(channels, filters, frames=frames, stride=stride if index == 0 else 1)
            )
            channels = filters

    def forward(self, x: Tensor) -> Tensor:
        for block in self.basic:
            x = block(x)
        return x


class VideoResnet(nn.Module):
    """float32 (batch, 3, 16, 112, 112) -> probabilities (batch, 400)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(
            3, 64, kernel_size=(3, 7, 7), stride=(1, 2, 2), padding=(1, 3, 3), bias=False
        )
        self.batch_norm = nn.BatchNorm3d(64)
        self.stage1 = Stage(64, 64, frames=3, stride=1)
        self.stage2 = Stage(64, 128, frames=3)
        self.stage3 = Stage(128, 256, frames=3)
        self.stage4 = Stage(256, 512, frames=3)
        self.dense = nn.Linear(512, 400)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv3d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.conv(x)  # (64, 16, 56, 56)
        x = F.relu(self.batch_norm(x), inplace=True)
        x = self.stage1(x)
        x = self.stage2(x)  # (128, 8, 28, 28)
        x = self.stage3(x)  # (256, 4, 14, 14)
        x = self.stage4(x)  # (512, 2, 7, 7)
        x = x.mean(dim=(2, 3, 4))  # (512,)
        return self.dense(x)  # (400,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
