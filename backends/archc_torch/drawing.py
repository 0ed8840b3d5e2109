"""The distributions in PyTorch: the call that draws a weight, and what to call it in prose."""

from __future__ import annotations

EMBEDDING = "nn.Embedding"
"""Counts the other way round than the language: what an embedding takes is its vocabulary."""


def call_for(initial: tuple[str | float, ...], kind: str) -> str:
    """Return the call that draws a weight of a layer of class `kind`, with `{}` for the weight."""
    name, *numbers = str(initial[0]), *initial[1:]
    number = float(numbers[0]) if numbers else 0.0
    if name in ("glorot_uniform", "glorot_normal"):
        return f"nn.init.xavier_{name.removeprefix('glorot_')}_({{}})"
    if name.startswith(("he_", "lecun_")):
        who, _, how = name.partition("_")
        mode = ', mode="fan_out"' if kind == EMBEDDING else ""
        linearity = "relu" if who == "he" else "linear"
        return f'nn.init.kaiming_{how}_({{}}{mode}, nonlinearity="{linearity}")'
    if name == "uniform":
        return f"nn.init.uniform_({{}}, {-number!r}, {number!r})"
    if name == "normal":
        return f"nn.init.normal_({{}}, std={number!r})"
    if name == "truncated_normal":
        return f"nn.init.trunc_normal_({{}}, std={number!r}, a={-2 * number!r}, b={2 * number!r})"
    if name == "constant":
        return f"nn.init.constant_({{}}, {number!r})"
    if name == "orthogonal":
        return "nn.init.orthogonal_({})" if number == 1 else f"nn.init.orthogonal_({{}}, gain={number!r})"
    return f"nn.init.{name}_({{}})"


def words_for(name: str) -> str:
    """Return a distribution's name in prose."""
    who, _, how = name.partition("_")
    people = {"glorot": "Glorot", "he": "He", "lecun": "LeCun"}
    return f"{people[who]} {how}" if who in people else name.replace("_", " ")
