"""Every op in PyTorch: importing this fills `layer`. Here too: layouts, first weights, and what cannot be done."""

from __future__ import annotations

from typing import Any, Literal

from archc.emit.spelling import View
from archc.ops.base import Op
from archc.ops.pools import MaxUnpool
from archc.shapes import Shape
from archc_torch import (
    spell_attention,
    spell_merges,
    spell_rearranged,
    spell_recurrent,
    spell_reduced,
    spell_shapes,
    spell_tokens,
    spell_values,
    spell_windows,
)
from archc_torch.definitions import DEFINITIONS
from archc_torch.dispatch import layer

__all__ = ["DEFINITIONS", "FAMILIES", "INITIAL", "LAYOUT", "RESULT", "layer", "refuse", "strict_name"]

FAMILIES = (
    spell_windows,
    spell_shapes,
    spell_reduced,
    spell_rearranged,
    spell_merges,
    spell_values,
    spell_recurrent,
    spell_attention,
    spell_tokens,
)

_LAYOUTS: dict[Literal["first", "last", "any"], str] = {
    "first": """
        conv depthwise_conv separable_conv conv_transpose max_pool max_unpool avg_pool upsample
        batch_norm group_norm lrn prelu spatial_dropout
        adaptive_avg_pool adaptive_max_pool unfold fold channel_shuffle pixel_shuffle instance_norm reflect_pad to_image
        window_attention
    """,
    "last": """
        dense embedding layer_norm rms_norm flatten reshape permute simple_rnn lstm gru
        multi_head_attention scaled_dot_product_attention position_embedding class_token rotary matmul
    """,
    "any": """
        to_sequence split slice take stack
        relu relu6 leaky_relu elu selu gelu silu hard_sigmoid hard_swish sigmoid tanh softplus softmax dropout
        add subtract multiply average maximum minimum concat global_avg_pool global_max_pool zero_pad crop
        mean sum max min identity drop_path scale rescale clip
        mish celu softsign hard_tanh exponential log_softmax l2_normalize gaussian_noise roll glu
    """,
}

LAYOUT = {op: layout for layout, ops in _LAYOUTS.items() for op in ops.split()}
"""Where an op needs the channels of a sequence; with `any`, its spelling goes by the view."""

RESULT: dict[str, Literal["first", "last"]] = dict.fromkeys(
    ("embedding", "reshape", "to_sequence", "stack", "time_distributed"), "last"
)
"""Where the channels of a resulting sequence are, for ops that do not keep the input's layout."""

INITIAL: dict[str, tuple[Any, ...]] = {
    **{f"nn.Conv{rank}d": ("glorot", True) for rank in (1, 2, 3)},
    **{f"nn.ConvTranspose{rank}d": ("glorot", True) for rank in (1, 2, 3)},
    **{f"SeparableConv{rank}d": ("parts", "depthwise", "pointwise") for rank in (1, 2, 3)},
    **dict.fromkeys(("SelfAttention", "CrossAttention", "WindowAttention"), ("linear",)),
    "nn.Linear": ("glorot", True),
    "nn.Embedding": ("uniform", 0.05),
    **dict.fromkeys(("nn.RNN", "nn.LSTM", "nn.GRU"), ("recurrent",)),
}
"""How weights are drawn where the framework would draw them otherwise.

`glorot`, and whether there is a bias (which starts at zero) unless `bias=False`; `uniform`, and how far from 0;
`recurrent`, Glorot uniform from what comes in, orthogonal from the state, biases zero but of the forget gate;
`linear`, as the `nn.Linear` that it is made of;
`parts`, and the names of the convolutions inside, each drawn as its own class says. Only `pointwise` may have a bias.
"""

strict_name = {f"nn.BatchNorm{rank}d": f"BatchNorm{rank}d" for rank in (1, 2, 3)}
"""The definitions that replace PyTorch's own layers where training must be equal too."""


def refuse(op: Op, *xs: View) -> str | None:
    """Return why PyTorch cannot do `op` on these, in words for the user; None where it can."""
    if op.name == "batch_norm" and xs[0].rank > 3:
        return "PyTorch has batch norm for one, two or three spatial axes only: `reshape` to one of these first."
    if isinstance(op, MaxUnpool) and xs[1].rank == 3 and narrow(op, xs[1].shape):
        return "PyTorch finds no places in volumes smaller than a window: make `kernel_size` as small as the input."
    return None


def narrow(op: MaxUnpool, y: Shape) -> bool:
    """Tell whether a tensor is smaller than a window along some axis."""
    return any(isinstance(n, int) and n < k for n, k in zip(y.spatial, op.kernel(y), strict=True))
