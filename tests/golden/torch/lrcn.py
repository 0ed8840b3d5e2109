"""lrcn: LRCN (Donahue et al., 2015) for actions in 16 frames of video, on AlexNet's layers up to
fc6, for the 101 classes of UCF101.

Compiled by archc 0.1.0 from lrcn.yaml for PyTorch.
44,705,957 parameters, 11,164,761,088 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Lrcn(nn.Module):
    """float32 (batch, 3, 16, 224, 224) -> (batch, 101)."""

    def __init__(self) -> None:
        super().__init__()
        self.frame_conv1 = nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2)
        self.frame_max_pool1 = nn.MaxPool2d(3, stride=2)
        self.frame_conv2 = nn.Conv2d(64, 192, kernel_size=5, padding=2)
        self.frame_max_pool2 = nn.MaxPool2d(3, stride=2)
        self.frame_conv3 = nn.Conv2d(192, 384, kernel_size=3, padding=1)
        self.frame_conv4 = nn.Conv2d(384, 256, kernel_size=3, padding=1)
        self.frame_conv5 = nn.Conv2d(256, 256, kernel_size=3, padding=1)
        self.frame_max_pool3 = nn.MaxPool2d(3, stride=2)
        self.frame_fc6 = nn.Linear(9216, 4096)
        self.frame_dropout = nn.Dropout(0.5)
        self.lstm = nn.LSTM(4096, 256, batch_first=True)
        self.dropout = nn.Dropout(0.5)
        self.dense = nn.Linear(256, 101)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, orthogonal from states, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)
            elif isinstance(layer, nn.LSTM):
                for name, weight in layer.named_parameters():
                    if name.startswith("weight_ih"):
                        nn.init.xavier_uniform_(weight)
                    elif name.startswith("weight_hh"):
                        nn.init.orthogonal_(weight)
                    else:
                        nn.init.zeros_(weight)
                    if name.startswith("bias_ih"):
                        # The forget gate starts open.
                        nn.init.ones_(weight[layer.hidden_size : 2 * layer.hidden_size])
                    if name.startswith("bias_hh"):
                        # It is added to bias_ih: one of them is enough.
                        weight.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        x = x.transpose(1, 2).flatten(0, 1)  # (3, 224, 224)
        x = F.relu(self.frame_conv1(x), inplace=True)  # (64, 55, 55)
        x = self.frame_max_pool1(x)  # (64, 27, 27)
        x = F.relu(self.frame_conv2(x), inplace=True)  # (192, 27, 27)
        x = self.frame_max_pool2(x)  # (192, 13, 13)
        x = F.relu(self.frame_conv3(x), inplace=True)  # (384, 13, 13)
        x = F.relu(self.frame_conv4(x), inplace=True)  # (256, 13, 13)
        x = F.relu(self.frame_conv5(x), inplace=True)
        x = self.frame_max_pool3(x)  # (256, 6, 6)
        x = torch.flatten(x.permute(0, 2, 3, 1), 1)  # (9216,)
        x = F.relu(self.frame_fc6(x), inplace=True)  # (4096,)
        x = self.frame_dropout(x)
        x = x.unflatten(0, (-1, 16))  # (16, 4096)
        x = self.lstm(x)[0]  # (16, 256)
        x = self.dropout(x)
        x = F.softmax(self.dense(x), dim=-1)  # (16, 101)
        return x.mean(dim=1)  # (101,)
