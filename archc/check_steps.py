"""Steps: from nodes to the typed tree, with the keys beside an op, branches and blocks."""

from __future__ import annotations

from itertools import count as count_up

from archc import naming
from archc.check_beside import BesideReader
from archc.check_ops import BESIDE, stands_beside
from archc.document import Mapping, Node, Scalar, Sequence
from archc.ops import OPS
from archc.ops.base import REQUIRED, Op
from archc.ops.frames import Apart
from archc.other_words import meant
from archc.problems import Problems, nearest
from archc.spec import GROUPS, Block, Branch, Chain, Given, Spec, Step
from archc.values import Scope, describe, given, lost


class StepReader(BesideReader):
    """Reads the steps of one file, with that file's blocks and defaults."""

    def __init__(
        self, spec: Spec, problems: Problems, defaults: dict[str, dict[str, Given]], incomplete: bool = False
    ) -> None:
        super().__init__(problems, defaults)
        self.blocks = spec.blocks
        # True where an import failed: a word that is not known may be one of its blocks.
        self.incomplete = incomplete
        # The errors so far that steps within steps made.
        self.within = 0

    def chain(self, node: Node, scope: Scope) -> Chain:
        """Read a list of steps."""
        if isinstance(node, Sequence):
            read = [self.once_more(item) or self.step(item, scope) for item in node.items]
            steps = [step for step in read if step is not None]
            return Chain(steps) if len(steps) == len(read) else Chain(steps, _gaps(read))
        if isinstance(node, Scalar) and node.value is None:
            return Chain([], (0,) if lost(node) else ())
        self.problems.add("E0203", "a chain is a list of steps", node.mark, help="start each step with `- `")
        return Chain([], (0,))

    def step(self, node: Node, scope: Scope) -> Step | None:
        """Read one step: a word, or a map with one op or block and reserved keys beside it."""
        if isinstance(node, Scalar):
            if isinstance(node.value, str):
                return self.use(node.value, node, None, None, scope)
            if not lost(node):
                help = "a step is `- OP` or `- OP: {arguments}`"
                self.problems.add("E0208", "a step is a word or a map", node.mark, help=help)
            return None
        if not isinstance(node, Mapping):
            self.problems.add(
                "E0208", "a step is a word or a map, not a list", node.mark, help="group steps with `chain:`"
            )
            return None
        verbs = [name for name in node.keys if name not in BESIDE]
        if len(verbs) != 1:
            self._not_one(node, verbs)
            return None
        verb = verbs[0]
        if len(node.keys) > 1 and "repeat" in node.keys:
            scope = scope.repeated()
        return self.use(verb, node.keys[verb], node.entries[verb], node, scope)

    def _not_one(self, node: Mapping, verbs: list[str]) -> None:
        if not verbs:
            self.problems.add("E0208", "this step has no op", node.mark, help="a step is `- OP: {arguments}`")
            return
        listed = " and ".join(f"`{verb}`" for verb in verbs[:3])
        known = [verb for verb in verbs if verb in OPS or verb in self.blocks or verb in GROUPS]
        help = "give each its own `- `"
        if len(known) == 1:
            help = f"if they are arguments of `{known[0]}`, indent them under it"
        mark = node.keys[next((verb for verb in verbs if verb not in known), verbs[1])].mark
        self.problems.add("E0208", f"a step has one op, not {listed}", mark, help=help)

    def use(self, verb: str, key: Scalar, value: Node | None, node: Mapping | None, scope: Scope) -> Step | None:
        """Read what the op, block or chain is given, and the keys beside it."""
        step = Step(verb, key)
        errors, within = self.problems.errors, self.within
        known = self._use(step, key, value, node, scope)
        made = self.problems.errors - errors
        step.broken = made > self.within - within or lost(value)
        self.within = within + made
        return step if known else None

    def _use(self, step: Step, key: Scalar, value: Node | None, node: Mapping | None, scope: Scope) -> bool:
        """Read a step's own words; False where its op is not known."""
        verb = step.verb
        if node is not None and len(node.keys) > 1:
            self.beside(step, node, scope)
        op = OPS.get(verb)
        if isinstance(value, Scalar) and lost(value):
            step.sources = None
        elif op is not None:
            if op.merges:
                self._merge(step, op, value, scope)
            else:
                self.arguments(step, op, self.entries(verb, value), scope)
                if step.sources is not None:
                    self._one_source(step, op.most_inputs)
        elif verb in self.blocks:
            self._call(step, self.blocks[verb], value, scope)
        elif verb in GROUPS:
            step.body = self.chain(value, scope) if value is not None else Chain([])
            if not step.body.steps and step.body.whole:
                help = "give it steps, or leave it out"
                self.problems.add("E0208", f"a `{verb}` has at least one step", key.mark, help=help)
            if step.distributed:
                step.body = _apart_first(step.body, key)
            self._one_source(step)
        else:
            self._unknown(verb, key)
            return False
        return True

    def _unknown(self, verb: str, key: Scalar) -> None:
        if self.incomplete and not naming.fault(verb):
            return
        known = [*OPS, *self.blocks, *GROUPS]
        close = meant(verb, known)
        if verb[:1] == "$":
            help = "an expression cannot name an op; leave steps out with `when`"
        else:
            help = (
                f"did you mean `{close}`?" if close else "`archc ops` lists the ops; blocks are defined under `blocks:`"
            )
        self.problems.add("E0204", f"there is no op or block {describe(verb)}", key.mark, help=help)

    def _one_source(self, step: Step, most: int = 1) -> None:
        if step.sources is not None and len(step.sources) > most:
            taken = "one tensor" if most == 1 else f"at most {most} tensors"
            self.problems.add(
                "E0413", f"`{step.verb}` takes {taken}, not {len(step.sources)}", step.sources[most].mark,
                help="join tensors with `concat` or `add` first",
            )  # fmt: skip

    # Merges

    def _merge(self, step: Step, op: type[Op], value: Node | None, scope: Scope) -> None:
        node = self.entries(op.name, value)
        if node is not None and "branches" in node.entries:
            step.branches = self._branches(step, node.entries["branches"], scope)
            rest = {name: key for name, key in node.keys.items() if name != "branches"}
            node = _part(node, rest)
        elif step.sources is None or len(step.sources) < 2:
            if node is None or not node.keys or _nothing_else(op, node):
                among = "named branches" if node is None or not node.keys else "branches, under `branches:`"
                self.problems.add(
                    "E0212", f"`{op.name}` has nothing to merge", step.node.mark,
                    help=f"give it {among}, or `from: [a, b]`",
                )  # fmt: skip
                return
            step.branches = self._branches(step, node, scope)
            node = None
        elif node is not None and self._needless(step, op, node):
            return
        if step.branches is not None and step.sources is not None and len(step.sources) > 1:
            self.problems.add(
                "E0212", "branches start from one tensor", step.sources[1].mark, help="name one step in `from`"
            )
            del step.sources[1:]
        self.arguments(step, op, node, scope)

    def _needless(self, step: Step, op: type[Op], node: Mapping) -> bool:
        """Refuse branches where `from` names what is merged."""
        for name, key, value in node.items():
            if name not in op.arguments and name not in BESIDE and isinstance(value, (Sequence, Mapping)):
                self.problems.add(
                    "E0212", f"with {len(step.sources or ())} names in `from`, `{op.name}` has no branches", key.mark,
                    help="drop the branches, or name in `from` the one step that all of them start from",
                )  # fmt: skip
                return True
        return False

    def _branches(self, step: Step, node: Node, scope: Scope) -> list[Branch]:
        if not isinstance(node, Mapping):
            if not lost(node):
                help = "as in `branches: {main: [...], shortcut: []}`"
                self.problems.add("E0212", "`branches` is a map of named chains", node.mark, help=help)
            return []
        found = []
        for name, key, value in node.items():
            fault = naming.step_fault(name)
            if name in BESIDE and isinstance(value, (Sequence, Mapping)):
                help = f"choose another name; a `{name}` of `{step.verb}` lines up with `{step.verb}`"
                self.problems.add("E0209", f"`{name}` is a key of steps, and names no branch", key.mark, help=help)
                continue
            if name in BESIDE:
                self.unknown_argument(OPS[step.verb], name, key)
                continue
            if fault:
                self.problems.add("E0401", f"{describe(name)} {fault}", key.mark, help="choose another name")
                name = naming.harmless(name)
                name += "_" * bool(naming.step_fault(name))
            branch = self._branch(step, name, key, value, scope)
            if branch is not None:
                found.append(branch)
        return found

    def _branch(self, step: Step, name: str, key: Scalar, value: Node, scope: Scope) -> Branch | None:
        when = None
        if isinstance(value, Mapping):
            for other, other_key, _ in value.items():
                if other not in ("when", "layers"):
                    self.problems.add(
                        "E0201", f"a branch has no key {describe(other)}", other_key.mark,
                        help="a branch is a list of steps, or a map with `when` and `layers`",
                    )  # fmt: skip
            if "when" in value.entries:
                when = self.condition(value.entries["when"], scope, "when")
            layers = value.entries.get("layers")
            return Branch(name, Chain([]) if layers is None else self.chain(layers, scope), when, key)
        if isinstance(value, Scalar) and value.value is not None:
            help = "a branch is a list of steps"
            if name in OPS[step.verb].arguments:
                help = "put the branches under `branches:`, and the arguments beside it"
            self.problems.add("E0212", f"branch `{name}` of `{step.verb}` is no list of steps", value.mark, help=help)
            return None
        return Branch(name, self.chain(value, scope), None, key)

    # Blocks

    def _call(self, step: Step, block: Block, value: Node | None, scope: Scope) -> None:
        step.block = block
        block.used = True
        node = self.entries(block.name, value)
        if node is not None:
            for name, key, value_node in node.items():
                if name not in block.params:
                    self._unknown_param(block, name, key)
                else:
                    step.args[name] = given(value_node, scope)
        given_names = () if node is None else node.entries
        missing = [p.name for p in block.params.values() if p.default is None and p.name not in given_names]
        missing = self.not_meant(missing, [name for name in given_names if name not in block.params])
        if missing:
            listed = ", ".join(f"`{name}`" for name in missing)
            self.problems.add("E0407", f"block `{block.name}` needs {listed}", step.node.mark, help=_signature(block))
        count = 1 if step.sources is None else len(step.sources)
        if count != len(block.inputs):
            self.problems.add(
                "E0413", f"block `{block.name}` takes {len(block.inputs)} inputs, not {count}",
                step.sources[-1].mark if step.sources else step.node.mark,
                help=f"name them, as in `from: [{', '.join(block.inputs)}]`",
            )  # fmt: skip

    def _unknown_param(self, block: Block, name: str, key: Scalar) -> None:
        if name in BESIDE:
            stands_beside(name, block.name, "params", key.mark, self.problems)
            return
        close = nearest(name, block.params)
        help = f"did you mean `{close}`?" if close else _signature(block)
        self.problems.add("E0406", f"block `{block.name}` has no param {describe(name)}", key.mark, help=help)


def _apart_first(body: Chain, key: Scalar) -> Chain:
    """Return the steps of a `time_distributed` after the one that takes apart what comes in."""
    first = Step(Apart.name, key)
    taken = {step.name for step in body.steps}
    first.name = next(name for name in (Apart.name + "_" * count for count in count_up()) if name not in taken)
    first.named, first.op = True, Apart()
    return Chain([first, *body.steps], tuple(place + 1 for place in body.gaps))


def _gaps(read: list[Step | None]) -> tuple[int, ...]:
    """Return how many steps stand before each that could not be read."""
    return tuple(place - lost for lost, place in enumerate(i for i, step in enumerate(read) if step is None))


def _signature(block: Block) -> str:
    params = [p.name if p.default is None else f"{p.name}: ..." for p in block.params.values()]
    return f"its params are [{', '.join(params)}]" if params else "it has no params"


def _part(node: Mapping, keys: dict[str, Scalar]) -> Mapping:
    entries = {name: node.entries[name] for name in keys}
    return Mapping(node.source, node.start, node.end, keys, entries, node.flow)


def _nothing_else(op: type[Op], node: Mapping) -> bool:
    """Tell whether a merge is given arguments, and no branches."""
    return all(
        name in op.arguments and (isinstance(value, Scalar) or op.arguments[name].default is REQUIRED)
        for name, value in node.entries.items()
    )
