"""ops_in_block: Every op that has a form of its own, within one block that is used at several
sizes.

Compiled by archc 0.1.0 from ops_in_block.yaml for PyTorch.
3,843 parameters, 84,510 multiply-accumulates an image.
"""

import torch
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
    ) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels, in_channels, kernel_size, padding=padding, groups=in_channels, bias=False
        )
        self.pointwise = nn.Conv2d(in_channels, out_channels, kernel_size=1)


class Everything(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, avg_pool1_padding: tuple[int, ...], scale: int = 2
    ) -> None:
        super().__init__()
        self.separable_conv = SeparableConv2d(in_channels, filters, kernel_size=3, padding="same")
        self.depthwise_conv = nn.Conv2d(
            filters, filters * 2, kernel_size=3, stride=2, padding=1, groups=filters
        )
        self.avg_pool1 = nn.AvgPool2d(
            3, stride=2, padding=avg_pool1_padding, ceil_mode=True, count_include_pad=False
        )
        self.upsample1 = nn.Upsample(scale_factor=scale, mode="bilinear")
        self.conv_transpose = nn.ConvTranspose2d(filters * 2, filters, kernel_size=3, stride=2)
        self.layer_norm = nn.LayerNorm(filters)
        self.max_pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.upsample2 = nn.Upsample(scale_factor=(2, 1))
        self.prelu = nn.PReLU(filters)
        self.avg_pool2 = nn.AvgPool2d(2, stride=1, padding=1)
        self.group_norm = nn.GroupNorm(1, filters)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.separable_conv(x))
        x = F.leaky_relu(self.depthwise_conv(x), 0.125)
        x = self.avg_pool1(x)
        x = self.upsample1(x)
        x = self.conv_transpose(x)
        x = x[:, :, :-1, :-1]
        x = self.layer_norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        x = self.max_pool(x)
        x = self.upsample2(x)
        x = F.softmax(x.transpose(2, 3), dim=1)
        x = self.prelu(x)
        x = self.avg_pool2(x)
        x = self.group_norm(x)
        return self.dropout(x)


class OpsInBlock(nn.Module):
    """float32 (batch, 4, 13, 11) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.everything1 = Everything(4, 6, avg_pool1_padding=(1, 0))
        self.everything2 = Everything(6, 4, avg_pool1_padding=(0, 1), scale=3)
        self.dense = nn.Linear(832, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.everything1(x)  # (6, 7, 17)
        x = F.selu(F.softplus(self.everything2(x)))  # (4, 16, 13)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (832,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
