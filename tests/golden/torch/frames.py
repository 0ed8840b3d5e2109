"""frames: Steps for each slice, within blocks, repeats and each other, and for slices of every
kind.

Compiled by archc 0.1.0 from frames.yaml for PyTorch.
1,032 parameters, 25,698 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Look(nn.Module):
    def __init__(self, in_channels: int, units: int, time_distributed_frames: int) -> None:
        super().__init__()
        self.time_distributed_conv = nn.Conv2d(in_channels, units, kernel_size=3, padding="same")
        self.time_distributed_main_conv = nn.Conv2d(units, units, kernel_size=1)
        self.time_distributed_main_batch_norm = nn.BatchNorm2d(units)
        self.time_distributed_frames = time_distributed_frames

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.time_distributed_conv(x.transpose(1, 2).flatten(0, 1)), inplace=True)
        main = self.time_distributed_main_batch_norm(self.time_distributed_main_conv(x))
        x = main + x
        return x.unflatten(0, (-1, self.time_distributed_frames)).transpose(1, 2)


class _FramesTurns(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, 3, kernel_size=3, padding="same")
        self.inner_conv1_padding = nn.ZeroPad1d((2, 0))
        self.inner_conv1 = nn.Conv1d(3, 3, kernel_size=3)
        self.inner_mixed = nn.Conv1d(3, 3, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x.transpose(1, 2).flatten(0, 1))
        x = self.inner_conv1(self.inner_conv1_padding(x.transpose(1, 2).flatten(0, 1)))
        x = torch.tanh(self.inner_mixed(x))
        x = torch.tanh(self.inner_mixed(x))
        x = x.unflatten(0, (-1, 3)).transpose(1, 2)
        return x.unflatten(0, (-1, 2)).transpose(1, 2)


class Rows(nn.Module):
    def __init__(self, in_channels: int, units: int) -> None:
        super().__init__()
        self.time_distributed_gru = nn.GRU(in_channels, units, batch_first=True)
        self.time_distributed_time_distributed_dense = nn.Linear(units, units)

    def forward(self, x: Tensor) -> Tensor:
        x = x.transpose(1, 2).flatten(0, 1)
        x = self.time_distributed_gru(x.transpose(1, 2))[0]
        x = torch.tanh(self.time_distributed_time_distributed_dense(x.flatten(0, 1)))
        x = x.unflatten(0, (-1, 5))
        return x.unflatten(0, (-1, 3)).permute(0, 3, 1, 2)


class _FramesHalved(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(0, 1)
        x = F.softsign(x * 0.5 + 0.1)
        return x.unflatten(0, (-1, 2))


class Frames(nn.Module):
    """float32 (batch, 2, 3, 6, 5) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.look1 = Look(2, 4, time_distributed_frames=3)
        self.conv = nn.Conv3d(4, 3, kernel_size=(2, 2, 1), stride=(1, 2, 1))
        self.look2 = Look(3, 3, time_distributed_frames=2)
        self.turns = nn.ModuleList(_FramesTurns(3) for _ in range(2))
        self.each_rows = Rows(3, 5)
        self.each_time_distributed_dense = nn.Linear(25, 6)
        self.time_distributed_apart = nn.Linear(6, 4)
        self.halved = nn.ModuleDict()
        for index in range(3):
            if index > 0:
                self.halved[str(index)] = _FramesHalved()
        self.with_longer = [index > 0 for index in range(3)]
        self.lstm = nn.LSTM(4, 4, batch_first=True)
        self.dense = nn.Linear(4, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, orthogonal
        from states, biases zero.
        """
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)
            elif isinstance(layer, (nn.GRU, nn.LSTM)):
                for name, weight in layer.named_parameters():
                    if name.startswith("weight_ih"):
                        nn.init.xavier_uniform_(weight)
                    elif name.startswith("weight_hh"):
                        nn.init.orthogonal_(weight)
                    else:
                        nn.init.zeros_(weight)
                    if isinstance(layer, nn.LSTM) and name.startswith("bias_ih"):
                        # The forget gate starts open.
                        nn.init.ones_(weight[layer.hidden_size : 2 * layer.hidden_size])
                    if not isinstance(layer, nn.GRU) and name.startswith("bias_hh"):
                        # It is added to bias_ih: one of them is enough.
                        weight.requires_grad_(False)

    def logits(self, x: Tensor) -> Tensor:
        x = self.look1(x)  # (4, 3, 6, 5)
        x = self.conv(x)  # (3, 2, 3, 5)
        x = self.look2(x)
        for block in self.turns:
            x = block(x)
        x = x.transpose(1, 2).flatten(0, 1)  # (3, 3, 5)
        x = self.each_rows(x)  # (5, 3, 5)
        x = x.transpose(1, 2).flatten(0, 1)  # (5, 5)
        x = torch.flatten(x.transpose(1, 2), 1)  # (25,)
        x = self.each_time_distributed_dense(x)  # (6,)
        x = x.unflatten(0, (-1, 3))  # (3, 6)
        x = x.mean(dim=1)  # (6,)
        x = x.unflatten(0, (-1, 2))  # (2, 6)
        x = x.flatten(0, 1)  # (6,)
        x = torch.tanh(self.time_distributed_apart(x))  # (4,)
        x = x.unflatten(0, (-1, 2))  # (2, 4)
        for block in self.halved.values():
            x = block(x)
        for index in range(3):
            if self.with_longer[index]:
                x = F.pad(x, (0, 0, 1, 1))
        x = self.lstm(x)[0][:, -1]  # (4,)
        return self.dense(x)  # (3,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
