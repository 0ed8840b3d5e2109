"""alexnet: AlexNet (Krizhevsky, Sutskever and Hinton, 2012), in the single tower of Krizhevsky
(2014).

Compiled by archc 0.1.0 from alexnet.yaml for PyTorch.
61,100,840 parameters, 714,188,480 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Alexnet(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2)
        self.max_pool1 = nn.MaxPool2d(3, stride=2)
        self.conv2 = nn.Conv2d(64, 192, kernel_size=5, padding=2)
        self.max_pool2 = nn.MaxPool2d(3, stride=2)
        self.conv3 = nn.Conv2d(192, 384, kernel_size=3, padding=1)
        self.conv4 = nn.Conv2d(384, 256, kernel_size=3, padding=1)
        self.conv5 = nn.Conv2d(256, 256, kernel_size=3, padding=1)
        self.max_pool3 = nn.MaxPool2d(3, stride=2)
        self.dropout1 = nn.Dropout(0.5)
        self.dense1 = nn.Linear(9216, 4096)
        self.dropout2 = nn.Dropout(0.5)
        self.dense2 = nn.Linear(4096, 4096)
        self.dense3 = nn.Linear(4096, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x), inplace=True)  # (64, 55, 55)
        x = self.max_pool1(x)  # (64, 27, 27)
        x = F.relu(self.conv2(x), inplace=True)  # (192, 27, 27)
        x = self.max_pool2(x)  # (192, 13, 13)
        x = F.relu(self.conv3(x), inplace=True)  # (384, 13, 13)
        x = F.relu(self.conv4(x), inplace=True)  # (256, 13, 13)
        x = F.relu(self.conv5(x), inplace=True)
        x = self.max_pool3(x)  # (256, 6, 6)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (9216,)
        x = self.dropout1(x)
        x = F.relu(self.dense1(x), inplace=True)  # (4096,)
        x = self.dropout2(x)
        x = F.relu(self.dense2(x), inplace=True)
        return self.dense3(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
