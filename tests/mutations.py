"""Ways to spoil a spec's text: each operator returns the new text, or None where it finds nothing to spoil."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Operator = Callable[[str, Random], str | None]
OPERATORS: dict[str, Operator] = {}

WORD = re.compile(r"[a-z][a-z0-9_]*")
NUMBER = re.compile(r"(?<![\w.$])\d+(?:\.\d+)?(?![\w.])")
VALUE = re.compile(r"(?<=: )[^\s,{}\[\]#][^,{}\[\]#\n]*")
AXES = ("depth", "height", "width", "length", "channels", "features", "vocabulary")
ODD = (
    "true",
    "null",
    "~",
    "[]",
    "{}",
    "'text'",
    "1.5",
    "-1",
    "0",
    "[1, [2]]",
    "$x",
    "$index",
    "$input.channels",
    "any",
    "same",
)
OPS = (
    "conv",
    "dense",
    "flatten",
    "add",
    "concat",
    "embedding",
    "lstm",
    "attention",
    "reshape",
    "softmax",
    "chain",
    "crop",
)


def operator(function: Operator) -> Operator:
    OPERATORS[function.__name__] = function
    return function


def replaced(text: str, pattern: re.Pattern[str], random: Random, new: Callable[[str], str]) -> str | None:
    """Replace one of the places that a pattern finds."""
    found = list(pattern.finditer(text))
    if not found:
        return None
    match = random.choice(found)
    return text[: match.start()] + new(match[0]) + text[match.end() :]


def on_lines(change: Callable[[list[str], int, Random], None]) -> Operator:
    """Make an operator of a change to the list of lines at one place."""

    def operate(text: str, random: Random) -> str | None:
        lines = text.split("\n")
        filled = [place for place, line in enumerate(lines) if line.strip()]
        if len(filled) < 2:
            return None
        change(lines, random.choice(filled), random)
        return "\n".join(lines)

    operate.__name__ = change.__name__
    return operator(operate)


def section(lines: list[str], place: int) -> int:
    """Return where the piece that starts at a line ends: the first line that is not further in."""
    depth = len(lines[place]) - len(lines[place].lstrip())
    end = place + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > depth):
        end += 1
    return end


# Whole lines and sections


@on_lines
def drop_line(lines: list[str], place: int, _: Random) -> None:
    del lines[place]


@on_lines
def double_line(lines: list[str], place: int, _: Random) -> None:
    lines.insert(place, lines[place])


@on_lines
def move_line(lines: list[str], place: int, random: Random) -> None:
    lines.insert(random.randrange(len(lines)), lines.pop(place))


@on_lines
def drop_section(lines: list[str], place: int, _: Random) -> None:
    del lines[place : section(lines, place)]


@on_lines
def double_section(lines: list[str], place: int, _: Random) -> None:
    lines[place:place] = lines[place : section(lines, place)]


@on_lines
def move_section(lines: list[str], place: int, random: Random) -> None:
    end = section(lines, place)
    taken = lines[place:end]
    del lines[place:end]
    at = random.randrange(len(lines) + 1)
    lines[at:at] = taken


@on_lines
def indent(lines: list[str], place: int, random: Random) -> None:
    lines[place] = " " * random.choice((1, 2, 4)) + lines[place]


@on_lines
def outdent(lines: list[str], place: int, random: Random) -> None:
    lines[place] = lines[place].removeprefix(" " * random.choice((1, 2, 4)))


@on_lines
def indent_section(lines: list[str], place: int, _: Random) -> None:
    end = section(lines, place)
    lines[place:end] = ["  " + line for line in lines[place:end]]


@on_lines
def tab(lines: list[str], place: int, _: Random) -> None:
    lines[place] = "\t" + lines[place].lstrip()


@on_lines
def comment_out(lines: list[str], place: int, _: Random) -> None:
    lines[place] = "# " + lines[place]


@on_lines
def join_lines(lines: list[str], place: int, _: Random) -> None:
    lines[place : place + 2] = [" ".join(lines[place : place + 2])]


@on_lines
def merge_key(lines: list[str], place: int, _: Random) -> None:
    lines.insert(place, " " * (len(lines[place]) - len(lines[place].lstrip())) + "<<: *anchor")


@on_lines
def repeat_step(lines: list[str], place: int, random: Random) -> None:
    depth = len(lines[place]) - len(lines[place].lstrip())
    key = random.choice(
        ("repeat: 2", "repeat: 0", "when: false", "when: $index > 1", "from: input", "name: again", "share: conv")
    )
    lines.insert(section(lines, place), " " * (depth + 2) + key)


@on_lines
def cycle(lines: list[str], place: int, random: Random) -> None:
    names = WORD.findall(lines[place]) or ["conv"]
    lines.insert(
        section(lines, place),
        lines[place][: len(lines[place]) - len(lines[place].lstrip())] + f"- {random.choice(names)}",
    )


# Values


@operator
def retype(text: str, random: Random) -> str | None:
    return replaced(text, VALUE, random, lambda _: random.choice(ODD))


@operator
def null(text: str, random: Random) -> str | None:
    return replaced(text, VALUE, random, lambda _: random.choice(("null", "", "~")))


@operator
def negative(text: str, random: Random) -> str | None:
    return replaced(text, NUMBER, random, lambda old: f"-{old}")


@operator
def zero(text: str, random: Random) -> str | None:
    return replaced(text, NUMBER, random, lambda _: "0")


@operator
def huge(text: str, random: Random) -> str | None:
    return replaced(
        text, NUMBER, random, lambda _: random.choice(("1e999", "9" * 30, "4294967296", "2" * 401, "1e300"))
    )


@operator
def broken_number(text: str, random: Random) -> str | None:
    return replaced(text, NUMBER, random, lambda old: f"{old}.5")


@operator
def off_by_one(text: str, random: Random) -> str | None:
    return replaced(text, NUMBER, random, lambda old: str(int(float(old)) + random.choice((-1, 1, 2))))


@operator
def float_for_int(text: str, random: Random) -> str | None:
    return replaced(text, NUMBER, random, lambda old: f"{int(float(old))}.0")


@operator
def list_for_scalar(text: str, random: Random) -> str | None:
    return replaced(text, VALUE, random, lambda old: f"[{old}, {old}]")


@operator
def map_for_scalar(text: str, random: Random) -> str | None:
    return replaced(text, VALUE, random, lambda old: f"{{a: {old}}}")


@operator
def quote(text: str, random: Random) -> str | None:
    return replaced(text, VALUE, random, lambda old: f'"{old}"')


@operator
def expression(text: str, random: Random) -> str | None:
    tail = (
        " +",
        " * input",
        " ** 99",
        " // 0",
        ")",
        "[0]",
        ".channels",
        " if",
        " and 1",
        " == 'a'",
        " * index",
        "; 1",
        " / 3",
    )
    return replaced(text, re.compile(r"\$[^,{}\n\"]*"), random, lambda old: old + random.choice(tail))


# Words


@operator
def misspell(text: str, random: Random) -> str | None:
    def slip(old: str) -> str:
        at = random.randrange(len(old))
        return random.choice(
            (old[:at] + old[at + 1 :], old[:at] + "q" + old[at:], old[:at] + old[at:].capitalize(), old + "s")
        )

    return replaced(text, WORD, random, slip)


@operator
def other_word(text: str, random: Random) -> str | None:
    words = WORD.findall(text)
    return replaced(text, WORD, random, lambda _: random.choice(words))


@operator
def rename_everywhere(text: str, random: Random) -> str | None:
    words = sorted(set(WORD.findall(text)))
    old, new = random.choice(words), random.choice((*words, "class", "forward", "x", "index"))
    return re.sub(rf"\b{old}\b", new, text)


@operator
def wrong_axis(text: str, random: Random) -> str | None:
    return replaced(text, re.compile("|".join(AXES)), random, lambda _: random.choice(AXES))


@operator
def drop_axis(text: str, random: Random) -> str | None:
    return replaced(text, re.compile(rf"(?:{'|'.join(AXES)}): [^,}}]*,? ?"), random, lambda _: "")


@operator
def other_op(text: str, random: Random) -> str | None:
    return replaced(text, re.compile(r"(?<=- )[a-z]\w*"), random, lambda _: random.choice(OPS))


@operator
def wrong_reference(text: str, random: Random) -> str | None:
    words = WORD.findall(text)
    return replaced(text, re.compile(r"(?<=from: )\[?[a-z_0-9, ]+\]?"), random, lambda _: random.choice(words))


@operator
def extra_key(text: str, random: Random) -> str | None:
    key = random.choice(("extra: 1", "strides: 2", "name: a", "filters: 3", "from: a", "bias: maybe"))
    return replaced(text, re.compile(r"\{(?=\w)"), random, lambda _: f"{{{key}, ")


@operator
def swap_keys(text: str, random: Random) -> str | None:
    pair = re.compile(r"(\w+)(: [^,{}\n]*, )(\w+)(?=:)")
    return replaced(
        text, pair, random, lambda old: pair.sub(r"\3\2\1", old + ":")[:-1] if pair.match(old + ":") else old[::-1]
    )


# Characters and bytes


@operator
def truncate(text: str, random: Random) -> str | None:
    return text[: random.randrange(len(text))]


@operator
def drop_character(text: str, random: Random) -> str | None:
    at = random.randrange(len(text))
    return text[:at] + text[at + 1 :]


@operator
def insert_character(text: str, random: Random) -> str | None:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice("{}[],:#&*!|>'\"%@`$\\\r\n\x00\x1b\u202e\ufeff\u2028 -?=~.") + text[at:]


@operator
def flip_byte(text: str, random: Random) -> str | None:
    data = bytearray(text.encode("utf-8", "surrogateescape"))
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return data.decode("utf-8", "surrogateescape")


@operator
def anchor(text: str, random: Random) -> str | None:
    spoilt = replaced(text, VALUE, random, lambda old: f"&anchor {old}")
    return spoilt and replaced(spoilt, VALUE, random, lambda _: "*anchor")


@operator
def tag(text: str, random: Random) -> str | None:
    return replaced(text, VALUE, random, lambda old: random.choice(("!!str ", "!x ", "!!python/name:os.system ")) + old)


@operator
def other_line_ends(text: str, random: Random) -> str | None:
    return text.replace("\n", random.choice(("\r\n", "\r", "\n\n", "\x85")))


@operator
def unclosed(text: str, random: Random) -> str | None:
    return replaced(text, re.compile(r"[\[\]{}\"]"), random, lambda old: random.choice(("", old * 2)))
