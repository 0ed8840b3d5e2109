"""A file's defaults of activations, which hold for fused ones too: `activation: leaky_relu` is that op with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archc.ops import ACTIVATIONS
from archc.spec import Given

Defaults = Mapping[str, Mapping[str, Given]]


def fused_defaults(defaults: Defaults) -> dict[str, dict[str, Any]]:
    """Return the arguments that `defaults` gives to activations, by activation."""
    return {
        name: {key: given.value for key, given in settings.items()}
        for name, settings in defaults.items()
        if settings and name in ACTIVATIONS
    }


def with_defaults(activation: Given, fused: Mapping[str, Mapping[str, Any]]) -> Given:
    """Return an `activation` argument with the file's defaults for what it names."""
    return activation._replace(value=filled(activation.value, fused)) if fused else activation


def filled(value: Any, fused: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return an activation's name or map with the file's defaults; what it says itself holds."""
    if isinstance(value, str) and value in fused:
        return {value: dict(fused[value])}
    if isinstance(value, dict) and len(value) == 1:
        ((name, settings),) = value.items()
        if name in fused and (settings is None or isinstance(settings, dict)):
            return {name: {**fused[name], **(settings or {})}}
    return value


__all__ = ["Defaults", "filled", "fused_defaults", "with_defaults"]
