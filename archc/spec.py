"""A spec as one typed tree: what the text says, checked, with nothing bound and nothing expanded yet."""

from __future__ import annotations

from typing import Any, NamedTuple

from archc.document import Mapping, Mark, Node, Scalar
from archc.expressions import Expression
from archc.ops.base import Op
from archc.ops.frames import GROUP

GROUPS = ("chain", GROUP)
"""What groups steps: as one, or as what is done to each slice along an axis."""


class Formula(NamedTuple):
    """An expression in an argument, with the scalar that holds it."""

    expression: Expression
    node: Scalar


class Given(NamedTuple):
    """A value as written. Where `dynamic`, some of its parts are a Formula."""

    value: Any
    node: Node
    dynamic: bool = False


class Param(NamedTuple):
    """A param of a file or a block; `default` is None where it must be given."""

    name: str
    default: Given | None
    mark: Mark


class Reference(NamedTuple):
    """A name in `from` or `outputs`."""

    name: str
    mark: Mark


class Chain:
    """Steps, one after the other. `gaps` says before which of them, counted from 0, a step could not be read."""

    __slots__ = ("gaps", "steps")

    def __init__(self, steps: list[Step], gaps: tuple[int, ...] = ()) -> None:
        self.steps = steps
        self.gaps = gaps

    @property
    def whole(self) -> bool:
        """False where a step could not be read, which is reported."""
        return not self.gaps


class Branch(NamedTuple):
    """A named chain of a merge. `when` leaves it out."""

    name: str
    chain: Chain
    when: Given | None
    node: Node


class Step:
    """One step of a chain: an op, a block or a group of steps.

    `name` is its handle; `local` is its name within the block (or the repeated step) around it, branches and chains
    included; `op` is ready-made where no argument is an expression; `label` is the node of a handle that is written;
    `share` names the step whose weights it uses, its `lender`, which is then `lent`, and `tied` where a `dense` uses an
    embedding's, `roomy` where one takes other sizes; `frame` tells repeats apart;
    `fused` is what its file's defaults say of activations; `written` is the map of scalars that it is given;
    `broken` tells that something in it is wrong, and reported.
    """

    __slots__ = (
        "_args",
        "block",
        "body",
        "branches",
        "broken",
        "frame",
        "fused",
        "kept",
        "label",
        "lender",
        "lent",
        "local",
        "name",
        "named",
        "node",
        "op",
        "repeat",
        "roomy",
        "share",
        "sources",
        "tied",
        "verb",
        "when",
        "written",
    )

    def __init__(self, verb: str, node: Node) -> None:
        self.verb = verb
        self.node = node
        self.name = ""
        self.named = False
        self.label: Node | None = None
        self.fused: dict[str, dict[str, Any]] | None = None
        self.local = ""
        self._args: dict[str, Given] | None = None
        self.written: Mapping | None = None
        self.op: Op | None = None
        self.block: Block | None = None
        self.branches: list[Branch] | None = None
        self.body: Chain | None = None
        self.sources: list[Reference] | None = None
        self.repeat: Given | None = None
        self.share: Reference | None = None
        self.lender: Step | None = None
        self.lent = False
        self.roomy = False
        self.tied = False
        self.frame = 0
        self.when: Given | None = None
        self.kept = False
        self.broken = False

    @property
    def args(self) -> dict[str, Given]:
        """What it is given, by name; of `written` scalars made when asked for, which most steps never are."""
        if self._args is None:
            nodes = {} if self.written is None else self.written.entries
            self._args = {name: Given(node.value, node) for name, node in nodes.items() if isinstance(node, Scalar)}
        return self._args

    @args.setter
    def args(self, args: dict[str, Given]) -> None:
        self._args = args

    @property
    def distributed(self) -> bool:
        """True where the steps in it are applied to each slice of what comes in."""
        return self.body is not None and self.verb == GROUP

    def __repr__(self) -> str:
        return f"Step({self.verb} {self.local or self.name})"


class Block:
    """A chain with a signature."""

    __slots__ = ("chain", "file", "inputs", "name", "node", "params", "used")

    def __init__(self, name: str, node: Node, file: str) -> None:
        self.name = name
        self.node = node
        self.file = file
        self.params: dict[str, Param] = {}
        self.inputs: list[str] = ["input"]
        self.chain = Chain([])
        self.used = False

    def __repr__(self) -> str:
        return f"Block({self.name})"


class Input(NamedTuple):
    """An input of the network: sizes by axis, `any` as None."""

    name: str
    axes: dict[str, Given]
    mark: Mark


class Spec:
    """A whole file. `chain` is empty in a file that holds blocks alone."""

    __slots__ = (
        "blocks",
        "chain",
        "description",
        "file",
        "inputs",
        "name",
        "node",
        "outputs",
        "params",
        "sound",
        "training",
        "variants",
    )

    def __init__(self, file: str, node: Node) -> None:
        self.file = file
        self.node = node
        self.name = ""
        self.description = ""
        self.params: dict[str, Param] = {}
        self.variants: dict[str, dict[str, Given]] = {}
        self.inputs: dict[str, Input] = {}
        self.blocks: dict[str, Block] = {}
        self.chain = Chain([])
        self.outputs: list[Reference] = []
        self.training: dict[str, Given] = {}
        self.sound = True
        """False where more is wrong than single steps, so that shapes cannot be judged."""
