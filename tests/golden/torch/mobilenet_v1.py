"""mobilenet_v1: MobileNet (Howard et al., 2017), with the padding, the relu6 and the norms of
Keras.

Compiled by archc 0.1.0 from mobilenet_v1.yaml for PyTorch.
4,231,976 parameters, 568,740,352 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class Separable(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        depthwise_padding: int | tuple[int, ...],
        stride: int = 1,
    ) -> None:
        super().__init__()
        self.depthwise_padding = nn.ZeroPad2d(depthwise_padding)
        self.depthwise = nn.Conv2d(
            in_channels, in_channels, kernel_size=3, stride=stride, groups=in_channels, bias=False
        )
        self.depthwise_norm = nn.BatchNorm2d(in_channels, eps=0.001, momentum=0.01)
        self.pointwise = nn.Conv2d(in_channels, filters, kernel_size=1, bias=False)
        self.pointwise_norm = nn.BatchNorm2d(filters, eps=0.001, momentum=0.01)

    def forward(self, x: Tensor) -> Tensor:
        x = self.depthwise(self.depthwise_padding(x))
        x = F.relu6(self.depthwise_norm(x), inplace=True)
        x = self.pointwise(x)
        return F.relu6(self.pointwise_norm(x), inplace=True)


class MobilenetV1(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_padding = nn.ZeroPad2d((0, 1, 0, 1))
        self.conv = nn.Conv2d(3, 32, kernel_size=3, stride=2, bias=False)
        self.batch_norm = nn.BatchNorm2d(32, eps=0.001, momentum=0.01)
        self.separable1 = Separable(32, 64, depthwise_padding=1)
        self.separable2 = Separable(64, 128, depthwise_padding=(0, 1, 0, 1), stride=2)
        self.separable3 = Separable(128, 128, depthwise_padding=1)
        self.separable4 = Separable(128, 256, depthwise_padding=(0, 1, 0, 1), stride=2)
        self.separable5 = Separable(256, 256, depthwise_padding=1)
        self.separable6 = Separable(256, 512, depthwise_padding=(0, 1, 0, 1), stride=2)
        self.separable7 = nn.ModuleList(Separable(512, 512, depthwise_padding=1) for _ in range(5))
        self.separable8 = Separable(512, 1024, depthwise_padding=(0, 1, 0, 1), stride=2)
        self.separable9 = Separable(1024, 1024, depthwise_padding=1)
        self.dropout = nn.Dropout(0.001)
        self.dense = nn.Linear(1024, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.conv(self.conv_padding(x))  # (32, 112, 112)
        x = F.relu6(self.batch_norm(x), inplace=True)
        x = self.separable1(x)  # (64, 112, 112)
        x = self.separable2(x)  # (128, 56, 56)
        x = self.separable3(x)
        x = self.separable4(x)  # (256, 28, 28)
        x = self.separable5(x)
        x = self.separable6(x)  # (512, 14, 14)
        for block in self.separable7:
            x = block(x)
        x = self.separable8(x)  # (1024, 7, 7)
        x = self.separable9(x)
        x = x.mean(dim=(2, 3))  # (1024,)
        x = self.dropout(x)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
