"""ranks: One block at every rank, so that it becomes one class for each.

Compiled by archc 0.1.0 from ranks.yaml for PyTorch.
702 parameters, 32,358 multiply-accumulates an example.
"""

from torch import Tensor, nn
from torch.nn import functional as F


def avg_pool1d(
    x: Tensor,
    kernel_size: int,
    stride: int,
    padding: tuple[int, ...],
) -> Tensor:
    """Pad, and take the mean of each window over the places that were there before."""
    there = x.new_ones(1, 1, *x.shape[2:])
    mean, share = (
        F.avg_pool1d(F.pad(values, padding), kernel_size, stride) for values in (x, there)
    )
    return mean / share


def avg_pool2d(
    x: Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int],
    padding: tuple[int, ...],
) -> Tensor:
    """Pad, and take the mean of each window over the places that were there before."""
    there = x.new_ones(1, 1, *x.shape[2:])
    mean, share = (
        F.avg_pool2d(F.pad(values, padding), kernel_size, stride) for values in (x, there)
    )
    return mean / share


def avg_pool3d(
    x: Tensor,
    kernel_size: int | tuple[int, int, int],
    stride: int | tuple[int, int, int],
    padding: tuple[int, ...],
) -> Tensor:
    """Pad, and take the mean of each window over the places that were there before."""
    there = x.new_ones(1, 1, *x.shape[2:])
    mean, share = (
        F.avg_pool3d(F.pad(values, padding), kernel_size, stride) for values in (x, there)
    )
    return mean / share


class Encode1d(nn.Module):
    def __init__(self, in_channels: int, filters: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv1d(
            in_channels, filters, kernel_size=3, stride=stride, padding=1, bias=False
        )
        self.batch_norm = nn.BatchNorm1d(filters)
        self.spatial_dropout = nn.Dropout1d(0.1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = avg_pool1d(F.relu(self.batch_norm(x), inplace=True), 2, 1, (0, 1))
        return self.spatial_dropout(x)


class Head1d(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.encode1 = Encode1d(in_channels, filters)
        self.encode2 = Encode1d(filters, filters + 1, stride=2)
        self.conv_transpose = nn.ConvTranspose1d(filters + 1, 2, kernel_size=2, stride=2)
        self.zero_pad = nn.ZeroPad1d(1)
        self.upsample = nn.Upsample(scale_factor=2)
        self.dense = nn.Linear(2, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.encode1(x)
        x = self.encode2(x)
        x = self.conv_transpose(x)
        x = self.zero_pad(x)
        x = self.upsample(x)
        x = x.mean(dim=2)
        return self.dense(x)


class Encode2d(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, conv_padding: int | tuple[int, ...], stride: int = 1
    ) -> None:
        super().__init__()
        self.conv_padding = nn.ZeroPad2d(conv_padding)
        self.conv = nn.Conv2d(in_channels, filters, kernel_size=3, stride=stride, bias=False)
        self.batch_norm = nn.BatchNorm2d(filters)
        self.spatial_dropout = nn.Dropout2d(0.1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(self.conv_padding(x))
        x = avg_pool2d(F.relu(self.batch_norm(x), inplace=True), 2, 1, (0, 1, 0, 1))
        return self.spatial_dropout(x)


class Head2d(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.encode1 = Encode2d(in_channels, filters, conv_padding=1)
        self.encode2 = Encode2d(filters, filters + 1, conv_padding=(1, 1, 0, 1), stride=2)
        self.conv_transpose = nn.ConvTranspose2d(filters + 1, 2, kernel_size=2, stride=2)
        self.zero_pad = nn.ZeroPad2d(1)
        self.upsample = nn.Upsample(scale_factor=2)
        self.dense = nn.Linear(2, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.encode1(x)
        x = self.encode2(x)
        x = self.conv_transpose(x)
        x = self.zero_pad(x)
        x = self.upsample(x)
        x = x.mean(dim=(2, 3))
        return self.dense(x)


class Encode3d(nn.Module):
    def __init__(
        self, in_channels: int, filters: int, conv_padding: int | tuple[int, ...], stride: int = 1
    ) -> None:
        super().__init__()
        self.conv_padding = nn.ZeroPad3d(conv_padding)
        self.conv = nn.Conv3d(in_channels, filters, kernel_size=3, stride=stride, bias=False)
        self.batch_norm = nn.BatchNorm3d(filters)
        self.spatial_dropout = nn.Dropout3d(0.1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(self.conv_padding(x))
        x = avg_pool3d(F.relu(self.batch_norm(x), inplace=True), 2, 1, (0, 1, 0, 1, 0, 1))
        return self.spatial_dropout(x)


class Head3d(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.encode1 = Encode3d(in_channels, filters, conv_padding=1)
        self.encode2 = Encode3d(filters, filters + 1, conv_padding=(0, 1, 0, 1, 1, 1), stride=2)
        self.conv_transpose = nn.ConvTranspose3d(filters + 1, 2, kernel_size=2, stride=2)
        self.zero_pad = nn.ZeroPad3d(1)
        self.upsample = nn.Upsample(scale_factor=2)
        self.dense = nn.Linear(2, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.encode1(x)
        x = self.encode2(x)
        x = self.conv_transpose(x)
        x = self.zero_pad(x)
        x = self.upsample(x)
        x = x.mean(dim=(2, 3, 4))
        return self.dense(x)


class Ranks(nn.Module):
    """line float32 (batch, 3, 9), picture float32 (batch, 3, 8, 7), body float32 (batch, 3, 5,
    6, 4) -> (batch, 3).
    """

    def __init__(self) -> None:
        super().__init__()
        self.of_line = Head1d(3, 2)
        self.of_picture = Head2d(3, 2)
        self.of_body = Head3d(3, 2)
        self.again = Encode2d(3, 3, conv_padding=1)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(
                layer,
                (
                    nn.Conv1d,
                    nn.Conv2d,
                    nn.Conv3d,
                    nn.ConvTranspose1d,
                    nn.ConvTranspose2d,
                    nn.ConvTranspose3d,
                    nn.Linear,
                ),
            ):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def forward(self, line: Tensor, picture: Tensor, body: Tensor) -> Tensor:
        of_line = self.of_line(line)  # (3,)
        of_picture = self.of_picture(picture)
        of_body = self.of_body(body)
        x = self.again(picture)  # (3, 8, 7)
        global_max_pool = x.amax(dim=(2, 3))  # (3,)
        return (of_line + of_picture + of_body + global_max_pool) / 4
