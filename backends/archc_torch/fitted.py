"""Classes and functions that an emitted file holds with the options that it gives, and no others, as source text."""

from __future__ import annotations

from collections.abc import Callable, Collection

from archc.emit.lines import Lines
from archc.emit.source import call, signature

Given = Collection[str]
"""The options that some call in a file gives."""

SIZES = ("int", "int | tuple[int, int]", "int | tuple[int, int, int]")


def separable_conv(rank: int, given: Given) -> str:
    """Return the class of a depthwise convolution followed by a pointwise one, over `rank` spatial axes."""
    sizes = SIZES[rank - 1]
    options = {"stride": f"{sizes} = 1", "padding": f"{sizes} | str = 0", "dilation": f"{sizes} = 1"}
    more = {"multiplier": "int = 1", "bias": "bool = True"}
    always = ["self", "in_channels: int", "out_channels: int", f"kernel_size: {sizes}"]
    lines = _class(
        f"SeparableConv{rank}d(nn.Sequential)",
        "A convolution of each channel apart, then one of kernel size 1 that mixes the channels.",
        [*always, *_listed({**options, **more}, given)],
    )
    channels = "in_channels"
    if "multiplier" in given:
        channels = "channels"
        lines.add("channels = in_channels * multiplier")
    passed = [f"{name}={name}" for name in options if name in given]
    depthwise = ["in_channels", channels, "kernel_size", *passed, "groups=in_channels", "bias=False"]
    lines.statement("self.depthwise = ", call(f"nn.Conv{rank}d", depthwise))
    bias = ["bias=bias"] if "bias" in given else []
    lines.statement("self.pointwise = ", call(f"nn.Conv{rank}d", [channels, "out_channels", "kernel_size=1", *bias]))
    return "\n".join(lines.text) + "\n"


def max_unpool(rank: int, given: Given) -> str:
    """Return the function that puts values back over `rank` spatial axes."""
    options = _listed({"ceil_mode": "bool = False"}, given)
    parameters = ["x: Tensor", "y: Tensor", f"kernel_size: {SIZES[rank - 1]}", *options]
    rounded = ["ceil_mode=ceil_mode"] if "ceil_mode" in given else []
    lines = Lines(0)
    lines.text += signature(f"max_unpool{rank}d", parameters, " -> Tensor:", 0)
    lines.deeper()
    lines.add('"""Put each value back where the largest of its window of `y` stood, and zeros elsewhere."""')
    lines.statement("_, indices = ", call(f"F.max_pool{rank}d", ["y", "kernel_size", *rounded, "return_indices=True"]))
    lines.add(f"return F.max_unpool{rank}d(x, indices, kernel_size, output_size=y.shape[2:])")
    return "\n".join(lines.text) + "\n"


MEMORY = {"key_size": "int | None = None", "value_size": "int | None = None"}
ATTENTION = {
    "key_channels": "int | None = None",
    "causal": "bool = False",
    "dropout": "float = 0.0",
    "bias": "bool = True",
}


def self_attention(given: Given) -> str:
    """Return the class of attention of a sequence to itself."""
    lines = _projections("SelfAttention", "Multi-head attention of a sequence to itself", given)
    lines.deeper(-1)
    lines.add("")
    lines.add("def forward(self, x: Tensor) -> Tensor:")
    lines.deeper()
    lines.add("query, key, value = (")
    lines.add("    layer(x).unflatten(2, (self.heads, -1)).transpose(1, 2)")
    lines.add("    for layer in (self.query, self.key, self.value)")
    return _attended(lines, given)


def cross_attention(given: Given) -> str:
    """Return the class of attention of a sequence to others, which may have other channels."""
    lines = _projections("CrossAttention", "Multi-head attention of a sequence to others", given)
    lines.deeper(-1)
    lines.add("")
    lines.add("def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:")
    lines.deeper()
    lines.add("query, key, value = (")
    lines.add("    x.unflatten(2, (self.heads, -1)).transpose(1, 2)")
    lines.add("    for x in (self.query(query), self.key(key), self.value(value))")
    return _attended(lines, given)


def _projections(name: str, told: str, given: Given) -> Lines:
    """Return the class up to where its four layers are made."""
    options = _listed({**MEMORY, **ATTENTION}, given)
    lines = _class(
        f"{name}(nn.Module)",
        f"{told}: (batch, length, channels) in and out.",
        ["self", "channels: int", "heads: int", *options],
    )
    inner = "channels"
    if "key_channels" in given:
        inner = "inner"
        lines.add("inner = heads * (key_channels or channels // heads)")
    kept = ["heads", *[option for option in ("causal", "dropout") if option in given]]
    lines.add(f"{', '.join(f'self.{option}' for option in kept)} = {', '.join(kept)}")
    bias = ["bias=bias"] if "bias" in given else []
    for layer in ("query", "key", "value"):
        size = f"{layer}_size or channels" if f"{layer}_size" in given else "channels"
        lines.add(f"self.{layer} = {call('nn.Linear', [size, inner, *bias])}")
    lines.add(f"self.output = {call('nn.Linear', [inner, 'channels', *bias])}")
    return lines


def _attended(lines: Lines, given: Given) -> str:
    """Add what is made of queries, keys and values, and return the whole class."""
    lines.add(")")
    options = []
    if "dropout" in given:
        lines.add("dropout = self.dropout if self.training else 0.0")
        options.append("dropout_p=dropout")
    if "causal" in given:
        options.append("is_causal=self.causal")
    lines.statement("y = ", call("F.scaled_dot_product_attention", ["query", "key", "value", *options]))
    lines.add("return self.output(y.transpose(1, 2).flatten(2))")
    return "\n".join(lines.text) + "\n"


def _class(head: str, told: str, parameters: list[str]) -> Lines:
    """Return a class as far as the first line of its `__init__`."""
    lines = Lines(0)
    lines.add(f"class {head}:")
    lines.deeper()
    lines.add(f'"""{told}"""')
    lines.add("")
    lines.text += signature("__init__", parameters, " -> None:", 4)
    lines.deeper()
    lines.add("super().__init__()")
    return lines


def _listed(options: dict[str, str], given: Given) -> list[str]:
    return [f"{name}: {kind}" for name, kind in options.items() if name in given]


FITTED: dict[str, Callable[[Given], str]] = {
    "SelfAttention": self_attention,
    "CrossAttention": cross_attention,
    "SeparableConv1d": lambda given: separable_conv(1, given),
    "SeparableConv2d": lambda given: separable_conv(2, given),
    "SeparableConv3d": lambda given: separable_conv(3, given),
    "max_unpool1d": lambda given: max_unpool(1, given),
    "max_unpool2d": lambda given: max_unpool(2, given),
    "max_unpool3d": lambda given: max_unpool(3, given),
}
"""What writes a class or a function for the options that a file gives, by its name."""

OPTIONS = {
    "SelfAttention": tuple(ATTENTION),
    "CrossAttention": (*MEMORY, *ATTENTION),
    **{f"SeparableConv{rank}d": ("stride", "padding", "dilation", "multiplier", "bias") for rank in (1, 2, 3)},
    **{f"max_unpool{rank}d": ("ceil_mode",) for rank in (1, 2, 3)},
}
"""The options that each has."""


def fitted(name: str, code: str) -> str:
    """Return what is called `name` with the options that its calls in `code` give."""
    import ast

    calls = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    own = (node for node in calls if isinstance(node.func, ast.Name) and node.func.id == name)
    return FITTED[name]({keyword.arg for node in own for keyword in node.keywords if keyword.arg})
