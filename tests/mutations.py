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
FORMULA = re.compile(r"\$[^,{}\n\"]*")
TAILS = (" +", " * input", " ** 99", " // 0", ")", "[0]", ".channels", " if", " and 1", " == 'a'", " * index", "; 1")
ODD = ("true", "null", "[]", "{}", "'text'", "1.5", "-1", "0", "[1, [2]]", "$x", "$index", "$input.channels", "any")
OPS = ("conv", "dense", "flatten", "add", "concat", "embedding", "lstm", "reshape", "softmax", "chain", "crop")
BESIDE = ("repeat: 2", "repeat: 0", "when: false", "when: $index > 1", "from: input", "name: again", "share: conv")
EXTRA = ("extra: 1", "strides: 2", "name: a", "filters: 3", "from: a", "bias: maybe")


def operator(function: Operator) -> Operator:
    OPERATORS[function.__name__] = function
    return function


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
    key = random.choice(BESIDE)
    lines.insert(section(lines, place), " " * (depth + 2) + key)


@on_lines
def cycle(lines: list[str], place: int, random: Random) -> None:
    names = WORD.findall(lines[place]) or ["conv"]
    margin = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    lines.insert(section(lines, place), f"{margin}- {random.choice(names)}")


# Pieces of a line: what is looked for, and what stands there instead


def word(_: str, random: Random, text: str) -> str:
    words: list[str] = WORD.findall(text)
    return random.choice(words)


def slip(old: str, random: Random, _: str) -> str:
    at = random.randrange(len(old))
    head, rest = old[:at], old[at:]
    return random.choice((head + rest[1:], f"{head}q{rest}", head + rest.capitalize(), f"{old}s"))


def swapped(old: str, _: Random, __: str) -> str:
    first, rest = old.split(":", 1)
    middle, last = rest.rsplit(" ", 1)
    return f"{last}:{middle} {first}"


def one_of(*options: str) -> Callable[[str, Random, str], str]:
    return lambda _, random, __: random.choice(options)


def before(*options: str) -> Callable[[str, Random, str], str]:
    return lambda old, random, _: random.choice(options) + old


def after(*options: str) -> Callable[[str, Random, str], str]:
    return lambda old, random, _: old + random.choice(options)


AXIS = re.compile("|".join(AXES))
REPLACEMENTS: dict[str, tuple[re.Pattern[str], Callable[[str, Random, str], str]]] = {
    "retype": (VALUE, one_of(*ODD)),
    "null": (VALUE, one_of("null", "", "~")),
    "list_for_scalar": (VALUE, lambda old, *_: f"[{old}, {old}]"),
    "map_for_scalar": (VALUE, lambda old, *_: f"{{a: {old}}}"),
    "quote": (VALUE, lambda old, *_: f'"{old}"'),
    "tag": (VALUE, before("!!str ", "!x ", "!!python/name:os.system ")),
    "negative": (NUMBER, before("-")),
    "zero": (NUMBER, one_of("0")),
    "huge": (NUMBER, one_of("1e999", "9" * 30, "4294967296", "2" * 401, "1e300")),
    "broken_number": (NUMBER, after(".5")),
    "off_by_one": (NUMBER, lambda old, random, _: str(int(float(old)) + random.choice((-1, 1, 2)))),
    "float_for_int": (NUMBER, lambda old, *_: f"{int(float(old))}.0"),
    "expression": (FORMULA, after(*TAILS)),
    "misspell": (WORD, slip),
    "other_word": (WORD, word),
    "wrong_axis": (AXIS, one_of(*AXES)),
    "drop_axis": (re.compile(rf"(?:{AXIS.pattern}): [^,}}]*,? ?"), one_of("")),
    "other_op": (re.compile(r"(?<=- )[a-z]\w*"), one_of(*OPS)),
    "wrong_reference": (re.compile(r"(?<=from: )\[?[a-z_0-9, ]+\]?"), word),
    "extra_key": (re.compile(r"\{(?=\w)"), lambda _, random, __: "{" + random.choice(EXTRA) + ", "),
    "swap_keys": (re.compile(r"\w+: [^,{}\n]*, \w+(?=:)"), swapped),
    "unclosed": (re.compile(r"[\[\]{}\"]"), lambda old, random, _: random.choice(("", old * 2))),
}


def replacing(name: str) -> Operator:
    """Make an operator that replaces one of the places that a pattern finds."""
    pattern, new = REPLACEMENTS[name]

    def operate(text: str, random: Random) -> str | None:
        found = list(pattern.finditer(text))
        if not found:
            return None
        match = random.choice(found)
        return text[: match.start()] + new(match[0], random, text) + text[match.end() :]

    return operate


OPERATORS.update({name: replacing(name) for name in REPLACEMENTS})


# The whole text


@operator
def rename_everywhere(text: str, random: Random) -> str | None:
    words = sorted(set(WORD.findall(text)))
    old, new = random.choice(words), random.choice((*words, "class", "forward", "x", "index"))
    return re.sub(rf"\b{old}\b", new, text)


@operator
def anchor(text: str, random: Random) -> str | None:
    places = [match.start() for match in VALUE.finditer(text)]
    if len(places) < 2:
        return None
    first, second = sorted(random.sample(places, 2))
    return f"{text[:first]}&anchor {text[first:second]}*anchor {text[second:]}"


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
def other_line_ends(text: str, random: Random) -> str | None:
    return text.replace("\n", random.choice(("\r\n", "\r", "\n\n", "\x85")))
