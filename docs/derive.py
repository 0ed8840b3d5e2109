"""The pages that come out of the code: a page an op, a page a network of the zoo, the commands, the error codes.

`make docs` writes them beside the written pages; they are not checked in, so that they cannot be out of date.
"""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from archc.backend import Backend, MissingFramework, backends, find
from archc.cli import COMMANDS
from archc.compile import compile_graph, load_text
from archc.explain import codes, explain
from archc.graph import Graph
from archc.ops import FAMILIES, OPS, Op
from archc.picture.draw import Wishes, picture
from archc.problems import SpecError
from archc.reference import page as op_page
from archc.reference import shown, spec_of
from archc.summary import grouped
from tests.published import PUBLISHED
from tests.zoo import ZOO, Network

SOURCES = ("torch", "keras")


def write(folder: Path) -> None:
    """Write every derived page into a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = {**ops(), **zoo(), "commands.md": commands(), "errors.md": errors(), "support.md": support(), **indices()}
    for name, content in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def indices() -> dict[str, str]:
    """Return the pages that list the others."""
    lines = ["# Ops", "", "By family; `archc ops NAME` prints the same on a terminal.", ""]
    for module in FAMILIES:
        family = module.__name__.rpartition(".")[2]
        names = [op.name for op in OPS.values() if op.family == family]
        lines += [f"## {family.capitalize()}", "", *_toctree(names), ""]
    rows = [
        f"| [{network.name}](zoo/{network.name}.md) | {grouped(s.parameters)} | {grouped(s.macs)} | {s.depth} |"
        for network in ZOO
        for s in [network.graph().summary()]
    ]
    zoo_lines = [
        "# The zoo",
        "",
        "Published networks, each a short spec in `specs/`, their parameters exactly as published.",
        "",
        "| network | parameters | multiply-accumulates | layers with weights, in depth |",
        "| --- | ---: | ---: | ---: |",
        *rows,
        "",
        *_toctree([f"zoo/{network.name}" for network in ZOO], hidden=True),
    ]
    return {"ops/index.md": "\n".join(lines) + "\n", "zoo.md": "\n".join(zoo_lines) + "\n"}


def _toctree(names: Iterable[str], *, hidden: bool = False) -> list[str]:
    return ["```{toctree}", *([":hidden:"] if hidden else [":maxdepth: 1"]), "", *names, "```"]


# Ops


def ops() -> dict[str, str]:
    """Return a page for each op: what `archc ops NAME` shows, its weights as each holds them, and its source."""
    known = backends()
    return {
        f"ops/{name}.md": "\n".join([op_page(op, known), _layouts(op), _written(op)]).rstrip() + "\n"
        for name, op in OPS.items()
    }


def _graph(op: type[Op]) -> Graph:
    return load_text(spec_of(op, shown(op)))


def _layouts(op: type[Op]) -> str:
    """Say how each framework holds the weights of the op's example."""
    graph = _graph(op)
    weights = graph.weights()
    if not weights:
        return ""
    try:
        places = find("keras").runner(graph, dtype="float32").places()  # type: ignore[attr-defined]
    except (MissingFramework, SpecError):
        return ""
    rows = []
    for name, weight in weights.items():
        _, layer, shape = places[name]
        there = "x".join(map(str, shape))
        rows.append(f"| `{name}` | {'x'.join(map(str, weight.shape))} | {there} in `{layer or 'the model'}` |")
    head = ["## Layouts", "", "The same weights as each framework holds them:", "", "| in PyTorch | shape | in Keras |"]
    return "\n".join([*head, "| --- | --- | --- |", *rows]) + "\n"


def _written(op: type[Op]) -> str:
    """Show the source for the op's example."""
    parts = ["## What is written", ""]
    for name in SOURCES:
        backend = find(name)
        try:
            source = compile_graph(_graph(op), backend, origin="example.yaml").source
        except SpecError as error:
            parts += [f"{backend.title}: {error.problems[0].message}.", ""]
            continue
        parts += _folded(backend.title, source)
    return "\n".join(parts)


def _folded(title: str, source: str, language: str = "python") -> list[str]:
    return [
        f"<details><summary>{title}</summary>",
        "",
        f"```{language}",
        source.rstrip("\n"),
        "```",
        "",
        "</details>",
        "",
    ]


def support() -> str:
    """Return the table of what each backend writes of each op's examples."""
    known = backends()
    titles = [backend.title for backend in known.values()]
    rows = [f"| [{name}](ops/{name}.md) | {' | '.join(_marks(op, known))} |" for name, op in OPS.items()]
    head = [
        "# What each backend writes",
        "",
        "Of the examples on an op's page: how many each backend writes. What it refuses stands there with the reason.",
        "",
        f"| op | {' | '.join(titles)} |",
        "| --- |" + " ---: |" * len(titles),
    ]
    return "\n".join([*head, *rows]) + "\n"


def _marks(op: type[Op], known: Mapping[str, Backend]) -> list[str]:
    graphs = [load_text(spec_of(op, example)) for example in op.examples]
    found = []
    for backend in known.values():
        good = sum(all(backend.supports(layer) is None for layer in graph.layers) for graph in graphs)
        found.append("all" if good == len(graphs) else f"{good} of {len(graphs)}")
    return found


# Networks


def zoo() -> dict[str, str]:
    """Return a page, and a picture, for each network of the zoo and each of its variants."""
    pages = {}
    for network in ZOO:
        graph = network.graph()
        drawn = picture(graph, "svg", Wishes())
        assert isinstance(drawn, str)
        pages[f"zoo/{network.name}.svg"] = drawn
        pages[f"zoo/{network.name}.md"] = _network(network, graph)
    return pages


def _network(network: Network, graph: Graph) -> str:
    summary = graph.summary()
    text = network.path.read_text(encoding="utf-8")
    variant = f" --variant {network.variant}" if network.variant else ""
    sources = {name: compile_graph(graph, find(name), origin=network.path.name).source for name in SOURCES}
    lines = [f"| spec | {_count(text)} lines |"]
    lines += [f"| {find(name).title} | {_count(source)} lines |" for name, source in sources.items()]
    return "\n".join(
        [
            f"# {network.name}",
            "",
            graph.spec.description,
            "",
            "| | |",
            "| --- | ---: |",
            f"| parameters | {grouped(summary.parameters)} |",
            f"| of them trained | {grouped(summary.trainable_parameters)} |",
            f"| multiply-accumulates | {grouped(summary.macs)} |",
            f"| layers with weights, in depth | {summary.depth} |",
            *lines,
            "",
            *_published(network),
            f"![{network.name}]({network.name}.svg)",
            "",
            "```",
            f"archc compile specs/{network.path.name}{variant} --backend torch",
            "```",
            "",
            "```yaml",
            text.rstrip("\n"),
            "```",
            "",
            *(line for name, source in sources.items() for line in _folded(find(name).title, source)),
        ]
    )


def _count(text: str) -> int:
    return text.count("\n")


def _published(network: Network) -> list[str]:
    found = [p for p in PUBLISHED if p.file == network.path.stem and p.variant == network.variant]
    return [f"Published: {p.parameters:,} parameters ({p.source}).\n" for p in found]


# Commands and codes


def commands() -> str:
    """Return the help of every command."""
    parts = ["# Commands", ""]
    for name in COMMANDS:
        command: click.Command = importlib.import_module(f"archc.cli.{name}").command
        context = click.Context(command, info_name=f"archc {name}", max_content_width=100)
        parts += [f"## archc {name}", "", "```text", command.get_help(context), "```", ""]
    return "\n".join(parts)


def errors() -> str:
    """Return the page of every error code."""
    parts = ["# Error codes", "", "`archc explain CODE` prints the same on a terminal.", ""]
    for code in codes():
        page = explain(code) or ""
        parts += ["#" + page.rstrip("\n"), ""]
    return "\n".join(parts)


__all__ = ["commands", "errors", "indices", "ops", "support", "write", "zoo"]
