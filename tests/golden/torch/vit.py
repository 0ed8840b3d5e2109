"""vit: Vision Transformer (Dosovitskiy et al., 2020, arXiv:2010.11929), base with patches of 16
unless a variant says otherwise.

Compiled by archc 0.1.0 from vit.yaml for PyTorch.
86,567,656 parameters, 17,563,828,224 multiply-accumulates an image.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SelfAttention(nn.Module):
    """Multi-head attention of a sequence to itself: (batch, length, channels) in and out."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(channels, channels)
        self.key = nn.Linear(channels, channels)
        self.value = nn.Linear(channels, channels)
        self.output = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (
            layer(x).unflatten(2, (self.heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        y = F.scaled_dot_product_attention(query, key, value)
        return self.output(y.transpose(1, 2).flatten(2))


class ClassToken(nn.Module):
    """Put a learned vector before a sequence: (batch, length, channels)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.weight.expand(len(x), 1, -1), x], dim=1)


class PositionEmbedding(nn.Module):
    """Add a learned vector to each place of a sequence: (batch, length, channels)."""

    def __init__(self, length: int, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(length, channels))
        nn.init.uniform_(self.weight, -0.05, 0.05)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight


class EncoderBlock(nn.Module):
    def __init__(self, in_channels: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attention_layer_norm = nn.LayerNorm(in_channels, eps=1e-06)
        self.attention_multi_head_attention = SelfAttention(in_channels, heads=heads)
        self.mlp_layer_norm = nn.LayerNorm(in_channels, eps=1e-06)
        self.mlp_dense1 = nn.Linear(in_channels, hidden)
        self.mlp_dense2 = nn.Linear(hidden, in_channels)

    def forward(self, x: Tensor) -> Tensor:
        attention = self.attention_multi_head_attention(self.attention_layer_norm(x))
        x = attention + x
        mlp = F.gelu(self.mlp_dense1(self.mlp_layer_norm(x)))
        mlp = self.mlp_dense2(mlp)
        return mlp + x


class Vit(nn.Module):
    """float32 (batch, 3, 224, 224) -> probabilities (batch, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 768, kernel_size=16, stride=16)
        self.class_token = ClassToken(768)
        self.position_embedding = PositionEmbedding(197, 768)
        self.encoder_block = nn.ModuleList(EncoderBlock(768, 12, hidden=3072) for _ in range(12))
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
        x = self.class_token(x)  # (197, 768)
        x = self.position_embedding(x)
        for block in self.encoder_block:
            x = block(x)
        x = self.layer_norm(x)
        x = x[:, 0]  # (768,)
        return self.dense(x)  # (1000,)

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.logits(x), dim=-1)
