"""Classes and functions for attention that an emitted file holds, as source text. See `definitions`."""

from __future__ import annotations

SELF_ATTENTION = '''class SelfAttention(nn.Module):
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
'''

CROSS_ATTENTION = '''class CrossAttention(nn.Module):
    """Multi-head attention of a sequence to others: (batch, length, channels) in and out."""

    def __init__(
        self,
        channels: int,
        heads: int,
        key_size: int | None = None,
        value_size: int | None = None,
        key_channels: int | None = None,
        causal: bool = False,
        dropout: float = 0.0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        inner = heads * (key_channels or channels // heads)
        self.heads, self.causal, self.dropout = heads, causal, dropout
        self.query = nn.Linear(channels, inner, bias=bias)
        self.key = nn.Linear(key_size or channels, inner, bias=bias)
        self.value = nn.Linear(value_size or channels, inner, bias=bias)
        self.output = nn.Linear(inner, channels, bias=bias)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        query, key, value = (
            x.unflatten(2, (self.heads, -1)).transpose(1, 2)
            for x in (self.query(query), self.key(key), self.value(value))
        )
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(
            query, key, value, dropout_p=dropout, is_causal=self.causal
        )
        return self.output(y.transpose(1, 2).flatten(2))
'''

HEADS = '''def attention_in_heads(
    query: Tensor, key: Tensor, value: Tensor, heads: int, causal: bool = False
) -> Tensor:
    """Scaled dot-product attention of each head's part of the channels."""
    query, key, value = (x.unflatten(2, (heads, -1)).transpose(1, 2) for x in (query, key, value))
    y = F.scaled_dot_product_attention(query, key, value, is_causal=causal)
    return y.transpose(1, 2).flatten(2)
'''

ATTENTION = {
    "SelfAttention": SELF_ATTENTION,
    "CrossAttention": CROSS_ATTENTION,
    "attention_in_heads": HEADS,
}
