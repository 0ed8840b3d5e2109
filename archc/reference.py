"""The reference of ops, derived from their definitions: a listing by family, and a page for each."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING

from archc.compile import load_text
from archc.one_line import one_line
from archc.ops import FAMILIES, OPS, REQUIRED, Argument, Example, Op
from archc.schema_ops import summary

if TYPE_CHECKING:
    from archc.backend import Backend


def listing() -> str:
    """Return all ops by family, each with its first line."""
    width = max(map(len, OPS))
    parts = []
    for module in FAMILIES:
        family = module.__name__.rpartition(".")[2]
        lines = [f"  {op.name:{width}}  {summary(op)}" for op in OPS.values() if op.family == family]
        parts.append("\n".join([family, *lines]) + "\n")
    return "\n".join(parts)


def page(op: type[Op], backends: Mapping[str, Backend]) -> str:
    """Return the page of an op, as Markdown."""
    sections = [
        f"# {op.name}\n\n{inspect.cleandoc(op.__doc__ or '')}\n",
        f"```yaml\n{_usage(op)}\n```\n",
        _arguments(op),
        _shapes(op),
        _weights(op),
        _cost(op),
        _support(op, backends),
        f"## Source\n\n{op.paper}\n" if op.paper else "",
    ]
    return "\n".join(section for section in sections if section)


def _usage(op: type[Op]) -> str:
    example = shown(op)
    args = example.args
    if op.merges and not args and example.inputs[0].kind == "image":
        return (
            f"- {op.name}:\n    main:\n      - conv: {{filters: 64, kernel_size: 3, padding: same}}\n    shortcut: []"
        )
    if op.merges:
        names = ", ".join(("first", "second", "third")[: len(example.inputs)])
        return f"- {op.name}:{f' {one_line(args)}' if args else ''}\n  from: [{names}]"
    return f"- {op.name}: {one_line(args)}" if args else f"- {op.name}"


def shown(op: type[Op]) -> Example:
    """Return the example to show: the first on an image, else the first."""
    images = [example for example in op.examples if example.inputs[0].kind == "image"]
    return (images or list(op.examples))[0]


def _arguments(op: type[Op]) -> str:
    if not op.arguments:
        return "It has no arguments.\n" if not op.merges else ""
    rows = [f"| `{a.name}` | {a.word.expected} | {_default(a)} | {a.help} |" for a in op.arguments.values()]
    head = ["## Arguments", "", "| name | takes | default | meaning |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows]) + "\n"


def _default(argument: Argument) -> str:
    if argument.default is REQUIRED:
        return "must be given"
    return "none" if argument.default is None else f"`{one_line(argument.default)}`"


def _shapes(op: type[Op]) -> str:
    rows = [
        f"| {' and '.join(map(str, example.inputs))} | {f'`{one_line(example.args)}`' if example.args else ''} "
        f"| {example.output} |"
        for example in op.examples
    ]
    return "\n".join(["## Shapes", "", "| in | arguments | out |", "| --- | --- | --- |", *rows]) + "\n"


def _weights(op: type[Op]) -> str:
    example = shown(op)
    weights = _made(op, example).weights(*example.inputs)
    if not weights:
        return ""
    rows = [
        f"| `{name}` | {'x'.join(map(str, weight.shape))} | {_initial(weight.initial)} "
        f"| {'yes' if weight.trainable else 'no'} |"
        for name, weight in weights.items()
    ]
    title = f"For {' and '.join(map(str, example.inputs))} with `{one_line(example.args)}`:"
    head = ["## Weights", "", title, "", "| name | shape | starts as | trained |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows]) + "\n"


def _cost(op: type[Op]) -> str:
    """Say what the example on the page costs."""
    example = shown(op)
    made = _made(op, example)
    count = sum(int(str(weight.elements)) for weight in made.weights(*example.inputs).values())
    first, *others = example.inputs
    macs = int(str(made.macs(first, example.output, *others)))
    if not count and not macs:
        return ""
    title = f"{' and '.join(map(str, example.inputs))} with `{one_line(example.args)}`"
    return f"## Cost\n\n{title} takes {count:,} parameters and {macs:,} multiply-accumulates.\n"


def _initial(initial: tuple[str | float, ...]) -> str:
    name, *numbers = initial
    return f"{str(name).replace('_', ' ')}{' ' if numbers else ''}{', '.join(map(str, numbers))}"


def _made(op: type[Op], example: Example) -> Op:
    return op(**{name: op.arguments[name].freeze(value) for name, value in example.args.items()})


def _support(op: type[Op], backends: Mapping[str, Backend]) -> str:
    """Say which backends write each of the op's examples, and why others do not."""
    if not backends:
        return ""
    lines = [f"- {backend.title}: {_supported(op, backend)}" for backend in backends.values()]
    return "\n".join(["## Backends", "", *lines]) + "\n"


def _supported(op: type[Op], backend: Backend) -> str:
    reasons: dict[str, list[str]] = {}
    for example in op.examples:
        for layer in load_text(spec_of(op, example)).layers:
            try:
                reason = backend.supports(layer)
            except Exception as error:  # a stranger's, which leaves the others to be shown
                reason = f"it fails with {type(error).__name__}"
            if reason is not None:
                reasons.setdefault(reason, []).append(f"`{one_line(example.args)}` on {example.inputs[0]}")
    if not reasons:
        return "yes"
    return "; ".join(f"not {', '.join(uses[:3])}: {reason}" for reason, uses in reasons.items())


def spec_of(op: type[Op], example: Example) -> str:
    """Return a spec of one layer that is this example."""
    axes = [one_line(x.declared()) for x in example.inputs]
    names = [f"in{place}" for place in range(1, len(axes) + 1)]
    inputs = "".join(f"  {name}: {sizes}\n" for name, sizes in zip(names, axes, strict=True))
    step = f"  - {op.name}: {one_line(example.args)}\n    from: [{', '.join(names)}]\n"
    return f"archc: 1\nname: example\ninputs:\n{inputs}layers:\n{step}"
