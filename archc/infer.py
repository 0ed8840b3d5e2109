"""The shape that a layer gives, and what is wrong where it can give none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from archc.document import Mark
from archc.graph import Run, Tensor, Turn
from archc.ops.base import ShapeError
from archc.problems import Note
from archc.shapes import Shape

LARGEST = 2**48


class Report(Protocol):
    """Takes a finding in a block's body."""

    def __call__(
        self,
        code: str,
        message: str,
        mark: Mark,
        run: Run,
        *,
        label: str = "",
        help: str = "",
        notes: Sequence[Note] = (),
    ) -> None: ...


Done = dict[tuple[int, tuple[Shape | None, ...]], tuple[tuple[Shape, ...], Shape]]
"""The shapes that ops took and gave before, by op and inputs."""


def infer(turn: Turn, run: Run, report: Report, done: Done) -> Shape | None:
    """Return the output's shape. None where an input failed before, or where this step fails, which is reported."""
    assert turn.op is not None
    operands = turn.operands
    shapes = tuple([tensor.shape for tensor in operands])
    key = (id(turn.op), shapes)  # ops are shared between steps that say the same, and live as long as the graph
    known = done.get(key)
    if known is not None:
        turn.shapes, shape = known
        return shape
    if None in shapes:
        return None
    try:
        shape = turn.op.output(*shapes)
    except ShapeError as error:
        _explain(turn, run, error, operands, report)
        return None
    size = shape.elements * turn.times
    if isinstance(size, int) and size > LARGEST:
        report(
            "E0309", f"`{turn.step.verb}` gives {shape}: more than 2^48 numbers for one example",
            turn.step.node.mark, run, help="make it smaller: `stride`, a pool or fewer channels do",
        )  # fmt: skip
        return None
    for name, weight in turn.op.weights(*shapes).items():
        if isinstance(weight.elements, int) and weight.elements > LARGEST:
            text = f"the {name} of `{turn.step.verb}` is {'x'.join(map(str, weight.shape))}: more than 2^48 numbers"
            report("E0309", text, turn.step.node.mark, run, help="make its sizes smaller")
            return None
    turn.shapes = shapes  # type: ignore[assignment]
    done[key] = turn.shapes, shape
    return shape


def _explain(turn: Turn, run: Run, error: ShapeError, operands: tuple[Tensor, ...], report: Report) -> None:
    step = turn.step
    given = step.args.get(error.argument)
    mark = given.node.mark if given is not None else step.node.mark
    label, help = error.label, error.help
    notes: list[Note] = []
    differing = getattr(error, "differing", None)
    if differing is not None:
        names = [_name(turn, index) for index in range(len(operands))]
        label = ", ".join(f"{names[index]} gives {operands[index].shape}" for index in differing)
        notes = [note for index in differing for note in _made(names[index], operands[index])]
        lost = [(names[index], _lost_border(operands[index], turn)) for index in differing]
        shrunk = [(name, maker) for name, maker in lost if maker is not None]
        if len(shrunk) == 1:
            name, maker = shrunk[0]
            what, place = maker.step.verb, maker.step.node.mark
            notes.append(Note(f"{name} lost its border here: `{what}` pads nothing (`padding: valid`)", place))
            help = f"add `padding: same` to the `{what}` at line {place.line}"
    elif operands and operands[0].shape is not None:
        label = label or f"takes {operands[0].shape}"
        notes = _made("its input", operands[0])
    report(error.code, error.message, mark, run, label=label, help=help, notes=notes)


def _name(turn: Turn, index: int) -> str:
    if turn.branches is None:
        return turn.step.sources[index].name if turn.step.sources else "the input"
    return [branch.branch.name for branch in turn.branches if branch.chain is not None][index]


def _lost_border(tensor: Tensor, merge: Turn) -> Turn | None:
    """Return the first layer that lost the border of its input, from where the branches start to `tensor`."""
    found = None
    for _ in range(100):
        maker = tensor.maker
        if maker is None or tensor in merge.inputs or not maker.operands:
            break
        taken, given = maker.operands[0].shape, tensor.shape
        unpadded = getattr(maker.op, "padding", None) == "valid" and getattr(maker.op, "stride", None) == 1
        if unpadded and taken is not None and given is not None and taken.spatial != given.spatial:
            found = maker
        tensor = maker.operands[0]
    return found


def _made(name: str, tensor: Tensor) -> list[Note]:
    """Point at the step that made a shape."""
    maker = tensor.maker
    if maker is None:
        return []
    return [Note(f"{name} is {tensor.shape} from `{maker.step.verb}` here", maker.step.node.mark)]
