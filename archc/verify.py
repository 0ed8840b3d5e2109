"""Prove that backends' sources compute the same: every layer, the gradients, and training steps."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any

from archc.backend import Backend, find
from archc.compile import compile_graph
from archc.graph import Graph
from archc.judge import Difference, Extent, Judge
from archc.majority import OddOne, odd_one
from archc.trial import Evidence, Trial

LARGE = 10_000_000
"""From so many weights on, what is left of one backend's model is cleared away before the next."""


class Verification:
    """What was compared, how far apart it was, and what is wrong or not claimed."""

    def __init__(
        self,
        graph: Graph,
        backends: Sequence[Backend],
        dtype: str,
        steps: int,
        limits: list[str],
        judge: Judge,
        odd: OddOne | None = None,
    ) -> None:
        self.network = graph.name
        self.backends = [backend.name for backend in backends]
        self.titles = [backend.title for backend in backends]
        self.dtype = dtype
        self.steps = steps
        self.limits = limits
        self.odd = odd
        self.trained = judge.trained
        self.layers_compared = len(judge.compared) if judge.done else 0
        self.forward = judge.extents["forward"]
        self.gradients = judge.extents["gradients"]
        self.loss = judge.extents["loss"]
        self.weights = judge.extents["weights"]
        self.first_difference: Difference | None = judge.first_difference
        self.problems = judge.problems

    @property
    def equal(self) -> bool:
        """Whether every claim that is not in `limits` holds."""
        return self.first_difference is None and not self.problems

    def to_json(self) -> dict[str, Any]:
        """Return plain data; `problems` stands there only where there are some."""
        first = self.first_difference
        return {
            "equal": self.equal,
            "dtype": self.dtype,
            "backends": self.backends,
            "layers_compared": self.layers_compared,
            "forward": self.forward._asdict(),
            "gradients": self.gradients._asdict() if self.trained else dict.fromkeys(Extent._fields),
            "training": {
                "steps": self.steps,
                "loss_max_abs": self.loss.max_abs if self.trained else None,
                "weights_max_abs": self.weights.max_abs if self.trained else None,
            },
            "first_difference": None
            if first is None
            else {"layer": first.layer, "line": first.line, "max_abs": first.max_abs, "bound": first.bound},
            **({"odd_one": self._odd_one()} if len(self.backends) > 2 else {}),
            "limits": self.limits,
            **({"problems": self.problems} if self.problems else {}),
        }

    def text(self) -> str:
        """Return the report for people."""
        verdict = "are equal" if self.equal else "are NOT equal"
        steps = f"{self.steps} {'step' if self.steps == 1 else 'steps'}"
        lines = [f"{self.network}: {' and '.join(self.titles)} {verdict} ({self.dtype})"]
        if self.layers_compared:
            lines.append(f"  layers     {self.layers_compared} compared, {_apart(self.forward)}")
        if self.layers_compared and self.trained:
            lines += [
                f"  gradients  {_apart(self.gradients)}",
                f"  training   {steps}: loss {_apart(self.loss)}, weights {_apart(self.weights)}",
            ]
        first = self.first_difference
        if first is not None:
            lines.append(
                f"  first difference: {first.what} (line {first.line}) by {first.max_abs:.1e}, "
                f"where {first.bound:.1e} is allowed"
            )
        if first is not None and len(self.backends) > 2:
            lines.append(f"  the odd one out: {self._odd_text()}")
        lines += [f"  problem: {problem}" for problem in self.problems]
        if self.limits:
            lines += ["  not claimed:", *(f"    {limit}" for limit in self.limits)]
        return "\n".join(lines)

    def _odd_one(self) -> dict[str, Any] | None:
        if self.odd is None:
            return None
        agreeing = [self.backends[place] for place in self.odd.others]
        where = self.odd.where
        return {
            "backend": self.backends[self.odd.backend],
            "agreeing": agreeing,
            "layer": where.layer,
            "line": where.line,
        }

    def _odd_text(self) -> str:
        if self.odd is None:
            return "cannot be told, as no majority agrees there"
        agreeing = " and ".join(self.titles[place] for place in self.odd.others)
        return f"{self.titles[self.odd.backend]}; {agreeing} agree on {self.odd.where.what}"

    def __repr__(self) -> str:
        return f"<Verification of {self.network}: {'equal' if self.equal else 'not equal'}>"


def _apart(extent: Extent) -> str:
    return f"at most {extent.max_abs:.1e} apart ({extent.max_rel:.1e} relative)"


def verify(
    graph: Graph,
    backends: Sequence[str | Backend] = ("torch", "keras"),
    dtype: str = "float64",
    steps: int = 3,
    seed: int = 0,
    strict: bool = False,
) -> Verification:
    """Build what each backend emits, carry one set of weights into each, and compare all with the first.

    Raises SpecError for a layer that a backend cannot spell, NoBackend, MissingFramework, and ValueError for arguments
    that make no sense.
    """
    if len(backends) < 2:
        raise ValueError("verify compares backends: name at least two")
    if dtype not in ("float64", "float32"):
        raise ValueError(f"`{dtype}` is no number type to verify in: float64 or float32")
    chosen = [find(backend) if isinstance(backend, str) else backend for backend in backends]
    for backend in chosen:
        backend.versions()
        compile_graph(graph, backend, origin=graph.spec.file, strict=strict)
    said = [tuple(backend.limits(graph, dtype=dtype, strict=strict)) for backend in chosen]
    trial = Trial(graph, seed, steps)
    evidence: list[Evidence] = []
    for backend, limits in zip(chosen, said, strict=True):
        if evidence and sum(array.size for array in trial.draw.weights.values()) > LARGE:
            gc.collect()
        evidence.append(trial.run(backend.runner(graph, dtype=dtype, strict=strict))._replace(limits=limits))
    # All are compared with the first that can be trained.
    base = next((place for place, found in enumerate(evidence) if not found.forward_only), 0)
    # How far float32 takes a backend from its own float64 tells what float32 may do between two.
    twin = None if dtype == "float64" else trial.run(chosen[base].runner(graph, dtype="float64", strict=strict))

    def judge_of(first: Evidence) -> Judge:
        return Judge(graph, trial.outputs, first, twin)

    judge = judge_of(evidence[base])
    sound = [judge.sound(backend, found) for backend, found in zip(chosen, evidence, strict=True)]
    for place, found in enumerate(evidence):
        if place != base and sound[place] and sound[base]:
            judge.compare(found)
    odd = odd_one(evidence, judge_of) if judge.first_difference and len(chosen) > 2 and all(sound) else None
    every = list(dict.fromkeys(limit for limits in said for limit in limits))
    return Verification(graph, chosen, dtype, steps, every, judge, odd)
