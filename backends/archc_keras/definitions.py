"""Functions that an emitted file holds where Keras has no layer for what is meant."""

from __future__ import annotations

LOCAL_RESPONSE_NORM = '''\
def local_response_norm(
    x: KerasTensor, size: int, alpha: float, beta: float, bias: float = 1.0
) -> KerasTensor:
    """Divide each value by the energy of the `size` channels around it."""
    channels = x.shape[-1]
    around = (size // 2, (size - 1) // 2)
    squares = ops.pad(ops.square(x), (*[(0, 0)] * (len(x.shape) - 1), around))
    energy = sum(squares[..., i : i + channels] for i in range(size))
    return x / ops.power(bias + alpha / size * energy, beta)
'''

AVERAGE_POOL = '''\
def average_pool(
    x: KerasTensor,
    pool_size: int | tuple[int, ...],
    strides: int | tuple[int, ...],
    padding: tuple[tuple[int, int], ...],
) -> KerasTensor:
    """Average each window over its real values: what is padded does not count."""
    around = ((0, 0), *padding, (0, 0))
    real = ops.pad(ops.ones_like(x[..., :1]), around)
    share = ops.average_pool(real, pool_size, strides)
    return ops.average_pool(ops.pad(x, around), pool_size, strides) / share
'''

DEFINITIONS = {"local_response_norm": LOCAL_RESPONSE_NORM, "average_pool": AVERAGE_POOL}
"""Source text by name, in the order in which a file holds them."""
