"""vgg: VGG (Simonyan and Zisserman, 2014), 16 layers deep unless a variant says otherwise.

Compiled by archc 0.1.0 from vgg.yaml for PyTorch.
138,357,544 parameters, 15,470,264,320 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ConvRelu(nn.Module):
    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, filters, kernel_size=3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv(x), inplace=True)


class Stage(nn.Module):
    def __init__(self, in_channels: int, filters: int, depth: int) -> None:
        super().__init__()
        self.conv_relu = nn.ModuleList()
        channels = in_channels
        for _ in range(depth):
            self.conv_relu.append(ConvRelu(channels, filters))
            channels = filters
        self.max_pool = nn.MaxPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.conv_relu:
            x = block(x)
        return self.max_pool(x)


class Vgg(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.stage1 = Stage(3, 64, depth=2)
        self.stage2 = Stage(64, 128, depth=2)
        self.stage3 = Stage(128, 256, depth=3)
        self.stage4 = Stage(256, 512, depth=3)
        self.stage5 = Stage(512, 512, depth=3)
        self.dense1 = nn.Linear(25088, 4096)
        self.dropout1 = nn.Dropout(0.5)
        self.dense2 = nn.Linear(4096, 4096)
        self.dropout2 = nn.Dropout(0.5)
        self.dense3 = nn.Linear(4096, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.stage1(x)  # (64, 112, 112)
        x = self.stage2(x)  # (128, 56, 56)
        x = self.stage3(x)  # (256, 28, 28)
        x = self.stage4(x)  # (512, 14, 14)
        x = self.stage5(x)  # (512, 7, 7)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (25088,)
        x = F.relu(self.dense1(x), inplace=True)  # (4096,)
        x = self.dropout1(x)
        x = F.relu(self.dense2(x), inplace=True)
        x = self.dropout2(x)
        return self.dense3(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
