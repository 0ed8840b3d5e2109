"""mlp_mixer: MLP-Mixer, base with patches of 16 (Tolstikhin et al., 2021, arXiv:2105.01601).

Compiled by archc 0.1.0 from mlp_mixer.yaml for PyTorch.
59,880,472 parameters, 12,601,767,936 multiply-accumulates an image.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class Mlp(nn.Module):
    def __init__(self, in_channels: int, hidden: int) -> None:
        super().__init__()
        self.dense1 = nn.Linear(in_channels, hidden)
        self.dense2 = nn.Linear(hidden, in_channels)

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.dense1(x))
        return self.dense2(x)


class MixerBlock(nn.Module):
    def __init__(self, in_channels: int, token_units: int, channel_units: int) -> None:
        super().__init__()
        self.tokens_layer_norm = nn.LayerNorm(in_channels, eps=1e-06)
        self.tokens_mlp = Mlp(196, token_units)
        self.channels_layer_norm = nn.LayerNorm(768, eps=1e-06)
        self.channels_mlp = Mlp(768, channel_units)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.tokens_layer_norm(x)
        tokens = tokens.transpose(1, 2)
        tokens = self.tokens_mlp(tokens)
        tokens = tokens.transpose(1, 2)
        x = tokens + x
        channels = self.channels_mlp(self.channels_layer_norm(x))
        return channels + x


class MlpMixer(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 768, kernel_size=16, stride=16)
        self.mixer_block = nn.ModuleList()
        for _ in range(12):
            self.mixer_block.append(MixerBlock(768, 384, channel_units=3072))
        self.layer_norm = nn.LayerNorm(768, eps=1e-06)
        self.dense = nn.Linear(768, 1000)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero."""
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def logits(self, x: Tensor) -> Tensor:
        x = self.patches(x)  # (768, 14, 14)
        x = x.flatten(2).transpose(1, 2)  # (196, 768)
        for block in self.mixer_block:
            x = block(x)
        x = self.layer_norm(x)
        x = x.mean(dim=1)  # (768,)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
