"""autoencoder: The deep autoencoder of Hinton and Salakhutdinov (2006), from 28x28 pixels to 30
numbers and back.

Compiled by archc 0.1.0 from autoencoder.yaml for PyTorch.
2,837,314 parameters, 2,833,000 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn


class Autoencoder(nn.Module):
    """float32 (batch, 1, 28, 28) -> probabilities (batch, 1, 28, 28)."""

    def __init__(self) -> None:
        super().__init__()
        self.dense1 = nn.Linear(784, 1000)
        self.dense2 = nn.Linear(1000, 500)
        self.dense3 = nn.Linear(500, 250)
        self.code = nn.Linear(250, 30)
        self.dense4 = nn.Linear(30, 250)
        self.dense5 = nn.Linear(250, 500)
        self.dense6 = nn.Linear(500, 1000)
        self.pixels = nn.Linear(1000, 784)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = torch.flatten(x, 1)  # (784,)
        x = torch.sigmoid(self.dense1(x))  # (1000,)
        x = torch.sigmoid(self.dense2(x))  # (500,)
        x = torch.sigmoid(self.dense3(x))  # (250,)
        x = self.code(x)  # (30,)
        x = torch.sigmoid(self.dense4(x))  # (250,)
        x = torch.sigmoid(self.dense5(x))  # (500,)
        x = torch.sigmoid(self.dense6(x))  # (1000,)
        x = self.pixels(x)  # (784,)
        return x.reshape(-1, 1, 28, 28)  # (1, 28, 28)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.logits(x))
