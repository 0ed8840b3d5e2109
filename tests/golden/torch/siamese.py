"""siamese: Two images of characters are of one class or not (Koch, Zemel and Salakhutdinov,
2015); both go through the same convolutions.

Compiled by archc 0.1.0 from siamese.yaml for PyTorch.
38,951,745 parameters, 1,817,251,840 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Tower(nn.Module):
    def __init__(self, in_channels: int, units: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, 64, kernel_size=10)
        self.max_pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(64, 128, kernel_size=7)
        self.max_pool2 = nn.MaxPool2d(2)
        self.conv3 = nn.Conv2d(128, 128, kernel_size=4)
        self.max_pool3 = nn.MaxPool2d(2)
        self.conv4 = nn.Conv2d(128, 256, kernel_size=4)
        self.dense = nn.Linear(9216, units)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x), inplace=True)
        x = self.max_pool1(x)
        x = F.relu(self.conv2(x), inplace=True)
        x = self.max_pool2(x)
        x = F.relu(self.conv3(x), inplace=True)
        x = self.max_pool3(x)
        x = F.relu(self.conv4(x), inplace=True)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)
        return torch.sigmoid(self.dense(x))


class Siamese(nn.Module):
    """one float32 (batch, 1, 105, 105), other float32 (batch, 1, 105, 105) -> probabilities
    (batch, 1).
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = Tower(1, 4096)
        self.dense = nn.Linear(4096, 1)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, one: Tensor, other: Tensor) -> Tensor:
        first = self.first(one)  # (4096,)
        second = self.first(other)
        larger = torch.where(first >= second, first, second)
        smaller = torch.where(first <= second, first, second)
        x = larger - smaller
        return self.dense(x)  # (1,)

    def forward(self, one: Tensor, other: Tensor) -> Tensor:
        return torch.sigmoid(self.logits(one, other))
