"""nasnet_mobile: NASNet-A, mobile (Zoph et al., 2017, arXiv:1707.07012), with the padding and
the norms of Keras.

Compiled by archc 0.1.0 from nasnet_mobile.yaml for PyTorch.
5,289,978 parameters, 563,638,816 multiply-accumulates an image.
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
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str = 0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels,
            in_channels,
            kernel_size,
            stride=stride,
            padding=padding,
            groups=in_channels,
            bias=False,
        )
        self.pointwise = nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=bias)


class Fit(nn.Module):
    def __init__(self, in_channels: int, filters: int, halve: bool = False) -> None:
        super().__init__()
        self.with_concat = halve
        if self.with_concat:
            self.even = nn.Conv2d(in_channels, filters // 2, kernel_size=1, stride=2, bias=False)
            self.odd_zero_pad = nn.ZeroPad2d((0, 1, 0, 1))
            self.odd_conv = nn.Conv2d(
                in_channels, filters // 2, kernel_size=1, stride=2, bias=False
            )
            channels = filters // 2 * 2
        else:
            self.conv = nn.Conv2d(in_channels, filters, kernel_size=1, bias=False)
            channels = filters
        self.batch_norm = nn.BatchNorm2d(channels, eps=0.001, momentum=0.0003)
        self.out_channels = channels

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(x)
        if self.with_concat:
            even = self.even(x)
            odd = self.odd_zero_pad(x[:, :, 1:, 1:])
            odd = self.odd_conv(odd)
            x = torch.cat([even, odd], dim=1)
        else:
            x = self.conv(x)
        return self.batch_norm(x)


class Separable(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        separable_conv1_padding: int | tuple[int, ...],
        kernel_size: int = 3,
        stride: int = 1,
    ) -> None:
        super().__init__()
        self.separable_conv1_padding = nn.ZeroPad2d(separable_conv1_padding)
        self.separable_conv1 = SeparableConv2d(
            in_channels, filters, kernel_size=kernel_size, stride=stride, bias=False
        )
        self.batch_norm1 = nn.BatchNorm2d(filters, eps=0.001, momentum=0.0003)
        self.separable_conv2 = SeparableConv2d(
            filters, filters, kernel_size=kernel_size, padding="same", bias=False
        )
        self.batch_norm2 = nn.BatchNorm2d(filters, eps=0.001, momentum=0.0003)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(x)
        x = self.separable_conv1(self.separable_conv1_padding(x))
        x = F.relu(self.batch_norm1(x), inplace=True)
        x = self.separable_conv2(x)
        return self.batch_norm2(x)


class Pair(nn.Module):
    def __init__(
        self,
        one_channels: int,
        other_channels: int,
        filters: int,
        kernel_sizes: tuple[int, ...],
        left_separable_conv1_padding: int | tuple[int, ...],
        right_separable_conv1_padding: int | tuple[int, ...],
        stride: int = 1,
    ) -> None:
        super().__init__()
        self.left = Separable(
            one_channels,
            filters,
            separable_conv1_padding=left_separable_conv1_padding,
            kernel_size=kernel_sizes[0],
            stride=stride,
        )
        self.right = Separable(
            other_channels,
            filters,
            separable_conv1_padding=right_separable_conv1_padding,
            kernel_size=kernel_sizes[1],
            stride=stride,
        )

    def forward(self, one: Tensor, other: Tensor) -> Tensor:
        left = self.left(one)
        right = self.right(other)
        return left + right


class Reduction(nn.Module):
    def __init__(
        self,
        x_channels: int,
        before_channels: int,
        filters: int,
        p_fit_halve: bool,
        padded: int | tuple[int, ...],
        first_left_separable_conv1_padding: int | tuple[int, ...],
        first_right_separable_conv1_padding: int | tuple[int, ...],
        wide_separable_conv1_padding: int | tuple[int, ...],
        narrow_separable_conv1_padding: int | tuple[int, ...],
        first_cell: bool = False,
    ) -> None:
        super().__init__()
        channels = before_channels
        self.with_p_fit = not first_cell
        if self.with_p_fit:
            self.p_fit = Fit(before_channels, filters, halve=p_fit_halve)
            channels = self.p_fit.out_channels
        self.h = Fit(x_channels, filters)
        self.padded = nn.ZeroPad2d(padded)
        self.largest = nn.MaxPool2d(3, stride=2)
        self.first = Pair(
            self.h.out_channels,
            channels,
            filters,
            left_separable_conv1_padding=first_left_separable_conv1_padding,
            right_separable_conv1_padding=first_right_separable_conv1_padding,
            kernel_sizes=(5, 7),
            stride=2,
        )
        self.wide = Separable(
            channels,
            filters,
            separable_conv1_padding=wide_separable_conv1_padding,
            kernel_size=7,
            stride=2,
        )
        self.mean = nn.AvgPool2d(3, stride=2)
        self.narrow = Separable(
            channels,
            filters,
            separable_conv1_padding=narrow_separable_conv1_padding,
            kernel_size=5,
            stride=2,
        )
        self.smooth = nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)
        self.separable = Separable(filters, filters, separable_conv1_padding=1)

    def forward(self, x: Tensor, before: Tensor) -> Tensor:
        p = before
        if self.with_p_fit:
            p = self.p_fit(before)
        h = self.h(x)
        padded_ = self.padded(h)
        largest = self.largest(padded_)
        first = self.first(h, p)
        wide = self.wide(p)
        second = largest + wide
        mean = self.mean(padded_)
        narrow = self.narrow(p)
        third = mean + narrow
        smooth = self.smooth(first)
        fourth = second + smooth
        separable = self.separable(first)
        fifth = separable + largest
        return torch.cat([second, third, fourth, fifth], dim=1)


class Normal(nn.Module):
    def __init__(self, x_channels: int, before_channels: int, filters: int, p_halve: bool) -> None:
        super().__init__()
        self.p = Fit(before_channels, filters, halve=p_halve)
        self.h = Fit(x_channels, filters)
        self.first = Pair(
            self.h.out_channels,
            self.p.out_channels,
            filters,
            left_separable_conv1_padding=2,
            right_separable_conv1_padding=1,
            kernel_sizes=(5, 3),
        )
        self.second = Pair(
            self.p.out_channels,
            self.p.out_channels,
            filters,
            left_separable_conv1_padding=2,
            right_separable_conv1_padding=1,
            kernel_sizes=(5, 3),
        )
        self.mean_h = nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)
        self.mean_p = nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)
        self.separable = Separable(self.h.out_channels, filters, separable_conv1_padding=1)

    def forward(self, x: Tensor, before: Tensor) -> Tensor:
        p = self.p(before)
        h = self.h(x)
        first = self.first(h, p)
        second = self.second(p, p)
        mean_h = self.mean_h(h)
        third = mean_h + p
        mean_p = self.mean_p(p)
        fourth = mean_p + mean_p
        separable = self.separable(h)
        fifth = separable + h
        return torch.cat([p, first, second, third, fourth, fifth], dim=1)


class NasnetMobile(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 32, kernel_size=3, stride=2, bias=False)
        self.stem = nn.BatchNorm2d(32, eps=0.001, momentum=0.0003)
        self.reduction1 = Reduction(
            32,
            32,
            11,
            p_fit_halve=True,
            padded=1,
            first_left_separable_conv1_padding=2,
            first_right_separable_conv1_padding=3,
            wide_separable_conv1_padding=3,
            narrow_separable_conv1_padding=2,
            first_cell=True,
        )
        self.reduction2 = Reduction(
            44,
            32,
            22,
            p_fit_halve=True,
            padded=(0, 1, 0, 1),
            first_left_separable_conv1_padding=(1, 2, 1, 2),
            first_right_separable_conv1_padding=(2, 3, 2, 3),
            wide_separable_conv1_padding=(2, 3, 2, 3),
            narrow_separable_conv1_padding=(1, 2, 1, 2),
        )
        self.normal1 = Normal(88, 44, 44, p_halve=True)
        self.normal2 = Normal(264, 88, 44, p_halve=False)
        self.normal3 = Normal(264, 264, 44, p_halve=False)
        self.normal4 = Normal(264, 264, 44, p_halve=False)
        self.reduction3 = Reduction(
            264,
            264,
            88,
            p_fit_halve=False,
            padded=(0, 1, 0, 1),
            first_left_separable_conv1_padding=(1, 2, 1, 2),
            first_right_separable_conv1_padding=(2, 3, 2, 3),
            wide_separable_conv1_padding=(2, 3, 2, 3),
            narrow_separable_conv1_padding=(1, 2, 1, 2),
        )
        self.normal5 = Normal(352, 264, 88, p_halve=True)
        self.normal6 = Normal(528, 352, 88, p_halve=False)
        self.normal7 = Normal(528, 528, 88, p_halve=False)
        self.normal8 = Normal(528, 528, 88, p_halve=False)
        self.reduction4 = Reduction(
            528,
            528,
            176,
            p_fit_halve=False,
            padded=(0, 1, 0, 1),
            first_left_separable_conv1_padding=(1, 2, 1, 2),
            first_right_separable_conv1_padding=(2, 3, 2, 3),
            wide_separable_conv1_padding=(2, 3, 2, 3),
            narrow_separable_conv1_padding=(1, 2, 1, 2),
        )
        self.normal9 = Normal(704, 528, 176, p_halve=True)
        self.normal10 = Normal(1056, 704, 176, p_halve=False)
        self.normal11 = Normal(1056, 1056, 176, p_halve=False)
        self.normal12 = Normal(1056, 1056, 176, p_halve=False)
        self.dense = nn.Linear(1056, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.conv(x)  # (32, 111, 111)
        stem = self.stem(x)
        reduction1 = self.reduction1(stem, stem)  # (44, 56, 56)
        reduction2 = self.reduction2(reduction1, stem)  # (88, 28, 28)
        normal1 = self.normal1(reduction2, reduction1)  # (264, 28, 28)
        normal2 = self.normal2(normal1, reduction2)
        normal3 = self.normal3(normal2, normal1)
        normal4 = self.normal4(normal3, normal2)
        reduction3 = self.reduction3(normal4, normal3)  # (352, 14, 14)
        normal5 = self.normal5(reduction3, normal4)  # (528, 14, 14)
        normal6 = self.normal6(normal5, reduction3)
        normal7 = self.normal7(normal6, normal5)
        normal8 = self.normal8(normal7, normal6)
        reduction4 = self.reduction4(normal8, normal7)  # (704, 7, 7)
        normal9 = self.normal9(reduction4, normal8)  # (1056, 7, 7)
        normal10 = self.normal10(normal9, reduction4)
        normal11 = self.normal11(normal10, normal9)
        x = F.relu(self.normal12(normal11, normal10))
        x = x.mean(dim=(2, 3))  # (1056,)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
