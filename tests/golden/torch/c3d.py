"""c3d: C3D (Tran et al., 2014), convolutions over 16 frames of video, for the 487 classes of
Sports-1M.

Compiled by archc 0.1.0 from c3d.yaml for PyTorch.
79,991,015 parameters, 38,548,959,232 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class C3d(nn.Module):
    """float32 (batch, 3, 16, 112, 112) -> probabilities (batch, 487)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1a = nn.Conv3d(3, 64, kernel_size=3, padding="same")
        self.max_pool1 = nn.MaxPool3d((1, 2, 2))
        self.conv2a = nn.Conv3d(64, 128, kernel_size=3, padding="same")
        self.max_pool2 = nn.MaxPool3d(2)
        self.conv3a = nn.Conv3d(128, 256, kernel_size=3, padding="same")
        self.conv3b = nn.Conv3d(256, 256, kernel_size=3, padding="same")
        self.max_pool3 = nn.MaxPool3d(2)
        self.conv4a = nn.Conv3d(256, 512, kernel_size=3, padding="same")
        self.conv4b = nn.Conv3d(512, 512, kernel_size=3, padding="same")
        self.max_pool4 = nn.MaxPool3d(2)
        self.conv5a = nn.Conv3d(512, 512, kernel_size=3, padding="same")
        self.conv5b = nn.Conv3d(512, 512, kernel_size=3, padding="same")
        self.max_pool5 = nn.MaxPool3d(2, ceil_mode=True)
        self.fc6 = nn.Linear(8192, 4096)
        self.dropout1 = nn.Dropout(0.5)
        self.fc7 = nn.Linear(4096, 4096)
        self.dropout2 = nn.Dropout(0.5)
        self.fc8 = nn.Linear(4096, 487)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv3d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1a(x), inplace=True)  # (64, 16, 112, 112)
        x = self.max_pool1(x)  # (64, 16, 56, 56)
        x = F.relu(self.conv2a(x), inplace=True)  # (128, 16, 56, 56)
        x = self.max_pool2(x)  # (128, 8, 28, 28)
        x = F.relu(self.conv3a(x), inplace=True)  # (256, 8, 28, 28)
        x = F.relu(self.conv3b(x), inplace=True)
        x = self.max_pool3(x)  # (256, 4, 14, 14)
        x = F.relu(self.conv4a(x), inplace=True)  # (512, 4, 14, 14)
        x = F.relu(self.conv4b(x), inplace=True)
        x = self.max_pool4(x)  # (512, 2, 7, 7)
        x = F.relu(self.conv5a(x), inplace=True)
        x = F.relu(self.conv5b(x), inplace=True)
        x = self.max_pool5(x)  # (512, 1, 4, 4)
        x = torch.flatten(x.permute(0, 2, 3, 4, 1), 1)  # (8192,)
        x = F.relu(self.fc6(x), inplace=True)  # (4096,)
        x = self.dropout1(x)
        x = F.relu(self.fc7(x), inplace=True)
        x = self.dropout2(x)
        return self.fc8(x)  # (487,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
