"""A whole file: the functions that are called, and one for the network, a line for each layer."""

from __future__ import annotations

import inspect

from archc.graph import Graph
from archc_numpy import functions
from archc_numpy.spell import written

CALLS = ("windows", "conv", "max_pool", "batch_norm", "softmax")
HEAD = """from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[Any]
Sizes = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]
"""


def write(graph: Graph, origin: str, *, probe: bool) -> str:
    """Return the source of a network. Names of users stand in it as literals of plain ASCII, never as code."""
    body = lines(graph, probe)
    text = "\n".join(body)
    asked = text + "windows(" * ("conv(" in text or "max_pool(" in text)
    called = [name for name in CALLS if f"{name}(" in asked]
    defined = [inspect.getsource(getattr(functions, name)) for name in called]
    comment = f"# {ascii(graph.name)[1:-1]}, compiled by archc from {ascii(origin)[1:-1]} for NumPy.\n"
    main = "def network(inputs: dict[str, Array], weights: dict[str, Array]) -> dict[str, Array]:\n"
    main += '    """Return every output\'s logits; arrays are (batch, ...) with channels last."""\n'
    return comment + "\n\n".join([HEAD, *defined, main]) + text + "\n"


def lines(graph: Graph, probe: bool) -> list[str]:
    """Return the function's body: a line for each layer, in the order of computing."""
    names: dict[str, str] = {}
    body = []
    for number, name in enumerate(graph.inputs):
        names[name] = f"x{number}"
        body.append(f"    x{number} = inputs[{name!a}]")
    layers = graph.layers if probe else [layer for layer in graph.layers if not layer.final]
    for number, layer in enumerate(layers, len(names)):
        value = written(layer, [names[name] for name in layer.inputs])
        value = f"_probe({layer.path!a}, {value})" if probe else value
        names[layer.path] = f"x{number}"
        body.append(f"    x{number} = {value}  # {ascii(layer.path)[1:-1]}: {layer.output}")
    made = {id(tensor): name for name, tensor in graph.run.inputs.items()}
    made |= {id(layer.turn.output): layer.path for layer in graph.layers if not layer.final}
    logits = {o.name: o.final.inputs[0] if o.final else made[id(o.tensor)] for o in graph.outputs}
    ends = [f"{name!a}: {names[path]}" for name, path in logits.items()]
    return [*body, f"    return {{{', '.join(ends)}}}"]
