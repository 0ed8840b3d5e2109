"""Handles and paths: what every step is called, what `from` means, and which results nobody uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from archc import naming
from archc.ops.frames import GROUP
from archc.problems import MOST_GUESSES, Note, Problems, nearest
from archc.spec import Branch, Chain, Reference, Step


class _Visible:
    """The handles that `from` may name at some place, with the steps behind them (inputs have none)."""

    __slots__ = ("around", "outer", "steps")

    def __init__(self, outer: _Visible | None, steps: dict[str, Step | None], around: _Visible | None = None) -> None:
        self.outer = outer
        self.steps = steps
        # What stands around a `time_distributed`, where steps see nothing of it.
        self.around = around

    def find(self, name: str) -> tuple[bool, Step | None]:
        scope: _Visible | None = self
        while scope is not None:
            if name in scope.steps:
                return True, scope.steps[name]
            scope = scope.outer
        return False, None

    def beyond(self, name: str) -> bool:
        """Tell whether `name` stands around a `time_distributed`, and would be seen from there."""
        scope: _Visible | None = self
        while scope is not None:
            if scope.around is not None:
                return scope.around.find(name)[0] or scope.around.beyond(name)
            scope = scope.outer
        return False

    def all(self) -> list[str]:
        return [*self.steps, *(self.outer.all() if self.outer else ())]


def name_steps(chain: Chain, inputs: list[str], outputs: list[Reference], problems: Problems) -> None:
    """Give every step of a block or network its handle and its local name, and check all references."""
    used: set[int] = set()
    outer = _Visible(None, dict.fromkeys(inputs))
    _Namer(problems, used).chain(chain, "", outer, outputs, top=True)


class _Namer:
    def __init__(self, problems: Problems, used: set[int], lost: bool = False) -> None:
        self.problems = problems
        self.used = used
        self.locals: dict[str, Step] = {}
        # Once a step could not be read, names that lead nowhere may mean that one.
        self.lost = lost
        # What a name that leads nowhere was meant for would seem to be used by nobody.
        self.unsure = False
        self.doubled: set[int] = set()
        # By chain: the names of branches that several of its merges have.
        self.shared: dict[int, set[str]] = {}

    def chain(
        self,
        chain: Chain,
        prefix: str,
        outer: _Visible,
        outputs: Sequence[Reference] = (),
        *,
        alone: str = "",
        top: bool = False,
    ) -> None:
        """Name the steps of a chain. `alone` is what its one step is called where that has no name of its own."""
        self.lost = self.lost or not chain.whole
        named = self.handles(chain)
        visible = _Visible(outer, {})
        for step in chain.steps:
            step.frame = id(self)
            if step.sources is not None:
                self.sources(step, visible, named)
            if step.share is not None:
                self.share(step, step.share, visible, named)
            step.local = alone if alone and not step.named else prefix + step.name
            if step.repeat is not None or step.body is None or step.distributed:
                self.take(step)
            if step.branches is not None or step.body is not None:
                self.inside(step, chain, prefix, visible, bool(alone) and not step.named)
            visible.steps[step.name] = step
        self.outputs(outputs, visible)
        self.unused(chain, outputs, top)

    def handles(self, chain: Chain) -> dict[str, Step]:
        """Name the steps that have no name, by op, numbered where an op occurs more than once; return all by name."""
        counts: dict[str, int] = {}
        for step in chain.steps:
            if not step.named:
                counts[step.verb] = counts.get(step.verb, 0) + 1
        seen: dict[str, int] = {}
        taken: dict[str, Step] = {}
        for step in chain.steps:
            if not step.named:
                verb = step.verb
                if counts[verb] == 1:
                    step.name = verb
                else:
                    seen[verb] = number = seen.get(verb, 0) + 1
                    step.name = f"{verb}_{number}" if verb[-1].isdigit() else f"{verb}{number}"
            if step.name in taken:
                other = taken[step.name]
                written = step.named and other.named
                self.problems.add(
                    "E0402", f"two steps of this chain are called `{step.name}`", (step.label or step.node).mark,
                    notes=[Note("the other one", (other.label or other.node).mark)],
                    help=f"give one of them {'another name' if written else 'a `name`'}",
                )  # fmt: skip
                self.doubled.add(id(step))
            taken[step.name] = step
        return taken

    def sources(self, step: Step, visible: _Visible, named: dict[str, Step]) -> None:
        for reference in step.sources or ():
            found, source = visible.find(reference.name)
            if found:
                if source is not None:
                    source.kept = True
                    self.used.add(id(source))
                continue
            if reference.name in named:
                self.unsure = True
                what = "is this step itself" if named[reference.name] is step else "comes later"
                self.problems.add(
                    "E0403", f"`{reference.name}` {what}", reference.mark, help="`from` names earlier steps"
                )
                continue
            if visible.beyond(reference.name):
                self.unsure = True
                self.problems.add(
                    "E0403", f"`{reference.name}` stands outside of the `{GROUP}` around this step", reference.mark,
                    help="its steps see one slice at a time, and no tensor from outside: join them after it",
                )  # fmt: skip
                continue
            if self.lost:
                continue
            self.unsure = True
            help = ""
            if len(self.problems.found) < MOST_GUESSES:
                known = visible.all()
                close = nearest(reference.name, known)
                help = f"did you mean `{close}`?" if close else f"known here: {', '.join(known[-8:])}"
            message = f"there is no earlier step `{reference.name}` here"
            self.problems.add("E0403", message, reference.mark, help=help)

    def share(self, step: Step, reference: Reference, visible: _Visible, named: dict[str, Step]) -> None:
        """Find the step whose weights a step uses; that of a step which shares itself is the first in the row."""
        found, lender = visible.find(reference.name)
        fault = ""
        if not found or lender is None:
            if self.lost and not found and reference.name not in named:
                return
            close = nearest(reference.name, visible.all())
            help = f"did you mean `{close}`?" if close and not found else "`share` names an earlier step with weights"
            fault = f"there is no earlier step `{reference.name}` here"
            if visible.beyond(reference.name):
                fault = f"`{reference.name}` stands outside of the `{GROUP}` around this step"
            self.problems.add("E0418", fault, reference.mark, help=help)
            return
        tied = (step.verb, lender.verb) == ("dense", "embedding")
        if lender.verb != step.verb and not tied:
            fault = f"`{reference.name}` is a `{lender.verb}`, and this a `{step.verb}`"
        elif step.body is not None or step.branches is not None:
            fault = f"a `{step.verb}` has no weights of its own"
        elif lender.repeat is not None:
            fault = f"`{reference.name}` is repeated, with other weights in each turn"
        elif lender.frame != step.frame:
            fault = f"`{reference.name}` stands outside of the repeat around this step"
        if fault:
            help = "`share` names a step of the same op or block; in a `dense`, also an `embedding`"
            if lender.repeat is not None:
                help = "a block whose step repeats can be shared as a whole"
            self.problems.add("E0418", fault, reference.mark, help=help)
            return
        step.lender = lender.lender or lender
        step.lender.lent = True
        step.lender.tied = step.lender.tied or tied

    def inside(self, step: Step, chain: Chain, prefix: str, visible: _Visible, alone: bool) -> None:
        """Name what stands in a step's branches or chain. A repeated step starts a frame of its own."""
        namer, start = (
            (self, step.local + "_") if step.repeat is None else (_Namer(self.problems, self.used, self.lost), "")
        )
        if step.body is not None:
            namer.chain(step.body, start, _Visible(None, {}, visible) if step.distributed else visible)
            return
        if step.repeat is None and not alone:
            start = prefix
        for branch in step.branches or ():
            name = start + self.branch_name(step, branch, chain if step.repeat is None else None)
            single = len(branch.chain.steps) == 1
            namer.chain(branch.chain, name + "_", visible, alone=name if single else "")

    def branch_name(self, step: Step, branch: Branch, chain: Chain | None) -> str:
        """Return the branch's name, with its merge's where another merge of the chain has such a branch."""
        if chain is None:
            return branch.name
        if id(chain) not in self.shared:
            named = Counter(
                name
                for other in chain.steps
                if other.repeat is None
                for name in dict.fromkeys(b.name for b in other.branches or ())
            )
            self.shared[id(chain)] = {name for name, count in named.items() if count > 1}
        return f"{step.name}_{branch.name}" if branch.name in self.shared[id(chain)] else branch.name

    def take(self, step: Step) -> None:
        """Refuse a second layer of the same local name, and names that PyTorch's modules use."""
        other = self.locals.get(step.local)
        if other is not None and other is not step and id(step) not in self.doubled:
            self.problems.add(
                "E0412", f"two layers are called `{step.local}`", step.node.mark,
                notes=[Note("the other one", other.node.mark)], help="give one of the steps or branches another `name`",
            )  # fmt: skip
        elif not step.named and naming.step_fault(step.local):
            fault = f"`{step.local}` {naming.step_fault(step.local)}"
            self.problems.add("E0401", fault, step.node.mark, help="give the step a `name`")
        self.locals[step.local] = step

    def outputs(self, outputs: Sequence[Reference], visible: _Visible) -> None:
        for reference in outputs:
            step = visible.steps.get(reference.name)
            if step is None and self.lost:
                continue
            if step is None:
                close = nearest(reference.name, visible.steps)
                self.unsure = True
                self.problems.add(
                    "E0415", f"output `{reference.name}` is no step of `layers`", reference.mark,
                    help=f"did you mean `{close}`?" if close else f"steps: {', '.join(list(visible.steps)[-8:])}",
                )  # fmt: skip
                continue
            step.kept = True
            self.used.add(id(step))

    def unused(self, chain: Chain, outputs: Sequence[Reference], top: bool) -> None:
        """Report steps whose result goes nowhere."""
        steps = chain.steps
        for step, following in zip(steps, [*steps[1:], None], strict=False):
            feeds = following is None and not (top and outputs)
            if following is not None and following.sources is None:
                feeds = True
            if not feeds and not (self.lost or self.unsure) and id(step) not in self.used:
                self.problems.add(
                    "E0404", f"nobody uses the result of `{step.name}`", step.node.mark,
                    help="name it in a later `from` or in `outputs`, or leave it out",
                )  # fmt: skip
