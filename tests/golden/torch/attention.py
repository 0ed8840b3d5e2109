"""attention: Attention to itself and to others, in blocks of several sizes, in loops and in
branches.

Compiled by archc 0.1.0 from attention.yaml for PyTorch.
3,903 parameters, 38,274 multiply-accumulates an example.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SelfAttention(nn.Module):
    """Multi-head attention of a sequence to itself: (batch, length, channels) in and out."""

    def __init__(
        self,
        channels: int,
        heads: int,
        key_channels: int | None = None,
        causal: bool = False,
        dropout: float = 0.0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        inner = heads * (key_channels or channels // heads)
        self.heads, self.causal, self.dropout = heads, causal, dropout
        self.query = nn.Linear(channels, inner, bias=bias)
        self.key = nn.Linear(channels, inner, bias=bias)
        self.value = nn.Linear(channels, inner, bias=bias)
        self.output = nn.Linear(inner, channels, bias=bias)

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


class CrossAttention(nn.Module):
    """Multi-head attention of a sequence to others: (batch, length, channels) in and out."""

    def __init__(
        self,
        channels: int,
        heads: int,
        key_size: int | None = None,
        value_size: int | None = None,
        key_channels: int | None = None,
        causal: bool = False,
    ) -> None:
        super().__init__()
        inner = heads * (key_channels or channels // heads)
        self.heads, self.causal = heads, causal
        self.query = nn.Linear(channels, inner)
        self.key = nn.Linear(key_size or channels, inner)
        self.value = nn.Linear(value_size or channels, inner)
        self.output = nn.Linear(inner, channels)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        query, key, value = (
            x.unflatten(2, (self.heads, -1)).transpose(1, 2)
            for x in (self.query(query), self.key(key), self.value(value))
        )
        y = F.scaled_dot_product_attention(query, key, value, is_causal=self.causal)
        return self.output(y.transpose(1, 2).flatten(2))


def attention_in_heads(
    query: Tensor, key: Tensor, value: Tensor, heads: int, causal: bool = False
) -> Tensor:
    """Scaled dot-product attention of each head's part of the channels."""
    query, key, value = (x.unflatten(2, (heads, -1)).transpose(1, 2) for x in (query, key, value))
    y = F.scaled_dot_product_attention(query, key, value, is_causal=causal)
    return y.transpose(1, 2).flatten(2)


class Encoder(nn.Module):
    def __init__(self, in_channels: int, heads: int, hidden: int, causal: bool) -> None:
        super().__init__()
        self.attention_layer_norm = nn.LayerNorm(in_channels)
        self.attention_multi_head_attention = SelfAttention(
            in_channels, heads=heads, causal=causal, bias=False
        )
        self.mlp_conv = nn.Conv1d(in_channels, hidden, kernel_size=3, padding="same")
        self.mlp_dense = nn.Linear(hidden, in_channels)

    def forward(self, x: Tensor) -> Tensor:
        attention = self.attention_multi_head_attention(self.attention_layer_norm(x))
        x = attention + x
        mlp = F.relu(self.mlp_conv(x.transpose(1, 2)), inplace=True)
        mlp = self.mlp_dense(mlp.transpose(1, 2))
        return mlp + x


class Attend(nn.Module):
    def __init__(
        self, x_channels: int, memory_channels: int, heads: int, causal: bool = False
    ) -> None:
        super().__init__()
        self.gathered = CrossAttention(
            x_channels,
            heads=heads,
            key_size=memory_channels,
            value_size=memory_channels,
            causal=causal,
        )
        self.layer_norm = nn.LayerNorm(x_channels)

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        gathered = self.gathered(x, memory, memory)
        return self.layer_norm(gathered + x)


class Attention(nn.Module):
    """words int64 (batch, 6), image float32 (batch, 6, 4, 3) -> probabilities (batch, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(11, 8)
        self.encoder = nn.ModuleList()
        for index in range(2):
            self.encoder.append(Encoder(8, 2, hidden=10, causal=index == 0))
        self.narrow = Encoder(8, 4, hidden=12, causal=True)
        self.seen = nn.ModuleList()
        for _ in range(2):
            self.seen.append(SelfAttention(6, heads=3, key_channels=4, dropout=0.1))
        self.wide = nn.Conv1d(6, 8, kernel_size=1)
        self.attend = Attend(8, 8, 2)
        self.again = Attend(8, 8, 1, causal=True)
        self.mixed = CrossAttention(8, heads=2, key_size=6, value_size=6, key_channels=4)
        self.queries = nn.Linear(8, 8)
        self.keys = nn.Linear(8, 8)
        self.values = nn.Conv1d(8, 6, kernel_size=3, padding="same")
        self.dense = nn.Linear(14, 3)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights of convolutions and dense layers afresh: Glorot uniform, biases zero;
        embeddings uniform.
        """
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
            elif isinstance(layer, nn.Embedding):
                nn.init.uniform_(layer.weight, -0.05, 0.05)

    def logits(self, words: Tensor, image: Tensor) -> Tensor:
        x = self.embedding(words)  # (6, 8)
        for block in self.encoder:
            x = block(x)
        narrow = self.narrow(x)
        places = image.flatten(2).transpose(1, 2)  # (12, 6)
        x = places
        for layer in self.seen:
            x = layer(x)
        seen = x
        x = seen.transpose(1, 2)
        wide = self.wide(x)  # (8, 12)
        attend = self.attend(narrow, wide.transpose(1, 2))  # (6, 8)
        again = self.again(attend, narrow)
        mixed = self.mixed(again, places, seen)
        queries = self.queries(mixed)
        keys = self.keys(mixed)
        values = self.values(mixed.transpose(1, 2))  # (6, 6)
        scaled_dot_product_attention = attention_in_heads(
            queries, keys, values.transpose(1, 2), heads=2
        )
        bare = F.scaled_dot_product_attention(mixed, again, narrow, is_causal=True)  # (6, 8)
        x = torch.cat([bare, scaled_dot_product_attention], dim=2)  # (6, 14)
        x = x.mean(dim=1)  # (14,)
        return self.dense(x)  # (3,)

    def forward(self, words: Tensor, image: Tensor) -> Tensor:
        return F.softmax(self.logits(words, image), dim=-1)
