"""inception_v3: Inception v3 (Szegedy et al., 2015), without the auxiliary head; as torchvision
has it.

Compiled by archc 0.1.0 from inception_v3.yaml for PyTorch.
23,834,568 parameters, 5,713,216,096 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ConvNormRelu(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        kernel_size: int | tuple[int, ...] = 1,
        stride: int = 1,
        padding: str = "same",
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            filters,
            kernel_size=kernel_size,
            stride=stride,
            padding=padding,
            bias=False,
        )
        self.batch_norm = nn.BatchNorm2d(filters, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.batch_norm(self.conv(x)), inplace=True)


class InceptionA(nn.Module):
    def __init__(self, in_channels: int, pool: int) -> None:
        super().__init__()
        self.conv1x1 = ConvNormRelu(in_channels, 64)
        self.conv5x5_conv_norm_relu1 = ConvNormRelu(in_channels, 48)
        self.conv5x5_conv_norm_relu2 = ConvNormRelu(48, 64, kernel_size=5)
        self.double3x3_conv_norm_relu1 = ConvNormRelu(in_channels, 64)
        self.double3x3_conv_norm_relu2 = nn.ModuleList()
        channels = 64
        for _ in range(2):
            self.double3x3_conv_norm_relu2.append(ConvNormRelu(channels, 96, kernel_size=3))
            channels = 96
        self.pooled_avg_pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.pooled_conv_norm_relu = ConvNormRelu(in_channels, pool)

    def forward(self, x: Tensor) -> Tensor:
        conv1x1 = self.conv1x1(x)
        conv5x5 = self.conv5x5_conv_norm_relu2(self.conv5x5_conv_norm_relu1(x))
        double3x3 = self.double3x3_conv_norm_relu1(x)
        for block in self.double3x3_conv_norm_relu2:
            double3x3 = block(double3x3)
        pooled = self.pooled_conv_norm_relu(self.pooled_avg_pool(x))
        return torch.cat([conv1x1, conv5x5, double3x3, pooled], dim=1)


class InceptionB(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv1x1 = ConvNormRelu(in_channels, 192)
        self.conv7x7_conv_norm_relu1 = ConvNormRelu(in_channels, filters)
        self.conv7x7_conv_norm_relu2 = ConvNormRelu(filters, filters, kernel_size=(1, 7))
        self.conv7x7_conv_norm_relu3 = ConvNormRelu(filters, 192, kernel_size=(7, 1))
        self.double7x7_conv_norm_relu1 = ConvNormRelu(in_channels, filters)
        self.double7x7_conv_norm_relu2 = ConvNormRelu(filters, filters, kernel_size=(7, 1))
        self.double7x7_conv_norm_relu3 = ConvNormRelu(filters, filters, kernel_size=(1, 7))
        self.double7x7_conv_norm_relu4 = ConvNormRelu(filters, filters, kernel_size=(7, 1))
        self.double7x7_conv_norm_relu5 = ConvNormRelu(filters, 192, kernel_size=(1, 7))
        self.pooled_avg_pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.pooled_conv_norm_relu = ConvNormRelu(in_channels, 192)

    def forward(self, x: Tensor) -> Tensor:
        conv1x1 = self.conv1x1(x)
        conv7x7 = self.conv7x7_conv_norm_relu2(self.conv7x7_conv_norm_relu1(x))
        conv7x7 = self.conv7x7_conv_norm_relu3(conv7x7)
        double7x7 = self.double7x7_conv_norm_relu1(x)
        double7x7 = self.double7x7_conv_norm_relu2(double7x7)
        double7x7 = self.double7x7_conv_norm_relu3(double7x7)
        double7x7 = self.double7x7_conv_norm_relu4(double7x7)
        double7x7 = self.double7x7_conv_norm_relu5(double7x7)
        pooled = self.pooled_conv_norm_relu(self.pooled_avg_pool(x))
        return torch.cat([conv1x1, conv7x7, double7x7, pooled], dim=1)


class RowsAndColumns(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.rows = ConvNormRelu(in_channels, 384, kernel_size=(1, 3))
        self.columns = ConvNormRelu(in_channels, 384, kernel_size=(3, 1))

    def forward(self, x: Tensor) -> Tensor:
        rows = self.rows(x)
        columns = self.columns(x)
        return torch.cat([rows, columns], dim=1)


class InceptionC(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.conv1x1 = ConvNormRelu(in_channels, 320)
        self.conv3x3_conv_norm_relu = ConvNormRelu(in_channels, 384)
        self.conv3x3_rows_and_columns = RowsAndColumns(384)
        self.double3x3_conv_norm_relu1 = ConvNormRelu(in_channels, 448)
        self.double3x3_conv_norm_relu2 = ConvNormRelu(448, 384, kernel_size=3)
        self.double3x3_rows_and_columns = RowsAndColumns(384)
        self.pooled_avg_pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.pooled_conv_norm_relu = ConvNormRelu(in_channels, 192)

    def forward(self, x: Tensor) -> Tensor:
        conv1x1 = self.conv1x1(x)
        conv3x3 = self.conv3x3_rows_and_columns(self.conv3x3_conv_norm_relu(x))
        double3x3 = self.double3x3_conv_norm_relu2(self.double3x3_conv_norm_relu1(x))
        double3x3 = self.double3x3_rows_and_columns(double3x3)
        pooled = self.pooled_conv_norm_relu(self.pooled_avg_pool(x))
        return torch.cat([conv1x1, conv3x3, double3x3, pooled], dim=1)


class InceptionV3(nn.Module):
    """float32 (batch, 3, 299, 299) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_norm_relu1 = ConvNormRelu(3, 32, kernel_size=3, stride=2, padding="valid")
        self.conv_norm_relu2 = ConvNormRelu(32, 32, kernel_size=3, padding="valid")
        self.conv_norm_relu3 = ConvNormRelu(32, 64, kernel_size=3)
        self.max_pool1 = nn.MaxPool2d(3, stride=2)
        self.conv_norm_relu4 = ConvNormRelu(64, 80)
        self.conv_norm_relu5 = ConvNormRelu(80, 192, kernel_size=3, padding="valid")
        self.max_pool2 = nn.MaxPool2d(3, stride=2)
        self.inception_a = nn.ModuleList()
        channels = 192
        for pool in (32, 64, 64):
            self.inception_a.append(InceptionA(channels, pool))
            channels = pool + 224
        self.reduction_a_conv3x3 = ConvNormRelu(
            channels, 384, kernel_size=3, stride=2, padding="valid"
        )
        self.double3x3_conv_norm_relu1 = ConvNormRelu(channels, 64)
        self.double3x3_conv_norm_relu2 = ConvNormRelu(64, 96, kernel_size=3)
        self.double3x3_conv_norm_relu3 = ConvNormRelu(
            96, 96, kernel_size=3, stride=2, padding="valid"
        )
        self.reduction_a_pooled = nn.MaxPool2d(3, stride=2)
        self.inception_b = nn.ModuleList()
        for filters in (128, 160, 160, 192):
            self.inception_b.append(InceptionB(768, filters))
        self.reduction_b_conv3x3_conv_norm_relu1 = ConvNormRelu(768, 192)
        self.reduction_b_conv3x3_conv_norm_relu2 = ConvNormRelu(
            192, 320, kernel_size=3, stride=2, padding="valid"
        )
        self.conv7x7_conv_norm_relu1 = ConvNormRelu(768, 192)
        self.conv7x7_conv_norm_relu2 = ConvNormRelu(192, 192, kernel_size=(1, 7))
        self.conv7x7_conv_norm_relu3 = ConvNormRelu(192, 192, kernel_size=(7, 1))
        self.conv7x7_conv_norm_relu4 = ConvNormRelu(
            192, 192, kernel_size=3, stride=2, padding="valid"
        )
        self.reduction_b_pooled = nn.MaxPool2d(3, stride=2)
        self.inception_c = nn.ModuleList()
        channels = 1280
        for _ in range(2):
            self.inception_c.append(InceptionC(channels))
            channels = 2048
        self.dropout = nn.Dropout(0.5)
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
        x = self.conv_norm_relu1(x)  # (32, 149, 149)
        x = self.conv_norm_relu2(x)  # (32, 147, 147)
        x = self.conv_norm_relu3(x)  # (64, 147, 147)
        x = self.max_pool1(x)  # (64, 73, 73)
        x = self.conv_norm_relu4(x)  # (80, 73, 73)
        x = self.conv_norm_relu5(x)  # (192, 71, 71)
        x = self.max_pool2(x)  # (192, 35, 35)
        for block in self.inception_a:
            x = block(x)
        conv3x3 = self.reduction_a_conv3x3(x)  # (384, 17, 17)
        double3x3 = self.double3x3_conv_norm_relu2(self.double3x3_conv_norm_relu1(x))
        double3x3 = self.double3x3_conv_norm_relu3(double3x3)  # (96, 17, 17)
        pooled = self.reduction_a_pooled(x)  # (288, 17, 17)
        x = torch.cat([conv3x3, double3x3, pooled], dim=1)  # (768, 17, 17)
        for block in self.inception_b:
            x = block(x)
        conv3x3 = self.reduction_b_conv3x3_conv_norm_relu2(
            self.reduction_b_conv3x3_conv_norm_relu1(x)
        )
        conv7x7 = self.conv7x7_conv_norm_relu1(x)  # (192, 17, 17)
        conv7x7 = self.conv7x7_conv_norm_relu2(conv7x7)
        conv7x7 = self.conv7x7_conv_norm_relu3(conv7x7)
        conv7x7 = self.conv7x7_conv_norm_relu4(conv7x7)  # (192, 8, 8)
        pooled = self.reduction_b_pooled(x)  # (768, 8, 8)
        x = torch.cat([conv3x3, conv7x7, pooled], dim=1)  # (1280, 8, 8)
        for block in self.inception_c:
            x = block(x)
        x = x.mean(dim=(2, 3))  # (2048,)
        x = self.dropout(x)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
