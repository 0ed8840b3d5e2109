"""Classes and functions for attention that an emitted file holds, as source text. See `definitions`."""

from __future__ import annotations

HEADS = '''def attention_in_heads(
    query: Tensor, key: Tensor, value: Tensor, heads: int, causal: bool = False
) -> Tensor:
    """Scaled dot-product attention of each head's part of the channels."""
    query, key, value = (x.unflatten(2, (heads, -1)).transpose(1, 2) for x in (query, key, value))
    y = F.scaled_dot_product_attention(query, key, value, is_causal=causal)
    return y.transpose(1, 2).flatten(2)
'''

WINDOWS = '''class WindowAttention(nn.Module):
    """Attention within shifted windows of an image: (batch, channels, height, width) in and out."""

    def __init__(self, channels: int, heads: int, window: int, shift: int = 0) -> None:
        super().__init__()
        self.heads, self.window, self.shift = heads, window, shift
        self.position_bias = nn.Parameter(torch.zeros((2 * window - 1) ** 2, heads))
        self.qkv = nn.Linear(channels, 3 * channels)
        self.output = nn.Linear(channels, channels)

    def windows(self, x: Tensor) -> Tensor:
        """Turn (batch, channels, height, width) into (batch, windows, places, channels)."""
        x = x.unflatten(3, (-1, self.window)).unflatten(2, (-1, self.window))
        return x.permute(0, 2, 4, 3, 5, 1).flatten(3, 4).flatten(1, 2)

    def steps(self, device: torch.device) -> Tensor:
        """Return the row of `position_bias` for each place and each that it sees."""
        places = torch.arange(self.window, device=device)
        steps = places[:, None] - places + self.window - 1
        rows = steps[:, None, :, None] * (2 * self.window - 1) + steps[None, :, None, :]
        return rows.flatten(2).flatten(0, 1)

    def forward(self, x: Tensor) -> Tensor:
        n, (height, width) = self.window, x.shape[2:]
        # Where one window takes up an axis, nothing is shifted along it.
        down, right = (self.shift if size > n else 0 for size in (height, width))
        x = torch.roll(x, (-down, -right), dims=(2, 3))
        qkv = self.qkv(self.windows(x)).unflatten(3, (3, self.heads, -1))
        query, key, value = qkv.permute(3, 0, 1, 4, 2, 5)
        bias = self.position_bias[self.steps(x.device)].permute(2, 0, 1)
        if down or right:
            rows = torch.arange(height, device=x.device) >= height - down
            columns = torch.arange(width, device=x.device) >= width - right
            sides = self.windows((2 * rows[:, None] + columns)[None, None])
            bias = torch.where((sides == sides.mT).transpose(0, 1), bias, float("-inf"))
        y = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        y = self.output(y.transpose(2, 3).flatten(3))
        y = y.unflatten(2, (n, n)).unflatten(1, (height // n, -1)).permute(0, 5, 1, 3, 2, 4)
        return torch.roll(y.flatten(4).flatten(2, 3), (down, right), dims=(2, 3))
'''

ATTENTION = {
    "WindowAttention": WINDOWS,
    "attention_in_heads": HEADS,
}
