"""From nodes to values: literals as they are, expressions parsed, and names in them known."""

from __future__ import annotations

from typing import Any

from archc.document import Mapping, Mark, Node, Scalar, Sequence
from archc.expressions import Expression, ExpressionError, Name, axes, evaluate, names, parse
from archc.plain import resolve
from archc.problems import Problems, nearest
from archc.spec import Formula, Given

BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
"""What older versions of YAML read as booleans, and what to write."""


class Scope:
    """What expressions may name at some place of the text, and where errors go."""

    __slots__ = ("index", "inputs", "params", "problems")

    def __init__(self, problems: Problems, params: set[str], inputs: list[str], index: bool = False) -> None:
        self.problems = problems
        self.params: set[str] | None = params
        self.inputs = inputs
        self.index = index

    @classmethod
    def literal(cls, problems: Problems) -> Scope:
        """Return the scope of a place where no expression may stand."""
        scope = cls(problems, set(), [])
        scope.params = None
        return scope

    def repeated(self) -> Scope:
        """Return the scope within a `repeat`, which knows `index`."""
        return Scope(self.problems, self.params or set(), self.inputs, True)


def given(node: Node, scope: Scope) -> Given:
    """Return the value of `node`; expressions in it are parsed and their names looked up in `scope`."""
    if isinstance(node, Scalar):
        value = node.value
        if isinstance(value, str) and value[:1] == "$":
            formula = _formula(node, scope)
            return Given(formula, node, True) if formula is not None else Given(None, node, True)
        return Given(value, node, value is None and lost(node))
    if isinstance(node, Sequence):
        parts = [given(item, scope) for item in node.items]
        return Given([part.value for part in parts], node, any(part.dynamic for part in parts))
    assert isinstance(node, Mapping)
    entries = {name: given(value, scope) for name, _, value in node.items()}
    return Given({k: v.value for k, v in entries.items()}, node, any(v.dynamic for v in entries.values()))


def lost(node: Node | None) -> bool:
    """Tell whether a node stands for an alias that leads nowhere, which is reported."""
    return isinstance(node, Scalar) and node.value is None and node.text == "*"


def _formula(node: Scalar, scope: Scope) -> Formula | None:
    text = str(node.value)[1:]
    if scope.params is None:
        scope.problems.add(
            "E0515", "an expression cannot stand here: params, variants and defaults are literal", node.mark
        )
        return None
    try:
        expression = parse(text)
        if not names(expression) and not axes(expression):
            evaluate(expression, {})  # what is constant is judged at once, whatever else is wrong
    except ExpressionError as error:
        help = error.help or "an expression is one value, as in `$filters * 4` or `$max(1, filters // 16)`"
        help = help if error.code == "E0501" else error.help
        scope.problems.add(error.code, error.message, within(node, error.start, error.end), help=help)
        return None
    return Formula(expression, node) if _known(expression, node, scope) else None


def constant(value: Given) -> Given | None:
    """Return a value that expressions without names give, computed; None where it depends on a name."""
    if isinstance(value.value, Formula) and not names(value.value.expression) and not axes(value.value.expression):
        return Given(evaluate(value.value.expression, {}), value.node)
    return None


def within(node: Scalar, start: int, end: int) -> Mark:
    """Return the mark of characters `start` to `end` of an expression, which `node` holds after its `$`."""
    if node.line != node.end_line or node.end_column - node.column < len(node.text):
        return node.mark
    first = node.column + 1 + (not node.plain)
    return node.mark._replace(column=first + start, end_column=first + max(end, start + 1))


def _known(expression: Expression, node: Scalar, scope: Scope) -> bool:
    assert scope.params is not None
    used = {pair[0] for pair in axes(expression)}
    known = scope.params | set(scope.inputs) | ({"index"} if scope.index else set())
    wrong = [name for name in sorted(names(expression)) if name not in known]
    for name in wrong:
        at = str(node.value).find(name, 1) - 1
        close = nearest(name, known)
        help = f"did you mean `{close}`?" if close else f"known here: {', '.join(sorted(known)) or 'nothing'}"
        if name == "index":
            help = "`index` is known only within a step that says `repeat`"
        scope.problems.add("E0508", f"`{name}` is not known here", within(node, at, at + len(name)), help=help)
    for name in sorted(used & scope.params):
        scope.problems.add("E0509", f"`{name}` is a param and has no axes", node.mark)
        wrong.append(name)
    for name in sorted(_bare(expression) & set(scope.inputs)):
        scope.problems.add(
            "E0509", f"`{name}` is a tensor: ask for one of its axes, as in `{name}.channels`", node.mark
        )
        wrong.append(name)
    return not wrong


def _bare(expression: Expression) -> set[str]:
    """Return the names that stand alone, without an axis."""
    found: set[str] = set()
    todo = [expression]
    while todo:
        part = todo.pop()
        if isinstance(part, Name):
            found.add(part.name)
        todo.extend(part.children())
    return found


def describe(value: Any) -> str:
    """Say what a wrong value is, short and without a line break."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, (list, tuple)):
        return (
            f"a list of {len(value)}" if any(isinstance(v, (list, dict, tuple)) for v in value) else f"`{_flat(value)}`"
        )
    if isinstance(value, int) and abs(value) > 10**15:
        return f"a number of {value.bit_length()} bits"
    text = str(value)
    if isinstance(value, str):
        if not value:
            return "an empty text"
        if _read_without_quotes(value):
            return f'the text `"{value}"`'
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _read_without_quotes(text: str) -> bool:
    """Tell whether a text would be a number or a boolean without its quotes."""
    try:
        return not isinstance(resolve(text), str) and len(text) <= 60
    except ValueError:
        return False


def _flat(value: Any) -> str:
    text = "[" + ", ".join(str(v) for v in value[:8]) + (", ..." if len(value) > 8 else "") + "]"
    return text if len(text) <= 80 else text[:77] + "...]"
