"""Cuts the text of an expression into words, and says what to write for those that it does not have."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from archc.expressions.grammar import ExpressionError

MOST_CHARACTERS = 2_000
MOST_LEVELS = 50
MOST_NODES = 500
# Parentheses make no node, so they have a bound of their own; it keeps the parser itself from recursing too far.
MOST_NESTED = 2 * MOST_LEVELS

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
    (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<string>'(?:[^'\\\x00-\x1f\x7f]|\\['"\\])*'|"(?:[^"\\\x00-\x1f\x7f]|\\['"\\])*")
    |(?P<foreign>===|!==|<>|=<|=>|:=|&&|\|\|)
    |(?P<op>\*\*|//|<=|>=|==|!=|[-+*/%<>()\[\],.:])
    |(?P<end>\Z)
    |(?P<other>.))""",
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(r"\\(.)")
WORD = re.compile(r"[a-z][a-z0-9_]*\Z")
KEYWORDS = frozenset(("and", "or", "not", "if", "else", "in"))
CONSTANTS = {"true": True, "True": True, "false": False, "False": False}
_INSTEAD = {
    **{"&&": "and", "&": "and", "AND": "and", "||": "or", "|": "or", "OR": "or", "!": "not", "NOT": "not"},
    **{"=": "==", "===": "==", "is": "==", "!==": "!=", "<>": "!=", "=<": "<=", "=>": ">=", "^": "**"},
    **{"mod": "%", "div": "//", "?": "a if test else b", "elif": "else"},
}


class Token(NamedTuple):
    """A word of the text. `kind` is name, number, string, op or end."""

    kind: str
    text: str
    start: int
    end: int


def too_large(message: str, start: int, end: int) -> ExpressionError:
    """Return the error for an expression past a bound."""
    return ExpressionError("E0506", message, start, end, "split it: give a part of it to a block as a param")


def tokens_of(text: str) -> list[Token]:
    """Return the words of the text, the last of kind `end`. Raises ExpressionError."""
    tokens: list[Token] = []
    at = 0
    while not tokens or tokens[-1].kind != "end":
        match = _TOKEN.match(text, at)
        assert match is not None  # the pattern takes anything
        kind = str(match.lastgroup)
        start, at = match.span(kind)
        word = match[kind]
        if kind == "name" and word in KEYWORDS:
            kind = "op"
        elif kind in ("other", "foreign"):
            _refuse(text, word, start)
        tokens.append(Token(kind, word, start, at))
    return tokens


def _refuse(text: str, word: str, start: int) -> NoReturn:
    """Raise the error for a character that the language does not have."""
    end = start + len(word)
    if word == "$":
        message = "only the first character of an expression is `$`"
        raise ExpressionError("E0504", message, start, end, "write the name alone")
    if word in "'\"":
        _refuse_string(text, start)
    if word == "{":
        raise ExpressionError("E0501", "an expression has no braces", start, end, "write `$name`, not `${name}`")
    shown = f"`{word}`" if word.isprintable() else f"the character U+{ord(word):04X}"
    message = f"{shown} is no part of an expression"
    raise ExpressionError("E0501", message, start, end, instead(word))


def _refuse_string(text: str, start: int) -> NoReturn:
    at = start + 1
    while at < len(text) and text[at] != text[start]:
        step = 2 if text[at] == "\\" else 1
        if step == 2 and text[at + 1 : at + 2] not in ("", "\\", "'", '"'):
            message = f"a string has no escape `{text[at : at + 2]}`"
            raise ExpressionError("E0501", message, at, at + 2, "only `\\\\`, `\\'` and `\\\"` are escapes")
        if step == 1 and (text[at] < " " or text[at] == "\x7f"):
            raise ExpressionError("E0501", "a string holds no control characters", at, at + 1)
        at += step
    message = "the string is not closed"
    raise ExpressionError("E0505", message, start, len(text), f"it lacks its second {text[start]}")


def instead(word: str) -> str:
    """Return what to write in place of a word that other languages have; empty where none is known."""
    return f"write `{_INSTEAD[word]}`" if word in _INSTEAD else ""
