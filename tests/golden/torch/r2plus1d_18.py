"""r2plus1d_18: R(2+1)D (Tran et al., 2017, arXiv:1711.11248), a ResNet of 18 layers whose
convolutions of videos are first in space, then in time.

Compiled by archc 0.1.0 from r2plus1d_18.yaml for PyTorch.
31,505,325 parameters, 40,519,080,960 multiply-accumulates an example.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class Conv2plus1d(nn.Module):
    def __init__(self, in_channels: int, filters: int, between: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(
            in_channels,
            between,
            kernel_size=(1, 3, 3),
            stride=(1, stride, stride),
            padding=(0, 1, 1),
            bias=False,
        )
        self.batch_norm1 = nn.BatchNorm3d(between)
        self.conv2 = nn.Conv3d(
            between,
            filters,
            kernel_size=(3, 1, 1),
            stride=(stride, 1, 1),
            padding=(1, 0, 0),
            bias=False,
        )
        self.batch_norm2 = nn.BatchNorm3d(filters)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        x = F.relu(self.batch_norm1(x), inplace=True)
        x = self.conv2(x)
        return self.batch_norm2(x)


class Basic(nn.Module):
    def __init__(self, in_channels: int, filters: int, between: int, stride: int) -> None:
        super().__init__()
        self.main_conv2plus1d1 = Conv2plus1d(in_channels, filters, between=between, stride=stride)
        self.main_conv2plus1d2 = Conv2plus1d(filters, filters, between=between, stride=1)
        self.with_shortcut = stride > 1
        if self.with_shortcut:
            self.shortcut_conv = nn.Conv3d(
                in_channels, filters, kernel_size=1, stride=stride, bias=False
            )
            self.shortcut_batch_norm = nn.BatchNorm3d(filters)

    def forward(self, x: Tensor) -> Tensor:
        main = F.relu(self.main_conv2plus1d1(x), inplace=True)
        main = self.main_conv2plus1d2(main)
        shortcut = x
        if self.with_shortcut:
            shortcut = self.shortcut_conv(x)
            shortcut = self.shortcut_batch_norm(shortcut)
        return F.relu(main + shortcut, inplace=True)


class Stage(nn.Module):
    def __init__(self, in_channels: int, filters: int, stride: int = 2) -> None:
        super().__init__()
        self.first = Basic(
            in_channels,
            filters,
            between=27 * in_channels * filters // (9 * in_channels + 3 * filters),
            stride=stride,
        )
        self.second = Basic(filters, filters, between=27 * filters // 12, stride=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x))


class R2plus1d18(nn.Module):
    """float32 (batch, 3, 16, 112, 112) -> probabilities (batch, 400)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(
            3, 45, kernel_size=(1, 7, 7), stride=(1, 2, 2), padding=(0, 3, 3), bias=False
        )
        self.batch_norm1 = nn.BatchNorm3d(45)
        self.conv2 = nn.Conv3d(45, 64, kernel_size=(3, 1, 1), padding=(1, 0, 0), bias=False)
        self.batch_norm2 = nn.BatchNorm3d(64)
        self.stage1 = Stage(64, 64, stride=1)
        self.stage2 = Stage(64, 128)
        self.stage3 = Stage(128, 256)
        self.stage4 = Stage(256, 512)
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
        x = self.conv1(x)  # (45, 16, 56, 56)
        x = F.relu(self.batch_norm1(x), inplace=True)
        x = self.conv2(x)  # (64, 16, 56, 56)
        x = F.relu(self.batch_norm2(x), inplace=True)
        x = self.stage1(x)
        x = self.stage2(x)  # (128, 8, 28, 28)
        x = self.stage3(x)  # (256, 4, 14, 14)
        x = self.stage4(x)  # (512, 2, 7, 7)
        x = x.mean(dim=(2, 3, 4))  # (512,)
        return self.dense(x)  # (400,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
