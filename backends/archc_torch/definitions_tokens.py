"""Classes and functions for tokens that an emitted file holds, as source text. See `definitions`."""

from __future__ import annotations

POSITION = '''class PositionEmbedding(nn.Module):
    """Add a learned vector to each place of a sequence: (batch, length, channels)."""

    def __init__(self, length: int, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(length, channels))
        nn.init.uniform_(self.weight, -0.05, 0.05)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight
'''

CLASS_TOKEN = '''class ClassToken(nn.Module):
    """Put a learned vector before a sequence: (batch, length, channels)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.weight.expand(len(x), 1, -1), x], dim=1)
'''

SINUSOIDAL = '''def sinusoidal(x: Tensor) -> Tensor:
    """Add sines and cosines of the position to a sequence: (batch, length, channels)."""
    length, channels = x.shape[1:]
    pairs = torch.arange(0, channels, 2, dtype=x.dtype, device=x.device)
    places = torch.arange(length, dtype=x.dtype, device=x.device)
    angles = places[:, None] / 10000 ** (pairs / channels)
    waves = torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)
    return x + waves[:, :channels]
'''

ROTARY = '''def rotary(x: Tensor, heads: int, base: float = 10000.0) -> Tensor:
    """Turn pairs of channels by angles that grow with the position: (batch, length, channels)."""
    length, channels = x.shape[1:]
    pairs = torch.arange(0, channels, 2, dtype=x.dtype, device=x.device) % (channels // heads)
    places = torch.arange(length, dtype=x.dtype, device=x.device)
    angles = places[:, None] / base ** (pairs * heads / channels)
    even, odd, cos, sin = x[:, :, ::2], x[:, :, 1::2], angles.cos(), angles.sin()
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=3).flatten(2)
'''

TOKENS = {
    "PositionEmbedding": POSITION,
    "ClassToken": CLASS_TOKEN,
    "sinusoidal": SINUSOIDAL,
    "rotary": ROTARY,
}
