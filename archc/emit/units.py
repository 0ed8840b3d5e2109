"""The definitions of an emitted file: one for each block and rank, with all its uses and their signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archc.emit.body import Body, Members
from archc.emit.frames import Frame, Signature, Unit, annotation, runs_within
from archc.emit.scope import Extra, Scope
from archc.emit.slots import Irregular, constant
from archc.emit.source import Identifiers, spell
from archc.expressions import Expression, Literal
from archc.graph import Graph, Run, Turn
from archc.spec import Step


class DeepScope(Scope):
    """A scope within a unit that may use itself: an extra of all uses below is a list, the use's own value first."""

    deep: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deepened: set[str] = set()

    def extra(self, values: list[Any], hint: str, members: Members) -> str:
        text = super().extra(values, hint, members)
        return f"{text}[0]" if text in self.deep else text


class Registry:
    """All definitions of one file, written when they are first asked for."""

    def __init__(self, graph: Graph, names: Identifiers, named: Callable[[str], str], kind: type[Unit] = Unit) -> None:
        self.graph = graph
        self.names = names
        self.order: list[Unit] = []
        self.needs: dict[str, None] = {}
        self.by_key = _gather(graph, names, named, kind)

    def body(self, unit: Unit) -> Signature:
        """Write a block's unit, once; return the signature that came of it."""
        raise NotImplementedError

    def first_guess(self, unit: Unit) -> Signature:
        """Return the signature to assume of a unit that uses itself before it is written."""
        raise NotImplementedError

    def block(self, turn: Turn) -> Unit:
        assert turn.run is not None
        unit = self.by_key[_key(turn.run)]
        if unit.signature is None and not unit.writing:
            self.write(unit)
        return unit

    def frames(self, unit: Unit, turns: list[Turn]) -> list[int]:
        """Return the places of a block's uses among all of its unit."""
        if any(_key(turn.run) != _key(turns[0].run) for turn in turns if turn.run is not None):
            raise Irregular("one turn takes other axes than another")
        return [unit.frame_of[id(turn.run if turn.run is not None else turn)] for turn in turns]

    def signature(self, unit: Unit) -> Signature:
        if unit.signature is not None:
            return unit.signature
        unit.recursive = True
        assert unit.assumed is not None
        return unit.assumed

    def write(self, unit: Unit) -> None:
        """Write a block's unit; one that uses itself is written again until its signature no longer changes."""
        unit.assumed = self.first_guess(unit)
        for _ in range(8):
            mark = len(self.order)
            unit.writing = True
            found = self.body(unit)
            unit.writing = False
            if not unit.recursive or found == unit.assumed:
                unit.signature = found
                self.order.append(unit)
                return
            unit.assumed = found
            for other in self.order[mark:]:
                other.signature = None
                self.names.taken.discard(other.name) if other.block is None else None
            del self.order[mark:]
        raise Irregular("its use of itself asks for arguments without end")

    def settled(self, unit: Unit) -> dict[str | tuple[str, str], Expression]:
        """Return the params that no use sets to anything but their default: they make no difference here."""
        found: dict[str | tuple[str, str], Expression] = {}
        for name in unit.block.params if unit.block is not None else ():
            default = unit.default(name)
            values = [frame.params.get(name) for frame in unit.frames]
            if (
                default is not None
                and isinstance(default.value, (int, float, str))
                and constant([default.value, *values])
            ):
                found[name] = Literal(default.value)
        return found

    def deep_scope(self, unit: Unit, scope: DeepScope) -> None:
        """Tell a unit's scope which of its extras hold the values of all uses below."""
        unit.texts = scope.texts
        scope.deep = unit.assumed.deep if unit.assumed is not None else frozenset()

    def extras(self, unit: Unit, scope: DeepScope) -> tuple[tuple[Extra, ...], frozenset[str]]:
        """Return a finished unit's extras, and which of them are deep."""
        deep = scope.deep | scope.deepened
        found = tuple(_deepened(unit, extra) if extra.name in deep else extra for extra in scope.extras.values())
        return found, frozenset(extra.name for extra in found if extra.name in deep)

    def declared(
        self, unit: Unit, params: tuple[str, ...], extras: tuple[Extra, ...]
    ) -> tuple[list[str], list[str], list[str]]:
        """Return the declarations of params that must be given, of extras, and of params with a default."""
        required, optional = [], []
        for name in params:
            text = f"{unit.text_of(name)}: {annotation([_param(frame, name) for frame in unit.frames])}"
            default = unit.default(name)
            if default is None:
                required.append(text)
            else:
                optional.append(f"{text} = {spell(default.value)}")
        return required, [f"{extra.name}: {annotation(extra.values)}" for extra in extras], optional

    # Using a unit

    def given(self, body: Body, unit: Unit, step: Step, name: str, turns: list[Turn]) -> list[Any]:
        """Return a param's values over all uses of a step, with the expression that it computes them from."""
        argument = step.args.get(name)
        values = [turn.run.params[name] for turn in turns if turn.run is not None]
        if argument is None or not argument.dynamic:
            return values
        return [body.symbolic_value(argument.value, value) for value in values]

    def passed(
        self, body: Body, unit: Unit, step: Step, turns: list[Turn], members: Members
    ) -> tuple[list[str], list[str], dict[str | tuple[str, str], Expression]]:
        """Return the positional and the keyword arguments for a unit's params, and what its names stand for here."""
        known: dict[str | tuple[str, str], Expression] = {}
        positional, keywords = list[str](), list[str]()
        found = self.signature(unit)
        for name in unit.block.params if unit.block is not None else ():
            given = self.given(body, unit, step, name, turns)
            stands = _expression(given)
            if stands is not None:
                known[name] = stands
            if name not in found.params:
                continue
            default = unit.default(name)
            if default is not None and _left_out(given, default.value):
                continue
            text = body.scope.resolve(given, f"{step.local}_{name}", members, wish=name)
            if default is None and not positional:  # more than one number without a name says little
                positional.append(text)
            else:
                keywords.append(f"{unit.text_of(name)}={text}")
        return positional, keywords, known

    def passed_extras(
        self, body: Body, unit: Unit, own: Unit, step: Step, frames: list[int], members: Members
    ) -> list[str]:
        """Return the keyword arguments for a unit's extras; a unit that uses itself passes on what is below it."""
        texts = []
        found = self.signature(unit)
        for extra in found.extras:
            values = [extra.values[frame] for frame in frames]
            if unit is own and (extra.name in found.deep or not constant([repr(value) for value in values])):
                assert isinstance(body.scope, DeepScope)
                body.scope.deepened.add(extra.name)
                text = f"{extra.name}[1:]"
            else:
                text = body.scope.resolve(values, f"{step.local}_{extra.name}", members)
            texts.append(f"{extra.name}={text}")
        return texts


def _gather(
    graph: Graph, names: Identifiers, named: Callable[[str], str], kind: type[Unit]
) -> dict[tuple[int, tuple[str, ...]], Unit]:
    """Find every use of every block; a block used with tensors of several ranks makes several units."""
    found: dict[tuple[int, tuple[str, ...]], list[Run]] = {}
    for run in runs_within(graph.run.chain, deep=True):
        found.setdefault(_key(run), []).append(run)
    ranks: dict[int, int] = {}
    for identity, _ in found:
        ranks[identity] = ranks.get(identity, 0) + 1
    units = {}
    for key, runs in found.items():
        block = runs[0].block
        assert block is not None
        frames = [
            Frame(run.chain, None, run.params, tuple(t.shape for t in run.inputs.values()), id(run)) for run in runs
        ]
        wish = named(block.name) + (_rank(key[1], named) if ranks[key[0]] > 1 else "")
        units[key] = kind(names.give(wish, 200), block, None, frames, block.inputs)
    return units


def _rank(kinds: tuple[str, ...], named: Callable[[str], str]) -> str:
    suffix = {"image": "2d", "volume": "3d", "sequence": "1d"}.get(kinds[0], kinds[0])
    return suffix.capitalize() if named("a_b") == "AB" else f"_{suffix}"


def _param(frame: Frame, name: str) -> Any:
    if name == "index" and frame.turn is not None:
        return frame.turn.index
    return frame.params.get(name, 0)


def _key(run: Run | None) -> tuple[int, tuple[str, ...]]:
    assert run is not None
    return id(run.block), tuple(t.shape.kind if t.shape is not None else "" for t in run.inputs.values())


def _left_out(values: list[Any], default: Any) -> bool:
    return constant([*values, default]) and all(getattr(value, "expression", None) is None for value in values)


def _expression(values: list[Any]) -> Expression | None:
    first: Expression | None = getattr(values[0], "expression", None)
    if first is not None and all(getattr(value, "expression", None) == first for value in values):
        return first
    value = values[0]
    return Literal(value) if isinstance(value, (int, float, str)) and constant(values) else None


def _deepened(unit: Unit, extra: Extra) -> Extra:
    """Give each use of a recursive unit the values of all uses below it too, its own first."""
    below: dict[int, int] = {}
    for place, frame in enumerate(unit.frames):
        inner = [unit.frame_of[id(run)] for run in runs_within(frame.chain) if id(run) in unit.frame_of]
        if len(inner) > 1:
            raise Irregular("it uses itself twice, with sizes that no expression says")
        if inner:
            below[place] = inner[0]
    values = []
    for place in range(len(unit.frames)):
        listed, at = [extra.values[place]], place
        while at in below:
            at = below[at]
            listed.append(extra.values[at])
        values.append(listed)
    return Extra(extra.name, values)
