"""bert: The encoder of BERT (Devlin et al., 2018, arXiv:1810.04805) with its pooled output, base
unless a variant says otherwise.

Compiled by archc 0.1.0 from bert.yaml for PyTorch.
109,482,240 parameters, 48,318,971,904 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SelfAttention(nn.Module):
    """Multi-head attention of a sequence to itself: (batch, length, channels) in and out."""

    def __init__(self, channels: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
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
        y = F.scaled_dot_product_attention(query, key, value, dropout_p=dropout)
        return self.output(y.transpose(1, 2).flatten(2))


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
        self.attention_multi_head_attention = SelfAttention(in_channels, heads=heads, dropout=0.1)
        self.attention_dropout = nn.Dropout(0.1)
        self.layer_norm1 = nn.LayerNorm(in_channels, eps=1e-12)
        self.mlp_dense1 = nn.Linear(in_channels, hidden)
        self.mlp_dense2 = nn.Linear(hidden, in_channels)
        self.mlp_dropout = nn.Dropout(0.1)
        self.layer_norm2 = nn.LayerNorm(in_channels, eps=1e-12)

    def forward(self, x: Tensor) -> Tensor:
        attention = self.attention_dropout(self.attention_multi_head_attention(x))
        x = attention + x
        x = self.layer_norm1(x)
        mlp = F.gelu(self.mlp_dense1(x))
        mlp = self.mlp_dropout(self.mlp_dense2(mlp))
        x = mlp + x
        return self.layer_norm2(x)


class Bert(nn.Module):
    """tokens int64 (batch, 512), segments int64 (batch, 512) -> encoder_block (batch, 512, 768),
    pooled (batch, 768).
    """

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, 768)
        self.kinds = nn.Embedding(2, 768)
        self.position_embedding = PositionEmbedding(512, 768)
        self.layer_norm = nn.LayerNorm(768, eps=1e-12)
        self.dropout = nn.Dropout(0.1)
        self.encoder_block = nn.ModuleList(EncoderBlock(768, 12, hidden=3072) for _ in range(12))
        self.pooled = nn.Linear(768, 768)
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

    def forward(self, tokens: Tensor, segments: Tensor) -> tuple[Tensor, Tensor]:
        words = self.words(tokens)  # (512, 768)
        kinds = self.kinds(segments)
        x = words + kinds
        x = self.position_embedding(x)
        x = self.layer_norm(x)
        x = self.dropout(x)
        for block in self.encoder_block:
            x = block(x)
        encoder_block = x
        x = encoder_block[:, 0]  # (768,)
        pooled = torch.tanh(self.pooled(x))
        return encoder_block, pooled
