"""mtcnn_rnet: The refinement network of MTCNN (Zhang et al., 2016), as in FaceNet's code.

Compiled by archc 0.1.0 from mtcnn_rnet.yaml for PyTorch.
100,178 parameters, 1,530,768 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MtcnnRnet(nn.Module):
    """float32 (batch, 3, 24, 24) -> box (batch, 4), face probabilities (batch, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 28, kernel_size=3)
        self.prelu1 = nn.PReLU(28)
        self.max_pool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv2 = nn.Conv2d(28, 48, kernel_size=3)
        self.prelu2 = nn.PReLU(48)
        self.max_pool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv3 = nn.Conv2d(48, 64, kernel_size=2)
        self.prelu3 = nn.PReLU(64)
        self.dense = nn.Linear(576, 128)
        self.features = nn.PReLU(128)
        self.face = nn.Linear(128, 2)
        self.box = nn.Linear(128, 4)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.conv1(x)  # (28, 22, 22)
        x = self.prelu1(x)
        x = self.max_pool1(x)  # (28, 11, 11)
        x = self.conv2(x)  # (48, 9, 9)
        x = self.prelu2(x)
        x = self.max_pool2(x)  # (48, 4, 4)
        x = self.conv3(x)  # (64, 3, 3)
        x = self.prelu3(x)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (576,)
        x = self.dense(x)  # (128,)
        features = self.features(x)
        face = self.face(features)  # (2,)
        box = self.box(features)  # (4,)
        return box, face

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        box, face = self.logits(x)
        return box, F.softmax(face, dim=-1)
