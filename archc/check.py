"""From a document to a spec: every key, name and argument is checked, and all that is wrong is said at once."""

from __future__ import annotations

from contextlib import suppress

from archc import naming
from archc.check_head import HeadReader
from archc.check_steps import StepReader
from archc.check_training import check_training
from archc.document import Mapping, Node, Scalar, Sequence
from archc.imports import Importer
from archc.names import name_steps
from archc.ops import OPS
from archc.problems import Note, Problems, TooManyProblems, nearest
from archc.shapes import AXES
from archc.spec import GROUPS, Block, Chain, Given, Input, Reference, Spec
from archc.values import Scope, describe, given

KEYS = (
    "archc", "name", "description", "params", "variants", "input", "inputs", "import", "defaults", "blocks", "layers",
    "outputs", "training",
)  # fmt: skip
HARMLESS = ("E0403", "E0404", "E0415")
"""What may be wrong with names while shapes can still be judged: references alone."""
BLOCK_KEYS = ("params", "inputs", "layers", "description")
KINDS = (
    {"height", "width", "channels"},
    {"depth", "height", "width", "channels"},
    {"length", "channels"},
    {"features"},
    {"length", "vocabulary"},
)


def check(root: Node, problems: Problems, importer: Importer | None = None) -> Spec:
    """Return the spec that `root` describes; findings go to `problems`, and what was understood is still returned."""
    checker = _Checker(root, problems, importer or Importer(problems))
    with suppress(TooManyProblems):
        checker.check(root)
    return checker.spec


class _Checker(HeadReader):
    def __init__(self, root: Node, problems: Problems, importer: Importer) -> None:
        super().__init__(root, problems)
        self.importer = importer
        self.incomplete = False

    def check(self, root: Node) -> Spec:
        if not isinstance(root, Mapping):
            self.problems.add(
                "E0203", "a spec is a map that starts with `archc: 1`", root.mark, help="see `archc new` for a start"
            )
            return self.spec
        self.unknown_keys(root, KEYS, "a spec")
        self.version(root)
        self.header(root)
        self.spec.params = self.params(root.entries.get("params"))
        self.variants(root.entries.get("variants"))
        self.imports(root.entries.get("import"))
        self.read_defaults(root.entries.get("defaults"))
        self.unsound(0)
        self.blocks(root.entries.get("blocks"))
        self.network(root)
        return self.spec

    def unsound(self, before: int) -> None:
        """Note that what was wrong since there were `before` errors spoils more than single steps."""
        self.spec.sound = self.spec.sound and self.problems.errors == before

    def name_steps(self, chain: Chain, inputs: list[str], outputs: list[Reference]) -> None:
        before = len(self.problems.found)
        name_steps(chain, inputs, outputs, self.problems)
        if any(problem.code not in HARMLESS for problem in self.problems.found[before:]):
            self.spec.sound = False

    # Blocks

    def imports(self, node: Node | None) -> None:
        if node is None:
            return
        items = node.items if isinstance(node, Sequence) else [node]
        for item in items:
            if not isinstance(item, Scalar) or not isinstance(item.value, str):
                self.problems.add("E0203", "`import` is a list of relative paths", item.mark)
                continue
            before = self.problems.errors
            blocks = self.importer.blocks(item, check)
            self.incomplete = self.incomplete or self.problems.errors > before
            for name, block in blocks.items():
                if name in self.spec.blocks:
                    other = self.spec.blocks[name]
                    self.problems.add(
                        "E0411", f"block `{name}` is imported twice, from {other.file} and {block.file}", item.mark,
                        notes=[Note("one", other.node.mark), Note("the other", block.node.mark)],
                        help="rename it in one of the files, or import one of them alone",
                    )  # fmt: skip
                self.spec.blocks[name] = block

    def blocks(self, node: Node | None) -> None:
        bodies = []
        before = self.problems.errors
        for name, key, value in self.entries(node, "blocks"):
            checked = self.identifier(key, "the name of a block")
            if checked in OPS or checked in naming.RESERVED or checked in GROUPS:
                self.problems.add(
                    "E0402", f"a block cannot be called `{checked}`: that is a word of the language", key.mark
                )
                checked = f"{checked}_block"
            if checked in self.spec.blocks:
                other = self.spec.blocks[checked]
                self.problems.add(
                    "E0411", f"block `{name}` is also imported, from {other.file}", key.mark,
                    notes=[Note("the other one", other.node.mark)], help="give this one another name",
                )  # fmt: skip
            block = Block(checked, key, self.spec.file)
            self.spec.blocks[checked] = block
            if not isinstance(value, Mapping):
                self.problems.add("E0203", f"block `{name}` is a map with `params` and `layers`", value.mark)
                continue
            self.unknown_keys(value, BLOCK_KEYS, "a block")
            block.params = self.params(value.entries.get("params"))
            block.inputs = self.block_inputs(value.entries.get("inputs"), block)
            bodies.append((block, value))
        self.unsound(before)
        for block, value in bodies:
            self.block_body(block, value)

    def block_inputs(self, node: Node | None, block: Block) -> list[str]:
        if node is None:
            return ["input"]
        if not isinstance(node, Sequence) or not node.items:
            self.problems.add("E0203", "`inputs` of a block is a list of names, as in `[x, skip]`", node.mark)
            return ["input"]
        names: dict[str, None] = {}
        for item in node.items:
            name = self.identifier(item, "the name of an input")
            if name in names or name in block.params:
                self.problems.add("E0402", f"`{name}` names two things in block `{block.name}`", item.mark)
            names[name] = None
        return list(names)

    def block_body(self, block: Block, node: Mapping) -> None:
        layers = node.entries.get("layers")
        if layers is None:
            self.problems.add(
                "E0202", f"block `{block.name}` has no `layers`", block.node.mark, help="add `layers: [...]`"
            )
            return
        scope = Scope(self.problems, set(block.params), block.inputs)
        block.chain = StepReader(self.spec, self.problems, self.defaults, self.incomplete).chain(layers, scope)
        self.name_steps(block.chain, block.inputs, [])

    # The network

    def network(self, root: Mapping) -> None:
        layers = root.entries.get("layers")
        if layers is None:
            if not self.spec.blocks:
                self.problems.add(
                    "E0202", "a network has `layers`", root.mark, help="add `layers:` and a list of steps"
                )
            return
        before = self.problems.errors
        self.inputs(root)
        self.unsound(before)
        scope = Scope(self.problems, set(self.spec.params), list(self.spec.inputs) or ["input"])
        self.spec.chain = StepReader(self.spec, self.problems, self.defaults, self.incomplete).chain(layers, scope)
        if not self.spec.chain.steps and self.spec.chain.whole and isinstance(layers, (Sequence, Scalar)):
            help = "give it steps, as in `- flatten`"
            self.problems.add("E0202", "a network has at least one step", layers.mark, help=help)
        self.outputs(root.entries.get("outputs"))
        self.name_steps(self.spec.chain, list(self.spec.inputs), self.spec.outputs)
        check_training(root.entries.get("training"), self.spec, self.problems)

    def inputs(self, root: Mapping) -> None:
        one, several = root.entries.get("input"), root.entries.get("inputs")
        if one is not None and several is not None:
            self.problems.add("E0201", "a network has `input` or `inputs`, not both", root.keys["inputs"].mark)
        if one is None and several is None:
            self.problems.add(
                "E0202", "a network has an `input`", root.mark, help="add `input: {height: 28, width: 28, channels: 1}`"
            )
        if several is not None:
            before = self.problems.errors
            for _, key, value in self.entries(several, "inputs"):
                name = self.identifier(key, "the name of an input")
                fault = naming.step_fault(name)
                if fault:
                    self.problems.add("E0401", f"`{name}` {fault}", key.mark)
                elif name in self.spec.params or name in naming.FUNCTIONS | naming.WORDS:
                    self.problems.add("E0402", f"`{name}` names two things", key.mark)
                self.spec.inputs[name] = self.input(name, key, value)
            if not self.spec.inputs and self.problems.errors == before:
                help = "name it here, as in `image: {height: 28, width: 28, channels: 1}`"
                self.problems.add("E0202", "a network has at least one input", several.mark, help=help)
        elif one is not None:
            self.spec.inputs["input"] = self.input("input", root.keys["input"], one)

    def input(self, name: str, key: Scalar, node: Node) -> Input:
        axes: dict[str, Given] = {}
        scope = Scope(self.problems, set(self.spec.params), [])
        for axis, axis_key, value in self.entries(node, name):
            if axis not in AXES and axis != "vocabulary":
                close = nearest(axis, (*AXES, "vocabulary"))
                self.problems.add(
                    "E0211",
                    f"an input has no axis `{axis}`",
                    axis_key.mark,
                    help=f"did you mean `{close}`?" if close else f"axes: {', '.join(AXES)}",
                )
                continue
            axes[axis] = self.input_size(axis, given(value, scope))
        if isinstance(node, Mapping) and set(axes) not in KINDS and len(axes) == len(node.entries):
            self.problems.add(
                "E0211",
                f"{'axis' if len(axes) == 1 else 'axes'} {', '.join(axes)} make{'s' * (len(axes) == 1)} no input"
                if axes
                else "an input has axes",
                node.mark,
                help="an image has height, width, channels; a volume also depth; a sequence length, channels; "
                "a vector features; token ids length, vocabulary",
            )
        return Input(name, axes, key.mark)

    def input_size(self, axis: str, size: Given) -> Given:
        if size.dynamic or (size.value == "any" and axis not in ("channels", "features", "vocabulary")):
            return size
        if not (isinstance(size.value, int) and not isinstance(size.value, bool) and 1 <= size.value <= 2**48):
            spatial = axis not in ("channels", "features", "vocabulary")
            text = "a whole number, at least 1" + ", or `any`" * spatial
            help = "an axis of any size is `any`" if spatial else "only a spatial axis may be `any`: give a number"
            self.problems.add("E0211", f"`{axis}` is {text}, not {describe(size.value)}", size.node.mark, help=help)
            return Given(1, size.node)
        return size

    def outputs(self, node: Node | None) -> None:
        if node is None:
            return
        if not isinstance(node, Sequence) or not node.items:
            help = "as in `outputs: [head]`; leave it out for the last step"
            self.problems.add("E0203", "`outputs` is a list of step names", node.mark, help=help)
            return
        seen: set[str] = set()
        for item in node.items:
            if isinstance(item, Scalar) and isinstance(item.value, str):
                if item.value in seen:
                    self.problems.add("E0402", f"output `{item.value}` is named twice", item.mark)
                seen.add(item.value)
                self.spec.outputs.append(Reference(item.value, item.mark))
            else:
                self.problems.add("E0203", "an output is the name of a step", item.mark)
