"""Data checked, a model and its training script written side by side, and that very script run."""

from __future__ import annotations

import csv
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

from archc.backend import Backend, MissingFramework, NoBackend, find
from archc.compile import compile_graph
from archc.datasets import Wanted, load
from archc.datasets.fit import fit, wanted
from archc.datasets.saving import save
from archc.graph import Graph
from archc.problems import Problems, unusable
from archc.training.launch import SCRIPT, launch
from archc.training.plan import Plan, TrainingBackend
from archc.training.recipe import check_recipe, override, recipe
from archc.weights import convert, read
from archc.write import NotOurs, make_folder, room, write

OPTIMIZER = re.compile(r"\boptimizer ?= ?(?:torch\.optim\.)?(\w+)\(")
"""Where a script makes its optimizer."""

MODEL, DATA, METRICS = "model.py", "data", "metrics.csv"


class TrainingFailed(Exception):
    """The training script stopped before its end; `status` is its exit code, and it has said why."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the training script ended with exit code {status}")
        self.status = status


class Options(NamedTuple):
    """What can be said besides the recipe."""

    skip_bad: bool = False
    strict: bool = False
    tensorboard: bool = False
    fsdp: bool = False
    mixed: bool = False
    force: bool = False
    origin: str = ""


def train(
    graph: Graph,
    backend: str | Backend,
    data: str,
    out: str | os.PathLike[str],
    *,
    options: Options | None = None,
    weights: str | None = None,
    resume: bool = False,
    processes: int = 1,
    tell: Callable[[str], None] = lambda _: None,
    **overrides: Any,
) -> list[dict[str, float]]:
    """Train a network and return the metrics of each epoch, as they stand in `OUT/metrics.csv`.

    `overrides` are keys of `training`, as in `epochs=3`; `weights` is a file of weights of either kind to start from.
    Raises SpecError for a recipe or data that do not fit, NotOurs, MissingFramework, NoBackend, TrainingFailed and
    OSError.
    """
    folder = os.fspath(out)
    chosen = trainer(backend)
    more: dict[str, Any] = {"weights": weights, "resume": resume, "tell": tell}
    prepare(graph, chosen, data, folder, options=options, **more, **overrides)
    start = [] if weights is None else ["--weights", initial(graph, chosen, weights, folder)]
    run(folder, [*start, *(["--resume"] if resume else [])], processes, launcher=chosen.launcher)
    return metrics(folder)


def trainer(backend: str | Backend) -> TrainingBackend:
    """Return a backend that networks can be trained with. Raises NoBackend and MissingFramework."""
    chosen = find(backend) if isinstance(backend, str) else backend
    if not isinstance(chosen, TrainingBackend):
        raise NoBackend(f"{chosen.title} is not trained with: its models are for inference")
    for package in (chosen.extra, "safetensors"):
        if package.isidentifier() and importlib.util.find_spec(package) is None:
            raise MissingFramework(f"`{package}` is not installed: `pip install 'archc[{chosen.extra}]'`")
    return chosen


def prepare(
    graph: Graph,
    backend: str | Backend,
    data: str,
    folder: str,
    *,
    options: Options | None = None,
    weights: str | None = None,
    resume: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    **overrides: Any,
) -> Plan:
    """Write `model.py`, `train.py` and the data into a folder. Raises what `train` raises, before anything is written.

    `weights`, a file to start from, is checked too; `initial` makes of it what the script takes. To `resume`, what is
    in the folder must be of the same network and optimizer.
    """
    options = options or Options()
    chosen = trainer(backend)
    if options.tensorboard and importlib.util.find_spec("tensorboard") is None:
        raise MissingFramework("`tensorboard` is not installed: `pip install tensorboard`")
    if weights is not None:
        read(graph, weights)
    before = dict(graph.spec.training)
    try:
        _override(graph, overrides)
        plan = _plan(graph, chosen, data, options, tell)
        source = chosen.training(plan)
    finally:
        graph.spec.training = before
    _room(folder, options.force)
    if resume:
        _same_run(graph, chosen, folder, source)
    make_folder(folder)
    save(plan.data, os.path.join(folder, DATA))
    write(os.path.join(folder, MODEL), plan.model.source, force=options.force)
    write(os.path.join(folder, SCRIPT), source, force=options.force)
    return plan


def run(
    folder: str,
    arguments: Sequence[str] = (),
    processes: int = 1,
    log: BinaryIO | None = None,
    environment: Mapping[str, str] | None = None,
    launcher: str = "torchrun",
) -> None:
    """Run a folder's script; its lines go to `log`, or where this process's go. Raises TrainingFailed.

    `launcher` is the backend's: what starts several processes.
    """
    sys.stdout.flush()
    status = launch(folder, arguments, processes, launcher, log, environment or os.environ)
    if status:
        raise TrainingFailed(status)


def initial(graph: Graph, backend: str | Backend, path: str, folder: str) -> str:
    """Return a file of weights that the backend's script can start from: `path` itself, or what it becomes.

    Raises SpecError for weights of another network, MissingFramework and OSError.
    """
    suffix = trainer(backend).weights
    start = os.path.join(os.path.abspath(folder), f"start{suffix}")
    if path.endswith(suffix):
        read(graph, path)
        return os.path.abspath(path)
    convert(graph, path, start, force=True)
    return start


def metrics(folder: str) -> list[dict[str, float]]:
    """Return what a training run has written of each epoch."""
    with open(os.path.join(folder, METRICS), encoding="utf-8", newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def _plan(graph: Graph, backend: Backend, source: str, options: Options, tell: Callable[[str], None]) -> Plan:
    origin = options.origin or os.path.basename(graph.spec.file)
    chosen = recipe(graph)
    model = compile_graph(graph, backend, origin=origin, strict=options.strict)
    if options.fsdp and "def penalty(self)" in model.source:
        raise NoBackend("`--fsdp` leaves no whole weights to sum a regularizer over: use `weight_decay` in its place")
    want: Wanted = wanted(graph, chosen, skip=options.skip_bad, tell=tell)
    data = fit(graph, chosen, _loaded(source, want), want)
    return Plan(graph, chosen, data, model, origin, options.strict, options.tensorboard, options.fsdp, options.mixed)


def _loaded(source: str, want: Wanted) -> Any:
    try:
        return load(source, want)
    except ModuleNotFoundError as error:
        raise MissingFramework(f"`{error.name}` is not installed: `pip install 'archc[data]'`") from error


def _override(graph: Graph, overrides: dict[str, Any]) -> None:
    if not overrides:
        return
    problems = Problems()
    problems.sources = dict(graph.sources)
    graph.spec.training = dict(graph.spec.training)
    override(graph.spec, overrides, problems)
    problems.stop_on_errors()
    check_recipe(graph, problems)
    problems.stop_on_errors()


def _same_run(graph: Graph, backend: TrainingBackend, folder: str, source: str) -> None:
    """Raise SpecError where the folder holds a run of another network, or of another optimizer than `source` has."""
    best = os.path.join(folder, f"best{backend.weights}")
    if os.path.exists(best):
        read(graph, best)
    script = os.path.join(folder, SCRIPT)
    if not os.path.exists(script):
        return
    with open(script, encoding="utf-8") as file:
        before, now = (OPTIMIZER.search(text) for text in (file.read(), source))
    if before and now and before[1] != now[1]:
        text = f"the run in {folder} has the optimizer {before[1]}, and is to go on with {now[1]}"
        raise unusable("E0712", text, script, "leave `--resume` out, or the optimizer as it was")


def _room(folder: str, force: bool) -> None:
    """Raise NotOurs where the folder holds somebody else's files of the names that are to be written."""
    for name in (MODEL, SCRIPT):
        room(os.path.join(folder, name), force=force)
    if not force and os.path.lexists(os.path.join(folder, DATA)) and not os.path.lexists(os.path.join(folder, SCRIPT)):
        raise NotOurs(os.path.join(folder, DATA), "is there already, and no training script of archc's beside it")
