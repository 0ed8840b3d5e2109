"""gpt2: GPT-2 (Radford et al., 2019), with the embedding's weights in its head; small unless a
variant says otherwise.

Compiled by archc 0.1.0 from gpt2.yaml for PyTorch.
124,439,808 parameters, 145,824,153,600 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SelfAttention(nn.Module):
    """Multi-head attention of a sequence to itself: (batch, length, channels) in and out."""

    def __init__(
        self, channels: int, heads: int, causal: bool = False, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.heads, self.causal, self.dropout = heads, causal, dropout
        self.query = nn.Linear(channels, channels)
        self.key = nn.Linear(channels, channels)
        self.value = nn.Linear(channels, channels)
        self.output = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (
            layer(x).unflatten(2, (self.heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(
            query, key, value, dropout_p=dropout, is_causal=self.causal
        )
        return self.output(y.transpose(1, 2).flatten(2))


class PositionEmbedding(nn.Module):
    """Add a learned vector to each place of a sequence: (batch, length, channels)."""

    def __init__(self, length: int, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(length, channels))
        nn.init.uniform_(self.weight, -0.05, 0.05)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight


class DecoderBlock(nn.Module):
    def __init__(self, in_channels: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attention_layer_norm = nn.LayerNorm(in_channels)
        self.attention_multi_head_attention = SelfAttention(
            in_channels, heads=heads, causal=True, dropout=0.1
        )
        self.attention_dropout = nn.Dropout(0.1)
        self.mlp_layer_norm = nn.LayerNorm(in_channels)
        self.mlp_dense1 = nn.Linear(in_channels, hidden)
        self.mlp_dense2 = nn.Linear(hidden, in_channels)
        self.mlp_dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        attention = self.attention_multi_head_attention(self.attention_layer_norm(x))
        attention = self.attention_dropout(attention)
        x = attention + x
        mlp = self.mlp_layer_norm(x)
        mlp = F.gelu(self.mlp_dense1(mlp), approximate="tanh")
        mlp = self.mlp_dense2(mlp)
        mlp = self.mlp_dropout(mlp)
        return mlp + x


class Gpt2(nn.Module):
    """int64 (batch, 1024) -> (batch, 1024, 50257)."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50257, 768)
        self.position_embedding = PositionEmbedding(1024, 768)
        self.dropout = nn.Dropout(0.1)
        self.decoder_block = nn.ModuleList(DecoderBlock(768, 12, hidden=3072) for _ in range(12))
        self.layer_norm = nn.LayerNorm(768)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero;
        embeddings uniform.
        """
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)
            elif isinstance(layer, nn.Embedding):
                nn.init.uniform_(layer.weight, -0.05, 0.05)

    def forward(self, x: Tensor) -> Tensor:
        x = self.embedding(x)  # (1024, 768)
        x = self.position_embedding(x)
        x = self.dropout(x)
        for block in self.decoder_block:
            x = block(x)
        x = self.layer_norm(x)
        return F.linear(x, self.embedding.weight)  # (1024, 50257)
