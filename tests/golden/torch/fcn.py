"""fcn: FCN-8s (Long, Shelhamer and Darrell, 2014), VGG16 made to give a class for every pixel;
all convolutions padded.

Compiled by archc 0.1.0 from fcn.yaml for PyTorch.
134,489,759 parameters, 21,304,752,336 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class Convs(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int) -> None:
        super().__init__()
        self.conv = nn.ModuleList()
        channels = in_channels
        for _ in range(depth):
            self.conv.append(nn.Conv2d(channels, filters, kernel_size=3, padding="same"))
            channels = filters

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.conv:
            x = F.relu(layer(x), inplace=True)
        return x


class Fcn(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 21, 224, 224)."""

    def __init__(self) -> None:
        super().__init__()
        self.convs1 = Convs(3, 64, depth=2)
        self.max_pool1 = nn.MaxPool2d(2)
        self.convs2 = Convs(64, 128, depth=2)
        self.max_pool2 = nn.MaxPool2d(2)
        self.convs3 = Convs(128, 256, depth=3)
        self.pool3 = nn.MaxPool2d(2)
        self.convs4 = Convs(256, 512, depth=3)
        self.pool4 = nn.MaxPool2d(2)
        self.convs5 = Convs(512, 512, depth=3)
        self.max_pool3 = nn.MaxPool2d(2)
        self.fc6 = nn.Conv2d(512, 4096, kernel_size=7, padding="same")
        self.dropout1 = nn.Dropout(0.5)
        self.fc7 = nn.Conv2d(4096, 4096, kernel_size=1)
        self.dropout2 = nn.Dropout(0.5)
        self.score = nn.Conv2d(4096, 21, kernel_size=1)
        self.score2 = nn.ConvTranspose2d(21, 21, kernel_size=4, stride=2, padding=1, bias=False)
        self.score_pool4 = nn.Conv2d(512, 21, kernel_size=1)
        self.score4 = nn.ConvTranspose2d(21, 21, kernel_size=4, stride=2, padding=1, bias=False)
        self.score_pool3 = nn.Conv2d(256, 21, kernel_size=1)
        self.score32 = nn.ConvTranspose2d(21, 21, kernel_size=16, stride=8, padding=4, bias=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.convs1(x)  # (64, 224, 224)
        x = self.max_pool1(x)  # (64, 112, 112)
        x = self.convs2(x)  # (128, 112, 112)
        x = self.max_pool2(x)  # (128, 56, 56)
        x = self.convs3(x)  # (256, 56, 56)
        pool3 = self.pool3(x)  # (256, 28, 28)
        x = self.convs4(pool3)  # (512, 28, 28)
        pool4 = self.pool4(x)  # (512, 14, 14)
        x = self.convs5(pool4)
        x = self.max_pool3(x)  # (512, 7, 7)
        x = F.relu(self.fc6(x), inplace=True)  # (4096, 7, 7)
        x = self.dropout1(x)
        x = F.relu(self.fc7(x), inplace=True)
        x = self.dropout2(x)
        x = self.score(x)  # (21, 7, 7)
        score2 = self.score2(x)  # (21, 14, 14)
        score_pool4 = self.score_pool4(pool4)
        x = score2 + score_pool4
        score4 = self.score4(x)  # (21, 28, 28)
        score_pool3 = self.score_pool3(pool3)
        x = score4 + score_pool3
        return self.score32(x)  # (21, 224, 224)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=1)
