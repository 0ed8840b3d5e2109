"""Small functions and classes that an emitted file holds where PyTorch has none, as source text.

They use `torch`, `Tensor`, `nn` and `F`, which the file must import where the text names them.
"""

from __future__ import annotations

from archc_torch.definitions_attention import ATTENTION
from archc_torch.definitions_tokens import TOKENS
from archc_torch.fitted import FITTED, OPTIONS, SIZES, fitted

AVG_POOL = '''def avg_pool{rank}d(
    x: Tensor,
    kernel_size: {sizes},
    stride: {sizes},
    padding: tuple[int, ...],
) -> Tensor:
    """Pad, and take the mean of each window over the places that were there before."""
    there = x.new_ones(1, 1, *x.shape[2:])
    mean, share = (
        F.avg_pool{rank}d(F.pad(values, padding), kernel_size, stride) for values in (x, there)
    )
    return mean / share
'''

EXTREME = '''def {name}(first: Tensor, *others: Tensor) -> Tensor:
    """Keep the {word} value at each place; of equal ones the first, which gets the gradient."""
    for other in others:
        first = torch.where(first {compare} other, first, other)
    return first
'''

BATCH_NORM = '''class BatchNorm{rank}d(nn.BatchNorm{rank}d):
    """Batch norm whose running variance follows the batch's variance over n, not over n - 1."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        n, var = x.numel() // x.shape[1], self.running_var.clone()
        y = F.batch_norm(
            x, self.running_mean, var, self.weight, self.bias, True, self.momentum, self.eps
        )
        with torch.no_grad():
            self.num_batches_tracked.add_(1)
            self.running_var.copy_(var - (var - (1 - self.momentum) * self.running_var) / n)
        return y
'''

SCALE = '''class Scale{suffix}(nn.Module):
    """Multiply each channel by a learned number."""

    def __init__(self, channels: int, initial: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(initial * torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight{index}
'''

DROP_PATH = '''class DropPath(nn.Dropout):
    """In training, zero whole examples with probability `p` and divide the others by 1 - p."""

    def forward(self, x: Tensor) -> Tensor:
        return x * super().forward(x.new_ones(len(x), *[1] * (x.dim() - 1)))
'''

GAUSSIAN_NOISE = '''class GaussianNoise(nn.Module):
    """In training, add normal noise to every value."""

    def __init__(self, stddev: float) -> None:
        super().__init__()
        self.stddev = stddev

    def forward(self, x: Tensor) -> Tensor:
        return x + self.stddev * torch.randn_like(x) if self.training else x
'''


FROZEN_BATCH_NORM = '''class FrozenBatchNorm{rank}d(nn.BatchNorm{rank}d):
    """Batch norm that normalises by its running statistics in training too, and keeps them."""

    def train(self, mode: bool = True) -> nn.Module:
        return super().train(False)
'''

UNFOLD = '''def unfold(
    x: Tensor,
    kernel_size: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...] = (1, 1, 1),
) -> Tensor:
    """Put what each window holds into the channels: row by row, and at each place its channels."""
    rank = len(kernel_size)
    for dim in range(rank):
        span = (kernel_size[dim] - 1) * dilation[dim] + 1
        x = x.unfold(dim + 2, span, stride[dim])[..., :: dilation[dim]]
    return x.permute(0, *range(-rank, 0), 1, *range(2, rank + 2)).flatten(1, rank + 1)
'''

FOLD = '''def fold(x: Tensor, kernel_size: tuple[int, ...]) -> Tensor:
    """Lay the channels out as windows that stand side by side: row by row, then the channels."""
    rank = len(kernel_size)
    x = x.unflatten(1, (*kernel_size, -1))
    x = x.permute(0, rank + 1, *(dim for i in range(rank) for dim in (rank + 2 + i, i + 1)))
    for dim in range(2, rank + 2):
        x = x.flatten(dim, dim + 1)
    return x
'''


def _definitions() -> dict[str, str]:
    found = {}
    for rank, sizes in enumerate(SIZES, 1):
        found[f"avg_pool{rank}d"] = AVG_POOL.format(rank=rank, sizes=sizes)
        found[f"Scale{rank}d"] = SCALE.format(suffix=f"{rank}d", index=f"[:{', None' * rank}]")
        found[f"FrozenBatchNorm{rank}d"] = FROZEN_BATCH_NORM.format(rank=rank)
        found[f"BatchNorm{rank}d"] = BATCH_NORM.format(rank=rank)
    found["Scale"] = SCALE.format(suffix="", index="")
    found["DropPath"] = DROP_PATH
    found["GaussianNoise"] = GAUSSIAN_NOISE
    found["unfold"] = UNFOLD
    found["fold"] = FOLD
    found["maximum"] = EXTREME.format(name="maximum", word="largest", compare=">=")
    found["minimum"] = EXTREME.format(name="minimum", word="smallest", compare="<=")
    found |= {name: write(OPTIONS[name]) for name, write in FITTED.items()}
    return found | ATTENTION | TOKENS


DEFINITIONS = _definitions()
"""Source text by the name that it defines, with all options: clean under `ruff format` with lines of 100."""


def definition(name: str, code: str) -> str:
    """Return a definition for a file that holds `code`: without the options that nothing in it gives."""
    return fitted(name, code) if name in FITTED else DEFINITIONS[name]
