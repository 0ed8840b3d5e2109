"""arguments: Params of every kind, handed from block to block, with defaults that are themselves
expressions' results.

Compiled by archc 0.1.0 from arguments.yaml for PyTorch.
1,683 parameters, 93,714 multiply-accumulates an image.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Unit(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        conv_activation: Callable[[Tensor], Tensor],
        kernel: int | tuple[int, ...] = 1,
        way: str = "valid",
        biased: bool = True,
        stride: int | tuple[int, ...] = 1,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels, filters, kernel_size=kernel, stride=stride, padding=way, bias=biased
        )
        self.conv_activation = conv_activation
        self.batch_norm = nn.BatchNorm2d(filters, eps=0.001, affine=biased)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_activation(self.conv(x))
        return self.batch_norm(x)


class Pair(nn.Module):
    def __init__(
        self,
        in_channels: int,
        plan: tuple[int | tuple[int, ...], ...],
        kernel: int | tuple[int, ...],
        way: str,
        biased: bool,
        rate: float,
        unit1_conv_activation: Callable[[Tensor], Tensor],
        unit2_conv_activation: Callable[[Tensor], Tensor],
    ) -> None:
        super().__init__()
        self.unit1 = Unit(
            in_channels,
            plan[0],
            conv_activation=unit1_conv_activation,
            kernel=kernel,
            way=way,
            biased=biased,
        )
        self.with_dropout = rate > 0
        if self.with_dropout:
            self.dropout = nn.Dropout(rate)
        self.unit2 = Unit(plan[0], plan[1][0], conv_activation=unit2_conv_activation, stride=(2, 1))
        self.unit3 = Unit(
            plan[1][0],
            max(plan[1]) // 2,
            conv_activation=lambda x: x,
            kernel=3 if way == "same" else 1,
            biased=not biased,
        )
        self.spatial_dropout = nn.Dropout2d(rate / 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.unit1(x)
        if self.with_dropout:
            x = self.dropout(x)
        x = self.unit2(x)
        x = self.unit3(x)
        return self.spatial_dropout(x)


class Arguments(nn.Module):
    """float32 (batch, 3, 21, 19) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.pair1 = Pair(
            3,
            (4, (6, 8)),
            unit1_conv_activation=F.hardswish,
            unit2_conv_activation=F.hardswish,
            kernel=(5, 3),
            way="valid",
            biased=True,
            rate=0.5,
        )
        self.pair2 = Pair(
            4,
            (5, (3, 2)),
            unit1_conv_activation=lambda x: F.elu(x, alpha=0.5),
            unit2_conv_activation=torch.tanh,
            kernel=3,
            way="same",
            biased=True,
            rate=0.0,
        )
        self.unit = Unit(
            1, 8, conv_activation=lambda x: F.gelu(x, approximate="tanh"), kernel=3, way="same"
        )
        self.lrn = nn.LocalResponseNorm(4, alpha=0.001, beta=0.5, k=2)
        self.dense = nn.Linear(360, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.pair1(x)  # (4, 9, 17)
        x = self.pair2(x)  # (1, 3, 15)
        x = self.unit(x)  # (8, 3, 15)
        x = self.lrn(x)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (360,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
