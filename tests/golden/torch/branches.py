"""branches: Merges in merges, in repeats, of many branches, of one, and of branches that repeat.

Compiled by archc 0.1.0 from branches.yaml for PyTorch.
5,005 parameters, 571,870 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Nested(nn.Module):
    def __init__(self, in_channels: int, filters: int, turns: int = 2) -> None:
        super().__init__()
        self.concat_plain = nn.Conv2d(in_channels, filters, kernel_size=1)
        self.concat_deep_conv = nn.ModuleList()
        channels = in_channels
        for _ in range(turns):
            self.concat_deep_conv.append(
                nn.Conv2d(channels, filters, kernel_size=3, padding="same")
            )
            channels = filters
        self.concat_deep_left = nn.Conv2d(filters, filters, kernel_size=1)
        self.concat_deep_right_gate_dense = nn.Linear(filters, filters)
        self.pooled_max_pool = nn.MaxPool2d(3, stride=1, padding=1)
        self.pooled_conv = nn.ModuleList()
        channels = in_channels
        for index in range(turns):
            self.pooled_conv.append(nn.Conv2d(channels, filters + index, kernel_size=1))
            channels = filters + index
        self.maximum_deep = nn.Conv2d(
            filters * 2 + channels, in_channels * 0 + filters * 3 + turns - 1, kernel_size=1
        )

    def forward(self, x: Tensor) -> Tensor:
        plain = self.concat_plain(x)
        deep = x
        for layer in self.concat_deep_conv:
            deep = F.relu(layer(deep), inplace=True)
        left = self.concat_deep_left(deep)
        gate = torch.sigmoid(self.concat_deep_right_gate_dense(deep.mean(dim=(2, 3))))
        right = deep * gate[:, :, None, None]
        deep = left + right
        pooled = self.pooled_max_pool(x)
        for layer in self.pooled_conv:
            pooled = layer(pooled)
        x = torch.cat([plain, deep, pooled], dim=1)
        deep = self.maximum_deep(x)
        return torch.where(x >= deep, x, deep)


class OneOrTwo(nn.Module):
    def __init__(self, in_channels: int, filters: int, both: bool = True) -> None:
        super().__init__()
        self.main = nn.Conv2d(in_channels, filters, kernel_size=3, padding="same")
        self.with_other = both
        if self.with_other:
            self.other = nn.Conv2d(in_channels, filters, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        main = self.main(x)
        if self.with_other:
            other = self.other(x)
            x = main - other
        else:
            x = main
        return x


class _BranchesTurns(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.main_conv = nn.ModuleList()
        for _ in range(2):
            self.main_conv.append(nn.Conv2d(in_channels, 6, kernel_size=3, padding="same"))

    def forward(self, x: Tensor, stem: Tensor) -> Tensor:
        main = x
        for layer in self.main_conv:
            main = F.relu(layer(main), inplace=True)
        conv = main
        main = torch.where(conv <= stem, conv, stem)
        return main + x


class _BranchesLeftOut(nn.Module):
    def __init__(self, in_channels: int, index: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(in_channels, 2**index + 5, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.first(x)


class Branches(nn.Module):
    """float32 (batch, 3, 12, 10) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, kernel_size=1)
        self.nested1 = Nested(6, 3)
        self.nested2 = Nested(10, 4, turns=3)
        self.one_or_two = OneOrTwo(14, 6)
        self.only = OneOrTwo(6, 6, both=False)
        self.turns = nn.ModuleList(_BranchesTurns(6) for _ in range(3))
        self.left_out = nn.ModuleList()
        channels = 24
        for index in range(3):
            self.left_out.append(_BranchesLeftOut(channels, index))
            channels = 2**index + 5
        self.dense = nn.Linear(15, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        stem = self.stem(x)  # (6, 12, 10)
        x = self.nested1(stem)  # (10, 12, 10)
        x = self.nested2(x)  # (14, 12, 10)
        x = self.one_or_two(x)  # (6, 12, 10)
        only = self.only(x)
        x = only
        for block in self.turns:
            x = block(x, stem)
        turns = x
        x = torch.cat([turns, stem, only, stem], dim=1)  # (24, 12, 10)
        for block in self.left_out:
            x = block(x)
        left_out = x  # (9, 12, 10)
        b = torch.tanh(stem)  # (6, 12, 10)
        aside = (stem + b) / 2
        global_max_pool = aside.amax(dim=(2, 3))  # (6,)
        global_avg_pool = left_out.mean(dim=(2, 3))  # (9,)
        x = torch.cat([global_max_pool, global_avg_pool], dim=1)  # (15,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
