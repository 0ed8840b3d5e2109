"""mtcnn_pnet: The proposal network of MTCNN (Zhang et al., 2016), for an image of 12x12 or
larger, as in FaceNet's code.

Compiled by archc 0.1.0 from mtcnn_pnet.yaml for PyTorch.
6,632 parameters, 44,760 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class MtcnnPnet(nn.Module):
    """float32 (batch, 3, 12, 12) -> box (batch, 4, 1, 1), face probabilities (batch, 2, 1, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 10, kernel_size=3)
        self.prelu1 = nn.PReLU(10)
        self.max_pool = nn.MaxPool2d(2, ceil_mode=True)
        self.conv2 = nn.Conv2d(10, 16, kernel_size=3)
        self.prelu2 = nn.PReLU(16)
        self.conv3 = nn.Conv2d(16, 32, kernel_size=3)
        self.features = nn.PReLU(32)
        self.face = nn.Conv2d(32, 2, kernel_size=1)
        self.box = nn.Conv2d(32, 4, kernel_size=1)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.conv1(x)  # (10, 10, 10)
        x = self.prelu1(x)
        x = self.max_pool(x)  # (10, 5, 5)
        x = self.conv2(x)  # (16, 3, 3)
        x = self.prelu2(x)
        x = self.conv3(x)  # (32, 1, 1)
        features = self.features(x)
        face = self.face(features)  # (2, 1, 1)
        box = self.box(features)  # (4, 1, 1)
        return box, face

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        box, face = self.logits(x)
        return box, F.softmax(face, dim=1)
