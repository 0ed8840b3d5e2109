"""The expression language: what stands after a `$` in a spec. Parsed to a small tree, walked, folded and spelled."""

from archc.expressions.evaluator import Value, evaluate
from archc.expressions.folding import add, floordiv, fold, modulo, multiply, substitute, subtract
from archc.expressions.grammar import FUNCTIONS, ExpressionError
from archc.expressions.parser import parse
from archc.expressions.spelling import DIVISIBLE_SOURCE, spell, text_of
from archc.expressions.tree import (
    Axis,
    Binary,
    Call,
    Compare,
    Conditional,
    Expression,
    Index,
    Listing,
    Literal,
    Logic,
    Name,
    Slice,
    Unary,
    axes,
    names,
    width,
)

__all__ = [
    "Axis",
    "Binary",
    "Call",
    "Compare",
    "Conditional",
    "DIVISIBLE_SOURCE",
    "Expression",
    "ExpressionError",
    "FUNCTIONS",
    "Index",
    "Listing",
    "Literal",
    "Logic",
    "Name",
    "Slice",
    "Unary",
    "Value",
    "add",
    "axes",
    "evaluate",
    "floordiv",
    "fold",
    "modulo",
    "multiply",
    "names",
    "parse",
    "spell",
    "substitute",
    "subtract",
    "text_of",
    "width",
]
