"""unlike_uses: Steps whose uses have little in common. Sums that Keras would take for a bias
here and not there, and channels that shrink by turns.

Compiled by archc 0.1.0 from unlike_uses.yaml for PyTorch.
156 parameters, 1,464 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Join(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return a + b


class _UnlikeUsesChain(nn.Module):
    def __init__(
        self,
        depthwise_conv_in_channels: int,
        depthwise_conv_filters: int,
        depthwise_conv_groups: int,
    ) -> None:
        super().__init__()
        self.depthwise_conv = nn.Conv1d(
            depthwise_conv_in_channels,
            depthwise_conv_filters,
            kernel_size=1,
            groups=depthwise_conv_groups,
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.depthwise_conv(x[:, :-1])


class Narrow(nn.Module):
    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(in_channels, 2, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class SelfProduct(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.narrow = Narrow(4)

    def forward(self, x: Tensor) -> Tensor:
        other = torch.tanh(x)
        return self.narrow((x.transpose(1, 2) @ other.transpose(1, 2).mT).transpose(1, 2))


class UnlikeUses(nn.Module):
    """image float32 (batch, 3, 3, 4), words float32 (batch, 4, 7) -> left (batch, 2, 4), right
    (batch, 3, 3, 4), turned (batch, 2), made (batch, 2).
    """

    def __init__(self) -> None:
        super().__init__()
        self.thin = nn.Conv2d(3, 1, kernel_size=1)
        self.join = Join()
        self.wide = nn.Conv2d(3, 3, kernel_size=1)
        self.low = nn.MaxPool2d((3, 1))
        self.right = Join()
        self.chain = nn.ModuleList()
        for index in range(2):
            self.chain.append(
                _UnlikeUsesChain(
                    depthwise_conv_in_channels=(6, 5)[index],
                    depthwise_conv_filters=(6, 5)[index],
                    depthwise_conv_groups=(6, 5)[index],
                ),
            )
        self.dense = nn.Linear(1, 4)
        self.left = SelfProduct()
        self.conv = nn.Conv1d(7, 3, kernel_size=1)
        self.conv_transpose_pads = [
            ((0, -1, 0, -1), (0, -1, 0, -1), (0, 0, 0, 0))[index] for index in range(3)
        ]
        self.conv_transpose = nn.ModuleDict()
        for index in range(3):
            if index > 0:
                self.conv_transpose[str(index)] = nn.ConvTranspose2d(
                    2, 2, kernel_size=3, stride=2**index, output_padding=(0, 0, 1)[index]
                )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, image: Tensor, words: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        thin = self.thin(image)  # (1, 3, 4)
        x = self.join(image, thin)  # (3, 3, 4)
        wide = self.wide(x)
        low = self.low(wide)  # (3, 1, 4)
        right = self.right(wide, low)  # (3, 3, 4)
        x = words.transpose(1, 2)  # (7, 4)
        for block in self.chain:
            x = block(x)
        for _ in range(2):
            x = x[:, :-2]
        x = F.relu(x)  # (1, 4)
        x = x.transpose(1, 2)
        x = self.dense(x)  # (4, 4)
        left = self.left(x.transpose(1, 2))  # (2, 4)
        x = left
        for _ in range(1):
            x = x.transpose(1, 2)
            x = x.reshape(-1, 2, 2, 2).permute(0, 3, 1, 2)
        made = x.mean(dim=(2, 3))  # (2,)
        x = words.transpose(1, 2)  # (7, 4)
        x = self.conv(x)  # (3, 4)
        x = x.transpose(1, 2)
        x = x.reshape(-1, 2, 3, 2).permute(0, 3, 1, 2)  # (2, 2, 3)
        for index, layer in zip(
            map(int, self.conv_transpose), self.conv_transpose.values(), strict=True
        ):
            x = F.pad(layer(x), self.conv_transpose_pads[index])
        turned = x.amax(dim=(2, 3))  # (2,)
        return left, right, turned, made
