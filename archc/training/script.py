"""The parts of a training script that are the same in every framework: how batches are drawn, how files are kept."""

from __future__ import annotations

import os
import re
from typing import Any

from archc import __version__
from archc.datasets.fit import BYTES, IDS
from archc.datasets.saving import stems
from archc.emit.source import docstring, prose, spell, split
from archc.graph import Graph
from archc.training.plan import Plan
from archc.training.recipe import Recipe

RANDOM = frozenset({"dropout", "spatial_dropout", "drop_path", "gaussian_noise"})
"""Ops that draw random numbers in training."""

CHECKPOINTS = r'''
def checkpoints() -> list[Path]:
    """Return the checkpoints that there are, the oldest first."""
    return sorted(HERE.glob("checkpoint_*.@suffix"))

'''

SAVE = r'''
def save(name: str, content: bytes) -> None:
    """Write a file whole or not at all@where."""
@rank
    beside = HERE / f"{name}.tmp"
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(HERE / name)
    finally:
        beside.unlink(missing_ok=True)
'''.lstrip()

ENDING = """
if __name__ == "__main__":
    try:
        main()
    except OSError as error:  # a full disk, say: training on without checkpoints would be no use
        print(f"train.py: {error}", file=sys.stderr)
        sys.exit(3)
"""


def opening(plan: Plan, title: str, uses: list[tuple[str, str]]) -> list[str]:
    """Return the script's docstring; `uses` are command lines with what each is for."""
    train, test = plan.data.train.size, plan.data.test.size
    name = prose(os.path.basename(os.path.normpath(plan.data.name)))
    first = f"Trains {plan.graph.name} (model.py) on {name}: {train:,} examples, {test:,} to test with."
    made = f"Compiled by archc {__version__} from {prose(plan.origin)} for {title}."
    lines = docstring([first, "", made])
    width = max(len(command) for command, _ in uses)
    return [*lines[:-1], "", *[f"    {command:{width}}  # {what}" for command, what in uses], '"""']


def constants(plan: Plan, batch: str) -> list[str]:
    """Return the recipe's numbers; `batch` says what the first one is."""
    recipe = plan.recipe
    lines = [
        f"BATCH = {recipe.batch_size}  # {batch}",
        f"EPOCHS = {recipe.epochs}",
        f"LEARNING_RATE = {spell(float(recipe.optimizer.settings['learning_rate']))}",
    ]
    if recipe.early_stopping is not None:
        lines.append(f"PATIENCE = {recipe.early_stopping['patience']}  # epochs without a smaller test loss")
    if recipe.augment is not None and recipe.augment["shift"]:
        lines.append(f"SHIFT = {recipe.augment['shift']}  # pixels at most")
    return [*lines, f"SEED = {recipe.seed}", "KEPT = 3  # checkpoints"]


def names(plan: Plan) -> tuple[list[str], list[str]]:
    """Return the variables of inputs and of targets, which are also the stems of their files."""
    inputs, targets = stems(plan.data)
    return list(inputs.values()), list(targets.values())


def metric(recipe: Recipe) -> str:
    """Return what is measured besides the loss: `accuracy` of classes, `mae` of numbers."""
    return "accuracy" if any(loss.logits for loss in recipe.losses) else "mae"


def rate(recipe: Recipe) -> list[str]:
    """Return the function that gives the learning rate at a step; nothing where it stays the same."""
    settings = recipe.schedule.settings
    warmup = settings["warmup"]
    kind = recipe.schedule.name
    if kind == "constant" and not warmup:
        return []
    lines = ["", "", "def rate(step: int, steps: int) -> float:"]
    parts = [f"up over {warmup} epochs" if warmup else ""]
    parts.append({"constant": "constant", "cosine": "down along half a cosine", "step": "down by steps"}[kind])
    lines.append(f'    """Return the learning rate at a step: {", then ".join(filter(None, parts))}."""')
    since = "step"
    if warmup:
        lines += [
            f"    warm = {spell(warmup)} * steps",
            "    if step < warm:",
            "        return LEARNING_RATE * min(1, (step + 1) / warm)",
        ]
        since = "(step - warm)"
    if kind == "constant":
        lines.append("    return LEARNING_RATE")
    elif kind == "step":
        lines.append(
            f"    return LEARNING_RATE * {spell(settings['factor'])} ** (step // ({settings['every']} * steps))"
        )
    else:
        total = "(EPOCHS * steps - warm)" if warmup else "(EPOCHS * steps)"
        lines.append(f"    cosine = (1 + math.cos(math.pi * {since} / {total})) / 2")
        final = settings["final"]
        share = f"({spell(final)} + {spell(1 - final)} * cosine)" if final else "cosine"
        lines.append(f"    return LEARNING_RATE * {share}")
    return lines


def windows(plan: Plan, share: str = "") -> list[str]:
    """Return the function that draws, for each image, the rows and columns that are taken of it.

    `share` picks a process's part of a batch.
    """
    augment = plan.recipe.augment
    if augment is None:
        return []
    shape = next(iter(plan.graph.inputs.values()))
    sizes = next(iter(plan.data.train.inputs.values())).shape[1:3]
    lines = ["", "", "def windows(count: int, step: int) -> tuple[np.ndarray, np.ndarray]:"]
    words = [
        w
        for w, on in (("shifted", augment["shift"]), ("cropped", augment["crop"]), ("mirrored", augment["flip"]))
        if on
    ]
    said = f"Return the rows and columns to take of each image, {' and '.join(words)} at random."
    lines += docstring([said, "", "The draws depend on the step alone."], 4)
    lines.append("    random = np.random.default_rng((SEED, 1, step))")
    wanted = []
    for axis, size, want in zip(("rows", "columns"), sizes, shape.sizes, strict=False):
        room = size - (want if isinstance(want, int) else size)
        extent = want if isinstance(want, int) else size
        text = f"2 * SHIFT + {room + 1}" if augment["shift"] else f"{room + 1}"
        if augment["shift"] or augment["crop"]:
            lines.append(f"    {axis} = random.integers({text}, size=(count, 1)) + np.arange({extent})")
        else:
            lines.append(f"    {axis} = np.tile(np.arange({extent}), (count, 1))")
        wanted.append(extent)
    if augment["flip"]:
        lines += ["    mirrored = random.random(count) < 0.5", "    columns[mirrored] = columns[mirrored, ::-1]"]
    return [*lines, f"    return rows{share}, columns{share}"]


def middle(plan: Plan) -> tuple[slice, slice] | None:
    """Return the middle window that is tested with, where the data are larger than the input."""
    augment = plan.recipe.augment
    if augment is None or not augment["crop"]:
        return None
    shape = next(iter(plan.graph.inputs.values()))
    sizes = next(iter(plan.data.train.inputs.values())).shape[1:3]
    tops = [(size - int(str(want))) // 2 for size, want in zip(sizes, shape.sizes, strict=False)]
    return tuple(slice(top, top + int(str(want))) for top, want in zip(tops, shape.sizes, strict=False))  # type: ignore[return-value]


def stopping(recipe: Recipe) -> list[str]:
    """Return the function that says whether to stop early."""
    if recipe.early_stopping is None:
        return []
    delta = recipe.early_stopping["delta"]
    least = "min(losses[:-PATIENCE])" + (f" - {spell(delta)}" if delta else "")
    return [
        "",
        "",
        "def finished(history: list[dict[str, float]]) -> bool:",
        '    """Tell whether the test loss has not become smaller for PATIENCE epochs."""',
        '    losses = [row["test_loss"] for row in history]',
        f"    return len(losses) > PATIENCE and min(losses[-PATIENCE:]) >= {least}",
    ]


def kinds(plan: Plan) -> tuple[list[bool], list[bool]]:
    """Return, for each input, whether it is bytes; for each target, whether it is ids of classes."""
    return [kind == BYTES for kind in plan.data.inputs.values()], [kind == IDS for kind in plan.data.targets.values()]


def keywords(pairs: dict[str, Any]) -> str:
    """Return keyword arguments as text, each after a comma."""
    return "".join(f", {name}={spell(value)}" for name, value in pairs.items())


def filled(text: str, words: dict[str, str], blocks: dict[str, list[str]]) -> str:
    """Return `text` with each line `@name` replaced by a block, and each `@name` within a line by a word."""
    lines = []
    for line in text.split("\n"):
        name = line.strip()
        if name[:1] == "@" and name[1:] in blocks:
            indent = " " * (len(line) - len(name))
            lines += [indent + part if part else part for part in blocks[name[1:]]]
            continue
        for word, value in words.items():
            line = line.replace(f"@{word}", value)
        lines.append(line)
    return "\n".join(lines)


def laid_out(start: str, value: str, indent: int) -> list[str]:
    """Return `start + value` as it is laid out at an indent, for a block that is put there."""
    return [line[indent:] for line in split(start, value, indent)]


def called(own: str, instead: str, code: str) -> str:
    """Return what the script calls its model: `own`, or `instead` where it calls something else by that name."""
    return instead if re.search(rf"(?<!\")\b{own}\b(?!\")", code) else own


def random_in_training(graph: Graph) -> bool:
    """Tell whether the network itself draws random numbers when it is trained."""
    return any(layer.op.name in RANDOM or getattr(layer.op, "dropout", 0) for layer in graph.layers)
