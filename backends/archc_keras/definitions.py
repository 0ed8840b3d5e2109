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

LAYER = '''\
@keras.saving.register_keras_serializable()
class LocalResponseNorm(layers.Layer):
    """Divide each value by the energy of the `size` channels around it."""

    def __init__(
        self, size: int, alpha: float, beta: float, bias: float = 1.0, *, name: str | None = None
    ) -> None:
        super().__init__(name=name)
        self.size, self.alpha, self.beta, self.bias = size, alpha, beta, bias

    def call(self, x: KerasTensor) -> KerasTensor:
        channels = x.shape[-1]
        around = (self.size // 2, (self.size - 1) // 2)
        squares = ops.pad(ops.square(x), (*[(0, 0)] * (len(x.shape) - 1), around))
        energy = sum(squares[..., i : i + channels] for i in range(self.size))
        return x / ops.power(self.bias + self.alpha / self.size * energy, self.beta)

    def get_config(self) -> dict[str, object]:
        numbers = {"size": self.size, "alpha": self.alpha, "beta": self.beta, "bias": self.bias}
        return {**numbers, "name": self.name}
'''

DEFINITIONS = {
    "local_response_norm": LOCAL_RESPONSE_NORM,
    "average_pool": AVERAGE_POOL,
    "LocalResponseNorm": LAYER,
}
"""Source text by name, in the order in which a file holds them."""
