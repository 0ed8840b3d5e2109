"""From what the user asks for to a trained grid and its report."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from archc.backend import MissingFramework
from archc.compile import load, load_text
from archc.graph import Graph
from archc.problems import Problems, SpecError
from archc.progress import lines, notice, progress
from archc.read import read_file
from archc.study.grid import DATA, Axis, axes, checked, points
from archc.study.outcome import Result
from archc.study.running import ENGINES, RESULT, Job, RunFailed, finished, folder_name
from archc.training.launch import forget
from archc.training.recipe import recipe
from archc.training.run import METRICS, Options, prepare, trainer
from archc.write import make_folder, write

try:
    from archc.datasets import Dataset, Split
    from archc.datasets import load as load_data
    from archc.datasets.fit import fit, wanted
    from archc.study.report import Study, files
    from archc.study.subsets import Labelled, digest, drawn, enough, few, labelled, save
except ModuleNotFoundError as error:
    raise MissingFramework(f"`{error.name}` is not installed: `pip install 'archc[torch,data,study]'`") from error


Reader = Callable[[str | None, Mapping[str, Any]], Graph]


class Asked(NamedTuple):
    """The options of the command; `classes` are ids to keep, `updates` a number of steps for every run."""

    vary: tuple[str, ...]
    data: str
    classes: str
    backend: str
    seeds: int
    updates: int | None
    jobs: int
    engine: str
    output: str


def run(spec: str, variant: str | None, settings: Mapping[str, Any], asked: Asked) -> list[str]:
    """Train the grid, and return the report's files. What was trained before is not trained again.

    Raises SpecError with what is wrong at any point before anything is written, RunFailed after all that could be
    trained was, NoBackend, MissingFramework and OSError.
    """
    trainer(asked.backend)
    read = _reader(spec)
    first = read(variant, settings)
    varied = axes(asked.vary, first.spec)
    graphs = _graphs(read, variant, settings, varied)
    data = _data(first, asked)
    _fitting(graphs, varied, data, asked)
    jobs = _prepared(graphs, varied, data, asked)
    results, failed = _train(jobs, asked)
    if failed:
        raise RunFailed("\n".join(str(error) for error in failed))
    study = Study(first.name, _told(asked), asked.backend, varied, asked.seeds, results)
    written = []
    for name, content in files(study).items():
        written.append(os.path.join(asked.output, name))
        write(written[-1], content, force=True)
    return written


def _reader(spec: str) -> Reader:
    """Return what reads the spec with a variant and settings: standard input only once."""
    if spec != "-":
        return partial(load, spec)
    problems = Problems()
    source, _ = read_file(spec, problems)
    problems.stop_on_errors()
    return partial(load_text, source.text, name=source.name)


def _graphs(read: Reader, variant: str | None, settings: Mapping[str, Any], varied: Sequence[Axis]) -> list[Graph]:
    """Return the network at every point. Raises SpecError with all that is wrong at any of them."""
    found, wrong = [], []
    for point in points(varied):
        bound = {name: value for name, value in point.items() if name != DATA}
        try:
            found.append(read(variant, {**settings, **bound}))
        except SpecError as error:
            wrong.append(error)
    checked(wrong)
    return found


def _data(graph: Graph, asked: Asked) -> Labelled:
    classes = [int(part) for part in asked.classes.split(",") if part.strip()]
    return labelled(load_data(asked.data, wanted(graph, recipe(graph), skip=False, tell=notice)), asked.data, classes)


def _fitting(graphs: Sequence[Graph], varied: Sequence[Axis], data: Labelled, asked: Asked) -> None:
    """Raise SpecError with all that the data do not fit at any point."""
    wrong, some = [], few(data)
    train, test = Split({"x": some.x_train}, {"y": some.y_train}), Split({"x": some.x_test}, {"y": some.y_test})
    whole = Dataset(asked.data, train, test)
    for graph, point in zip(graphs, points(varied), strict=True):
        chosen = recipe(graph)._replace(batch_size=1)
        try:
            enough(data, point.get(DATA, 0))
            fit(graph, chosen, whole, wanted(graph, chosen, skip=False, tell=notice))
        except SpecError as error:
            wrong.append(error)
    checked(wrong)


def _told(asked: Asked) -> str:
    return f"{asked.data}, classes {asked.classes}" if asked.classes else asked.data


def _prepared(graphs: Sequence[Graph], varied: Sequence[Axis], data: Labelled, asked: Asked) -> list[Job]:
    """Write what each run needs, unless it was trained before."""
    jobs, content = [], digest(data)
    for graph, point in zip(graphs, points(varied), strict=True):
        summary = graph.summary()
        for seed in range(asked.seeds):
            part = drawn(data, point.get(DATA), seed)
            batch = min(recipe(graph).batch_size, len(part.x_train))
            overrides: dict[str, Any] = {"seed": seed, "batch_size": batch}
            if asked.updates is not None:
                overrides["epochs"] = max(1, math.ceil(asked.updates * batch / len(part.x_train)))
            folder = os.path.join(asked.output, "runs", folder_name(point, seed))
            source = graph.compile(asked.backend)
            trained = {name: given.value for name, given in graph.spec.training.items()}
            key = _key(source, trained, overrides, point, content, asked.backend)
            job = Job(folder, point, seed, key, int(str(summary.parameters)), int(str(summary.macs or 0)))
            jobs.append(job)
            if finished(job) is None:
                file = os.path.join(asked.output, "data", f"{point.get(DATA, 'all')}-seed{seed}.npz")
                save(part, file)
                _fresh(folder, key)
                prepare(graph, asked.backend, file, folder, options=Options(force=True), **overrides)
    return jobs


def _key(*parts: Any) -> str:
    """Return what a result depends on, in short."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _fresh(folder: str, key: str) -> None:
    """Forget the checkpoint of another spec or recipe in a run's folder."""
    path = os.path.join(folder, "study.key")
    try:
        with open(path, encoding="utf-8") as file:
            same = file.read() == key
    except OSError:
        same = False
    if not same and os.path.isdir(folder):
        forget(folder)
        for name in (RESULT, METRICS):
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(folder, name))
    make_folder(folder)
    write(path, key, force=True)


def _train(jobs: Sequence[Job], asked: Asked) -> tuple[list[Result], list[RunFailed]]:
    """Train what was not trained before; results come in the order of the jobs."""
    results = {job.folder: result for job in jobs for result in [finished(job)] if result is not None}
    waiting = [job for job in jobs if job.folder not in results]
    failed = []
    by_place = {(repr(sorted(job.point.items())), job.seed): job.folder for job in jobs}
    with progress(lines) as tell:
        tick = tell("runs", len(jobs), len(results))
        for outcome in ENGINES[asked.engine](waiting, asked.jobs):
            if isinstance(outcome, RunFailed):
                failed.append(outcome)
            else:
                results[by_place[repr(sorted(outcome.point.items())), outcome.seed]] = outcome
            tick(1)
    return [results[job.folder] for job in jobs if job.folder in results], failed
