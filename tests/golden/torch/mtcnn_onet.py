"""mtcnn_onet: The output network of MTCNN (Zhang et al., 2016), with five landmarks, as in
FaceNet's code.

Compiled by archc 0.1.0 from mtcnn_onet.yaml for PyTorch.
389,040 parameters, 12,909,952 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MtcnnOnet(nn.Module):
    """float32 (batch, 3, 48, 48) -> box (batch, 4), landmarks (batch, 10), face probabilities
    (batch, 2).
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, kernel_size=3)
        self.prelu1 = nn.PReLU(32)
        self.max_pool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3)
        self.prelu2 = nn.PReLU(64)
        self.max_pool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv3 = nn.Conv2d(64, 64, kernel_size=3)
        self.prelu3 = nn.PReLU(64)
        self.max_pool3 = nn.MaxPool2d(2, ceil_mode=True)
        self.conv4 = nn.Conv2d(64, 128, kernel_size=2)
        self.prelu4 = nn.PReLU(128)
        self.dense = nn.Linear(1152, 256)
        self.features = nn.PReLU(256)
        self.face = nn.Linear(256, 2)
        self.box = nn.Linear(256, 4)
        self.landmarks = nn.Linear(256, 10)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.conv1(x)  # (32, 46, 46)
        x = self.prelu1(x)
        x = self.max_pool1(x)  # (32, 23, 23)
        x = self.conv2(x)  # (64, 21, 21)
        x = self.prelu2(x)
        x = self.max_pool2(x)  # (64, 10, 10)
        x = self.conv3(x)  # (64, 8, 8)
        x = self.prelu3(x)
        x = self.max_pool3(x)  # (64, 4, 4)
        x = self.conv4(x)  # (128, 3, 3)
        x = self.prelu4(x)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (1152,)
        x = self.dense(x)  # (256,)
        features = self.features(x)
        face = self.face(features)  # (2,)
        box = self.box(features)  # (4,)
        landmarks = self.landmarks(features)  # (10,)
        return box, landmarks, face

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        box, landmarks, face = self.logits(x)
        return box, landmarks, F.softmax(face, dim=-1)
