"""How ops of several tensors are written in PyTorch: as operators, so that axes of size 1 stretch by themselves."""

from __future__ import annotations

from archc.emit.spelling import Spelling, Use, View
from archc.ops.merging import Add, Average, Concat, Maximum, Minimum, Multiply, Subtract
from archc_torch.dispatch import dimension, first, layer


def stretched(xs: tuple[View, ...]) -> tuple[str, ...]:
    """Return how each tensor comes in: a vector beside other kinds as one place, with its features as channels."""
    lead = next((x for x in xs if x.rank > 0), None)
    if lead is None or all(x.rank > 0 for x in xs):
        return ()
    ones = ["None"] * lead.rank
    vector = f"{{x}}[{', '.join([':', ':', *ones] if first(lead) else [':', *ones, ':'])}]"
    return tuple("{x}" if x.rank else vector for x in xs)


def joined(form: str, template: str, xs: tuple[View, ...], call: bool = False, needs: str = "") -> Spelling:
    return Spelling(form, (Use(template, call=call),), stretched(xs), (needs,) if needs else ())


def between(operator: str, xs: tuple[View, ...]) -> str:
    return f" {operator} ".join(inputs(xs))


def inputs(xs: tuple[View, ...]) -> list[str]:
    return [f"{{{place}}}" for place in range(len(xs))]


@layer.register
def add(_op: Add, *xs: View) -> list[Spelling]:
    return [joined("plain", between("+", xs), xs)]


@layer.register
def subtract(_op: Subtract, *xs: View) -> list[Spelling]:
    return [joined("plain", between("-", xs), xs)]


@layer.register
def multiply(_op: Multiply, *xs: View) -> list[Spelling]:
    return [joined("plain", between("*", xs), xs)]


@layer.register
def average(_op: Average, *xs: View) -> list[Spelling]:
    return [joined("plain", f"({between('+', xs)}) / {len(xs)}", xs)]


@layer.register
def maximum(_op: Maximum, *xs: View) -> list[Spelling]:
    return chosen("maximum", ">=", xs)


@layer.register
def minimum(_op: Minimum, *xs: View) -> list[Spelling]:
    return chosen("minimum", "<=", xs)


def chosen(name: str, compare: str, xs: tuple[View, ...]) -> list[Spelling]:
    """Return what keeps one of several values; torch.maximum would share the gradient out among equal ones."""
    general = joined("general", f"{name}({', '.join(inputs(xs))})", xs, True, name)
    if len(xs) == 2:
        return [joined("pair", f"torch.where({{0}} {compare} {{1}}, {{0}}, {{1}})", xs), general]
    return [general]


@layer.register
def concat(op: Concat, *xs: View) -> list[Spelling]:
    slots = {"dim": dimension(xs[0], op.over(xs[0].shape))}
    return [Spelling("plain", (Use(f"torch.cat([{', '.join(inputs(xs))}], dim={{dim}})", slots),))]
