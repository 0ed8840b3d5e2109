"""several: Two inputs, three outputs, and every kind of merge.

Compiled by archc 0.1.0 from several.yaml for PyTorch.
301 parameters, 14,460 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def maximum(first: Tensor, *others: Tensor) -> Tensor:
    """Keep the largest value at each place; of equal ones the first, which gets the gradient."""
    for other in others:
        first = torch.where(first >= other, first, other)
    return first


class Several(nn.Module):
    """image float32 (batch, 3, 10, 10), meta float32 (batch, 6) -> kind probabilities (batch,
    4), mask probabilities (batch, 2, 14, 8), global_max_pool (batch, 6).
    """

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Conv2d(3, 6, kernel_size=3)
        self.gate = nn.Linear(6, 6)
        self.a = nn.Conv2d(6, 6, kernel_size=1)
        self.right = nn.Conv2d(6, 1, kernel_size=1)
        self.two = nn.LocalResponseNorm(3, alpha=0.0001, beta=0.75)
        self.three = nn.Dropout2d(0.2)
        self.kind = nn.Linear(6, 4)
        self.mask = nn.Conv2d(6, 2, kernel_size=1)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, image: Tensor, meta: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        trunk = F.relu(self.trunk(image), inplace=True)  # (6, 8, 8)
        gate = torch.sigmoid(self.gate(meta))  # (6,)
        x = trunk * gate[:, :, None, None]  # (6, 8, 8)
        a = self.a(x)
        c = torch.tanh(x)
        maximum_ = maximum(a, x, c)
        x = torch.where(maximum_ <= trunk, maximum_, trunk)
        right = self.right(x)  # (1, 8, 8)
        x = x - right  # (6, 8, 8)
        two = self.two(x)
        three = self.three(x)
        x = (x + two + three) / 3
        down = x[:, :, 1:-1, :]  # (6, 6, 8)
        tall = torch.cat([x, down], dim=2)  # (6, 14, 8)
        x = tall.mean(dim=(2, 3))  # (6,)
        kind = self.kind(x)  # (4,)
        mask = self.mask(tall)  # (2, 14, 8)
        global_max_pool = tall.amax(dim=(2, 3))  # (6,)
        return kind, mask, global_max_pool

    def forward(self, image: Tensor, meta: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        kind, mask, global_max_pool = self.logits(image, meta)
        return F.softmax(kind, dim=-1), torch.sigmoid(mask), global_max_pool
