"""plain_ops: Fully convolutional, sizes known only at run time.

Compiled by archc 0.1.0 from plain_ops.yaml for PyTorch.
278 parameters.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class PlainOps(nn.Module):
    """float32 (batch, 3, any, any) -> probabilities (batch, 2, any, any)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, kernel_size=3, padding=1)
        self.main_conv = nn.Conv2d(4, 4, kernel_size=3, padding="same")
        self.main_batch_norm = nn.BatchNorm2d(4)
        self.max_pool = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(4, 2, kernel_size=1)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x), inplace=True)  # (4, any, any)
        main = self.main_batch_norm(self.main_conv(x))
        x = main + x
        x = self.max_pool(x)  # (4, any, any)
        return self.conv2(x)  # (2, any, any)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=1)
