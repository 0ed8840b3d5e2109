"""Functions and classes for attention that an emitted file holds, as source text. See `definitions`."""

from __future__ import annotations

HEADS = '''\
@keras.saving.register_keras_serializable()
class ScaledDotProductAttention(layers.Layer):
    """Attention of queries to keys and values, in heads: each works on its part of the channels."""

    def __init__(self, heads: int = 1, causal: bool = False, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.heads, self.causal = heads, causal

    def call(self, query: KerasTensor, key: KerasTensor, value: KerasTensor) -> KerasTensor:
        query, key, value = (
            ops.stack(ops.split(x, self.heads, axis=2), axis=1) for x in (query, key, value)
        )
        scores = ops.matmul(query, ops.swapaxes(key, 2, 3)) / math.sqrt(key.shape[-1])
        if self.causal:
            seen = ops.tril(ops.ones_like(scores[:1, :1], dtype="bool"))
            scores = ops.where(seen, scores, -math.inf)
        y = ops.matmul(ops.softmax(scores), value)
        return ops.concatenate(ops.unstack(y, axis=1), axis=2)

    def get_config(self) -> dict[str, object]:
        return {"heads": self.heads, "causal": self.causal, "name": self.name}
'''

START = '''\
@keras.saving.register_keras_serializable()
class ProjectionUniform(keras.initializers.Initializer):
    """Glorot uniform for kernels that join channels with the `inner` values of all heads."""

    def __init__(self, inner: int) -> None:
        self.inner = inner

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> KerasTensor:
        bound = math.sqrt(6 / (math.prod(shape) / self.inner + self.inner))
        return keras.random.uniform(shape, -bound, bound, dtype)

    def get_config(self) -> dict[str, int]:
        return {"inner": self.inner}
'''

ATTENTION = {"ScaledDotProductAttention": HEADS, "ProjectionUniform": START}
