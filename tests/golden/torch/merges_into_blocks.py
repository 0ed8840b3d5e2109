"""merges_into_blocks: Sequences of two layouts merged right before a block that takes their
channels first.

Compiled by archc 0.1.0 from merges_into_blocks.yaml for PyTorch.
26 parameters, 38 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class _BottleneckChain(nn.Module):
    def __init__(self, block_in_channels: int) -> None:
        super().__init__()
        self.batch_norm = nn.BatchNorm1d(block_in_channels)

    def forward(self, x: Tensor, input_: Tensor) -> Tensor:
        less = x * 0.5
        x = self.batch_norm(input_)
        mean = x.mean(dim=1)
        return F.softplus(mean - less)


class Bottleneck(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.chain = nn.ModuleList(_BottleneckChain(in_channels) for _ in range(1))

    def forward(self, x: Tensor) -> Tensor:
        y = x.amax(dim=2)
        for block in self.chain:
            y = block(y, x)
        return y


class Nn(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.stem_lstm = nn.LSTM(in_channels, 1, batch_first=True)
        self.stem_a = nn.Conv1d(in_channels, 1, kernel_size=1)
        self.stem_bottleneck = Bottleneck(1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.stem_lstm(x)[0][:, -1]
        value = torch.stack([y, y], dim=1)
        a = self.stem_a(x.transpose(1, 2))
        return self.stem_bottleneck((value + a.transpose(1, 2)).transpose(1, 2))


class MergesIntoBlocks(nn.Module):
    """float32 (batch, 2, 3) -> (batch, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.nn = Nn(3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, orthogonal
        from states, biases zero.
        """
        for layer in self.modules():
            if isinstance(layer, nn.Conv1d):
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
        return self.nn(x)  # (2,)
