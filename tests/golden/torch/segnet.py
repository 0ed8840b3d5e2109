"""segnet: SegNet (Badrinarayanan, Kendall and Cipolla, 2015), a class for every pixel of a road
scene of CamVid.

Compiled by archc 0.1.0 from segnet.yaml for PyTorch.
29,449,355 parameters, 106,712,432,640 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


def max_unpool2d(
    x: Tensor, y: Tensor, kernel_size: int | tuple[int, int], ceil_mode: bool = False
) -> Tensor:
    """Put each value back where the largest of its window of `y` stood, and zeros elsewhere."""
    _, indices = F.max_pool2d(y, kernel_size, ceil_mode=ceil_mode, return_indices=True)
    return F.max_unpool2d(x, indices, kernel_size, output_size=y.shape[2:])


class ConvRelu(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, filters, kernel_size=3, padding="same")
        self.batch_norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.batch_norm(self.conv(x)), inplace=True)


class Encoder(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int) -> None:
        super().__init__()
        self.conv_relu = nn.ModuleList()
        channels = in_channels
        for _ in range(depth):
            self.conv_relu.append(ConvRelu(channels, filters))
            channels = filters

    def forward(self, x: Tensor) -> Tensor:
        for block in self.conv_relu:
            x = block(x)
        return x


class Decoder(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int, above: int) -> None:
        super().__init__()
        self.conv_relu1 = nn.ModuleList(ConvRelu(in_channels, filters) for _ in range(depth - 1))
        self.conv_relu2 = ConvRelu(filters, above)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.conv_relu1:
            x = block(x)
        return self.conv_relu2(x)


class Segnet(nn.Module):
    """float32 (batch, 3, 360, 480) -> probabilities (batch, 11, 360, 480)."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder1 = Encoder(3, 64, depth=2)
        self.max_pool1 = nn.MaxPool2d(2, ceil_mode=True)
        self.encoder2 = Encoder(64, 128, depth=2)
        self.max_pool2 = nn.MaxPool2d(2, ceil_mode=True)
        self.encoder3 = Encoder(128, 256, depth=3)
        self.max_pool3 = nn.MaxPool2d(2, ceil_mode=True)
        self.encoder4 = Encoder(256, 512, depth=3)
        self.max_pool4 = nn.MaxPool2d(2, ceil_mode=True)
        self.encoder5 = Encoder(512, 512, depth=3)
        self.code = nn.MaxPool2d(2, ceil_mode=True)
        self.decoder5 = Decoder(512, 512, depth=3, above=512)
        self.decoder4 = Decoder(512, 512, depth=3, above=256)
        self.decoder3 = Decoder(256, 256, depth=3, above=128)
        self.decoder2 = Decoder(128, 128, depth=2, above=64)
        self.decoder1 = ConvRelu(64, 64)
        self.score = nn.Conv2d(64, 11, kernel_size=3, padding="same")
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        encoder1 = self.encoder1(x)  # (64, 360, 480)
        x = self.max_pool1(encoder1)  # (64, 180, 240)
        encoder2 = self.encoder2(x)  # (128, 180, 240)
        x = self.max_pool2(encoder2)  # (128, 90, 120)
        encoder3 = self.encoder3(x)  # (256, 90, 120)
        x = self.max_pool3(encoder3)  # (256, 45, 60)
        encoder4 = self.encoder4(x)  # (512, 45, 60)
        x = self.max_pool4(encoder4)  # (512, 23, 30)
        encoder5 = self.encoder5(x)
        code = self.code(encoder5)  # (512, 12, 15)
        x = max_unpool2d(code, encoder5, 2, ceil_mode=True)  # (512, 23, 30)
        decoder5 = self.decoder5(x)
        x = max_unpool2d(decoder5, encoder4, 2, ceil_mode=True)  # (512, 45, 60)
        decoder4 = self.decoder4(x)  # (256, 45, 60)
        x = max_unpool2d(decoder4, encoder3, 2, ceil_mode=True)  # (256, 90, 120)
        decoder3 = self.decoder3(x)  # (128, 90, 120)
        x = max_unpool2d(decoder3, encoder2, 2, ceil_mode=True)  # (128, 180, 240)
        decoder2 = self.decoder2(x)  # (64, 180, 240)
        x = max_unpool2d(decoder2, encoder1, 2, ceil_mode=True)  # (64, 360, 480)
        x = self.decoder1(x)
        return self.score(x)  # (11, 360, 480)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=1)
