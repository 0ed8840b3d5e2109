"""residuals: Branches that come and go, a squeeze-and-excite, activations as params.

Compiled by archc 0.1.0 from residuals.yaml for PyTorch.
4,545 parameters, 333,512 multiply-accumulates an image.
"""

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional as F


class Excite(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.weights_dense1 = nn.Linear(in_channels, max(1, in_channels // 4))
        self.weights_dense2 = nn.Linear(max(1, in_channels // 4), in_channels)

    def forward(self, x: Tensor) -> Tensor:
        weights = F.relu(self.weights_dense1(x.mean(dim=(2, 3))), inplace=True)
        weights = F.hardsigmoid(self.weights_dense2(weights))
        return x * weights[:, :, None, None]


class Inverted(nn.Module):
    def __init__(
        self,
        in_channels: int,
        filters: int,
        main_conv1_activation: Callable[[Tensor], Tensor],
        expand: int = 3,
        stride: int = 1,
        excite: bool = False,
    ) -> None:
        super().__init__()
        channels = in_channels
        self.with_main_conv1 = expand > 1
        if self.with_main_conv1:
            self.main_conv1 = nn.Conv2d(
                in_channels, in_channels * expand, kernel_size=1, bias=False
            )
            self.main_conv1_activation = main_conv1_activation
            channels = in_channels * expand
        self.main_depthwise_conv = nn.Conv2d(
            channels, channels, kernel_size=3, stride=stride, padding=1, groups=channels, bias=False
        )
        self.main_batch_norm = nn.BatchNorm2d(channels)
        self.with_main_excite = excite
        if self.with_main_excite:
            self.main_excite = Excite(channels)
        self.main_conv2 = nn.Conv2d(channels, filters, kernel_size=1, bias=False)
        self.with_shortcut = stride == 1 and in_channels == filters

    def forward(self, x: Tensor) -> Tensor:
        main = x
        if self.with_main_conv1:
            main = self.main_conv1_activation(self.main_conv1(x))
        main = self.main_depthwise_conv(main)
        main = self.main_batch_norm(main)
        if self.with_main_excite:
            main = self.main_excite(main)
        main = self.main_conv2(main)
        if self.with_shortcut:
            main = main + x
        return main


class Residuals(nn.Module):
    """float32 (batch, 3, 16, 16) -> probabilities (batch, 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, kernel_size=3, padding="same")
        self.inverted1 = Inverted(8, 8, main_conv1_activation=F.relu6, expand=1)
        self.inverted2 = Inverted(8, 12, main_conv1_activation=F.relu6, stride=2)
        self.inverted3 = Inverted(12, 12, main_conv1_activation=F.hardswish, excite=True)
        self.inverted4 = Inverted(12, 16, main_conv1_activation=lambda x: F.leaky_relu(x, 0.25))
        self.dense = nn.Linear(16, 4)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.hardswish(self.conv(x))  # (8, 16, 16)
        x = self.inverted1(x)
        x = self.inverted2(x)  # (12, 8, 8)
        x = self.inverted3(x)
        x = self.inverted4(x)  # (16, 8, 8)
        x = x.mean(dim=(2, 3))  # (16,)
        return self.dense(x)  # (4,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
