"""Reads the text of an expression into a tree: a precedence parser, bounded in every direction."""

from __future__ import annotations

from functools import lru_cache
from typing import NoReturn

from archc.expressions.grammar import (
    AND,
    CONDITIONAL,
    FUNCTIONS,
    LARGEST,
    LEVELS,
    NOT,
    OR,
    POWER,
    SUM,
    UNARY,
    ExpressionError,
)
from archc.expressions.tokens import (
    CONSTANTS,
    ESCAPE,
    KEYWORDS,
    MOST_CHARACTERS,
    MOST_LEVELS,
    MOST_NESTED,
    MOST_NODES,
    WORD,
    Token,
    instead,
    tokens_of,
    too_large,
)
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
)
from archc.problems import nearest
from archc.shapes import AXES


def parse(text: str) -> Expression:
    """Return the tree of an expression, `text` being what follows the `$`. Raises ExpressionError."""
    return _parse(text)


@lru_cache(maxsize=1024)
def _parse(text: str) -> Expression:
    if WORD.match(text) and text not in KEYWORDS and text not in CONSTANTS and text not in FUNCTIONS:
        tree: Expression = Name(text, 0, len(text))
    else:
        if len(text) > MOST_CHARACTERS:
            raise too_large(f"an expression has at most {MOST_CHARACTERS:,} characters", MOST_CHARACTERS, len(text))
        tree = _Parser(tokens_of(text)).whole()
    tree.text = text
    return tree


class _Parser:
    """Walks over the tokens. `at` is the next one; `nested` tells how far the walk has recursed."""

    __slots__ = ("at", "nested", "tokens")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.nested = 0

    def whole(self) -> Expression:
        """Read all tokens as one expression."""
        tree = self.expression(CONDITIONAL)
        if self.tokens[self.at].kind != "end":
            self.expected("an operator or the end")
        end = self.tokens[-1].end
        if tree.depth > MOST_LEVELS:
            raise too_large(f"an expression is at most {MOST_LEVELS} levels deep, not {tree.depth}", 0, end)
        if tree.size > MOST_NODES:
            raise too_large(f"an expression has at most {MOST_NODES} parts, not {tree.size}", 0, end)
        return tree

    def expression(self, level: int) -> Expression:
        """Read operators that bind at least as tightly as `level`, and their operands."""
        start = self.tokens[self.at].start
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise too_large("the expression is nested too deeply", start, self.tokens[self.at].end)
        tree = self.operand(level)
        while (token := self.tokens[self.at]).kind == "op" and (own := LEVELS.get(token.text, -1)) >= level:
            tree = self.operation(tree, token.text, own, start)
        self.nested -= 1
        return tree

    def operation(self, left: Expression, op: str, level: int, start: int) -> Expression:
        """Read what follows `left`, the next token being an operator of `level`."""
        if level >= SUM:
            self.at += 1
            right = self.expression(UNARY if level == POWER else level + 1)
            return Binary(op, left, right, start, self.passed())
        if op in ("and", "or"):
            operands = [left]
            while self.took(op):
                operands.append(self.expression(level + 1))
            return Logic(op, tuple(operands), start, self.passed())
        if op == "if":
            self.at += 1
            test = self.expression(OR)
            self.take("else")
            return Conditional(left, test, self.expression(CONDITIONAL), start, self.passed())
        rest = []
        while compared := self.comparison():
            rest.append((compared, self.expression(SUM)))
        return Compare(left, tuple(rest), start, self.passed())

    def comparison(self) -> str:
        """Take an operator that compares; empty where none is next."""
        token = self.tokens[self.at]
        if token.kind != "op" or not AND < LEVELS.get(token.text, -1) < SUM:
            return ""
        self.at += 1
        if token.text == "not":
            self.take("in")
            return "not in"
        return token.text

    def operand(self, level: int) -> Expression:
        """Read an operand with the signs before it and the indices after it."""
        token = self.tokens[self.at]
        if token.text in ("-", "+") and token.kind == "op":
            self.at += 1
            return Unary(token.text, self.expression(UNARY), token.start, self.passed())
        if token.text == "not" and token.kind == "op":
            if level > NOT:
                self.expected("a value", "put `not ...` in parentheses")
            self.at += 1
            return Unary("not", self.expression(NOT), token.start, self.passed())
        tree = self.atom(token)
        while self.took("["):
            tree = self.subscript(tree, token.start)
        if self.tokens[self.at].text in (".", "(") and self.tokens[self.at].kind == "op":
            self.expected("an operator or the end", "attributes are INPUT.AXIS; calls name a function")
        return tree

    def subscript(self, value: Expression, start: int) -> Index | Slice:
        """Read what stands in brackets after a value: one place, or where a part of it begins and ends."""
        first = self.expression(CONDITIONAL) if not self.follows(":") else None
        if first is not None and not self.follows(":"):
            self.take("]")
            return Index(value, first, start, self.passed())
        self.take(":")
        last = self.expression(CONDITIONAL) if not self.follows("]") and not self.follows(":") else None
        if self.follows(":"):
            self.expected("`]`", "a part of a list has a start and a stop, and no step")
        self.take("]")
        return Slice(value, first, last, start, self.passed())

    def atom(self, token: Token) -> Expression:
        """Read a literal, a name, a call, a list or what stands in parentheses."""
        if token.kind == "end":
            self.expected("a value")
        self.at += 1
        if token.kind == "name":
            return self.named(token)
        if token.kind == "number":
            return self.number(token)
        if token.kind == "string":
            return Literal(ESCAPE.sub(r"\1", token.text[1:-1]), token.start, token.end)
        if token.text == "(":
            tree = self.expression(CONDITIONAL)
            self.take(")")
            return tree
        if token.text == "[":
            items = self.items("]")
            return Listing(items, token.start, self.passed())
        self.at -= 1
        return self.expected("a value")

    def number(self, token: Token) -> Literal:
        follows = self.tokens[self.at]
        if follows.kind in ("name", "number") and follows.start == token.end:
            self.expected("an operator", f"write `{token.text} * {follows.text}`" if follows.kind == "name" else "")
        value = int(token.text) if token.text.isdigit() else float(token.text)
        if isinstance(value, int) and value > LARGEST:
            raise ExpressionError("E0510", "a whole number is at most 2**63", token.start, token.end)
        if value == float("inf"):
            raise ExpressionError("E0510", "the number is too large for a float", token.start, token.end)
        return Literal(value, token.start, token.end)

    def named(self, token: Token) -> Expression:
        """Read what begins with a name."""
        if token.text in CONSTANTS:
            return Literal(CONSTANTS[token.text], token.start, token.end)
        if self.took("("):
            return self.call(token)
        if self.took("."):
            return self.axis(token)
        if token.text in FUNCTIONS:
            self.expected(f"`(`, since `{token.text}` is a function")
        return Name(token.text, token.start, token.end)

    def call(self, token: Token) -> Call:
        if token.text not in FUNCTIONS:
            near = nearest(token.text, FUNCTIONS)
            help = f"did you mean `{near}`?" if near else f"there are {', '.join(FUNCTIONS)}"
            raise ExpressionError("E0502", f"there is no function `{token.text}`", token.start, token.end, help)
        arguments = self.items(")")
        least, most = FUNCTIONS[token.text]
        if not least <= len(arguments) <= most:
            wanted = f"{least} to {most} arguments" if most > 9 else f"{least} argument{'s' * (least > 1)}"
            message = f"`{token.text}` takes {wanted}, not {len(arguments)}"
            raise ExpressionError("E0507", message, token.start, self.passed())
        return Call(token.text, arguments, token.start, self.passed())

    def axis(self, token: Token) -> Axis:
        named = self.tokens[self.at]
        if named.kind != "name" or named.text not in AXES:
            near = nearest(named.text, AXES)
            help = f"did you mean `{token.text}.{near}`?" if near else f"the axes are {', '.join(AXES)}"
            message = f"`{named.text}` is no axis" if named.kind == "name" else "expected an axis after the `.`"
            raise ExpressionError("E0503", message, named.start, named.end, help)
        self.at += 1
        return Axis(token.text, named.text, token.start, named.end)

    def items(self, closing: str) -> tuple[Expression, ...]:
        """Read expressions with commas between them, up to `closing`."""
        found: list[Expression] = []
        while not self.took(closing):
            if found:
                self.take(",", f"`,` or `{closing}`")
                if self.took(closing):
                    break
            found.append(self.expression(CONDITIONAL))
        return tuple(found)

    def passed(self) -> int:
        """Return where the last token that was taken ends."""
        return self.tokens[self.at - 1].end

    def follows(self, op: str) -> bool:
        token = self.tokens[self.at]
        return token.text == op and token.kind == "op"

    def took(self, op: str) -> bool:
        if not self.follows(op):
            return False
        self.at += 1
        return True

    def take(self, op: str, wanted: str = "") -> None:
        if not self.took(op):
            self.expected(wanted or f"`{op}`")

    def expected(self, wanted: str, help: str = "") -> NoReturn:
        """Raise the error that `wanted` is not what is next."""
        token = self.tokens[self.at]
        shown = "the end" if token.kind == "end" else f"`{token.text}`"
        raise ExpressionError(
            "E0501", f"expected {wanted}, found {shown}", token.start, token.end, help or instead(token.text)
        )
