"""Hostile texts, and a spec with a place for each kind of text or number that a spec holds."""

from __future__ import annotations

from collections.abc import Callable

CALLS_OUT = '__import__("os").system("touch owned")'

TEXTS = [
    # What ends a literal, a docstring or a comment.
    "'", '"', "''", '""', "'''", '"""', "'" * 7, '"' * 7, 'a"', "a'", 'a""', f'"""\n{CALLS_OUT}\n"""',
    f'" + {CALLS_OUT} + "', f"' + {CALLS_OUT} + '", f'");{CALLS_OUT};("', f"#\n{CALLS_OUT}",
    f"x]) or {CALLS_OUT} or ([", "x = 1; import os",
    # Backslashes, and what they might begin.
    "\\", "\\\\", "a\\", '\\"""', '\\\\"""', "\\'", "\\n", "\\x", "\\x1", "\\u12", "\\U0001", "\\N{BULLET}", "\\N",
    "\\400", "\\" * 97, "a" + "\\" * 96, *["a" * n + "\\N" for n in range(83, 98)], "\\\n", "\\ ", "\\\r",
    # Line ends, also those that only some tools know.
    "\n", "a\nimport os", "a\r\nimport os", "a\rimport os", "a\x0bimport os", "a\x0cimport os", "a\x1cb",
    "a\x85import os", "a\u2028import os", "a\u2029import os", "\t", "a\tb", " ", "  a", "# coding: rot13",
    "#!/bin/sh", "# type: ignore",
    # Templates and formats.
    "{}", "{0}", "{x}", "{x.__class__}", "{x!r:>999999999}", "{{", "}}", "%", "%s", "%(x)s", "%999999999d",
    "%0A::error::x", "${x}", "$x", "$(x)", "$$", "$", "$'a'", "$__import__('os')", "$().__class__",
    "$input.__class__", "$9**9**9", "$len",
    # Characters that do not show, or that turn a line around.
    "\u202eabc", "\u2066abc\u2069", "a\u200bb", "a\u200db", "\ufeffa", "a\u00adb", "\u061ca", "a\U000e0041b",
    "\u3164", "a\ufe0f", "a\U000e0100", "a" + "\u0300" * 60, "\u05d0\u05d1", "\xa0a", "\ufffe", "\U0001f600",
    # What a terminal obeys.
    "\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://a\x1b\\", "\x9b2J", "a\x08\x08", "\x00", "\x7f", "\x1b",
    # Names that become others under NFKC, and those of Python, the frameworks and emission itself.
    "\ufb01lters", "\uff4e\uff4e", "\xaa", "\u210c", "\U0001d41conv", "\u017felf", "conv\u0131", "\u0130", "class",
    "def", "lambda", "none", "None", "True", "match", "print", "exec", "self", "super", "nn", "torch", "keras",
    "layers", "ops", "tensor", "keras_tensor", "f", "math", "x", "inputs", "logits", "forward", "training", "int",
    "sys", "channels", "turn", "module", "callable", "unit", "part", "a__b", "a_", "x_2", "index", "input", "name",
    "from", "repeat", "any", "__import__", "__class__", "__init__", "__builtins__", "_probe", "_", "__", "functional",
    "object", "separable_conv2d",
    # Paths, and what Windows takes for a device.
    "../../x", "/etc/passwd", "..\\..\\x", "C:\\x", "file:///x", ".", "..", "~", "a/b", "x.py", "con", "nul", "aux",
    "com1", "NUL.txt", "\\\\host\\x", "a:b", "-", "--force", "-o",
    # What YAML takes for something else.
    "*a", "&a b", "!!python/object/apply:os.system [id]", "!x", "@a", "`a`", "a: b", "- a", "? a", "[a", "{a", "a]",
    "}", "|", ">", "a #b", "<<", "=", "---", "...", "%YAML 1.1", ",", "", "null", "true",
    # What pages and continuous integration take for more than text.
    "::error::a", "::set-output name=a::b", "##[error]a", "<script>alert(1)</script>", "[a](javascript:b)", "a | b",
    "&lt;", "`",
    # Length.
    "a" * 10_000, "\\" * 10_000, '"' * 10_000, "\n" * 1_000, "\xe9" * 10_000, "a " * 5_000, "$" + "(" * 5_000,
    "$" + "-" * 5_000, "[" * 5_000, "\U0001f600" * 2_500, "a_" * 5_000, "$" + "1+" * 3_000 + "1",
]  # fmt: skip

NUMBERS = [
    "1e999", "-1e999", "nan", ".nan", ".inf", "-.inf", "inf", "Infinity", "1e308", "-1e308", "1e-400", "5e-324",
    "-0.0", "0", "-1", "1", "2", "3", "1.0", "1.5", "0.1", "1e0", "1e5", "0x10", "0o17", "0b1", "010", "1_000",
    "1:30", "9" * 400, "-" + "9" * 400, "9" * 401, "1" + "0" * 5_000, "281474976710656", "281474976710657",
    "9223372036854775807", "9223372036854775808", "18446744073709551616", "4294967296", "0.30000000000000004", "1e16",
    "1e22", "123456789012345680", "\u0663", "\uff11", "\xb2", "1e", "--1", "+1", "1-1", "true", "null", "2001-01-01",
    "[1, 2]", "[]", "{}", "{a: 1}", "[[1, 1], [1, 1]]", "same", "any", "none", "'3'", "$1e308 * 10", "$2 ** 63",
    "$-1", "$1 / 3", "$'3'", "$[]", "$true", "$10 ** 9", "$[1, 2][5]", "$1 // 0", "${}",
]  # fmt: skip


def quoted(text: str) -> str:
    """Return `text` as YAML in double quotes, everything that is not plain escaped."""
    plain = (c if " " <= c <= "~" and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{"".join(plain)}"'


def raw(text: str) -> str:
    """Return `text` as it is: YAML may take it for anything."""
    return text


def text_in_formula(text: str) -> str:
    """Return `text` as an expression's string."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


HARMLESS = {
    "description": "harmless text", "param": "good_param", "param_text": "lesser", "param_number": "4",
    "variant": "less", "variant_text": "harmless", "variant_number": "6", "input": "good_input", "axis": "channels",
    "size": "3", "default": "0.001", "block": "good_block", "block_param": "good_size", "block_text": "less",
    "block_number": "2", "block_input": "good_tensor", "step": "good_step", "branch": "good_branch", "op": "relu",
    "argument": "slope", "choice": "same", "number": "3", "rate": "0.5", "epsilon": "0.001",
    "sizes": "[[1, 1], [1, 1]]", "from": "stem", "output": "stem", "when": "$wide > 2", "when_text": "wanted",
    "repeat": "2", "expression": "$wide * 2", "import": "harmless.yaml", "loss": "mean_squared_error",
    "optimizer": "adam", "seed": "1", "learning_rate": "0.1", "key": "harmless", "training_key": "harmless",
    "version": "1", "call_text": "called", "call_number": "3", "called_param": "kind", "activation": "relu",
    "slope": "0.2", "axis_name": "channels", "default_op": "batch_norm", "name": "good_net", "map_key": "harmless",
}  # fmt: skip
"""Every place, with a text for it that means no harm."""

REQUIRED = frozenset({"import", "key", "training_key", "argument"})
"""Places that are no part of a good spec: they are written only where they are asked for."""

NUMERIC = tuple(
    "param_number variant_number size default block_number number rate epsilon sizes repeat seed learning_rate version "
    "call_number slope".split()
)
SPARSE = ("variant", "variant_text", "param_text", "block_text")
"""Places that no source shows, or that one shows just as another: a few payloads are enough there."""
TEXTUAL = tuple(place for place in HARMLESS if place not in NUMERIC)


def spec(place: str, payload: str, quote: Callable[[str], str]) -> str:
    """Return a spec that uses blocks, repeats, branches and outputs, with `payload` at one place."""
    values = {**HARMLESS, place: payload}
    q = {name: quote(value) if name == place else value for name, value in values.items()}

    def beside(name: str, value: str) -> str:
        """Return a formula that names a param, which a payload may be the name of."""
        return quoted("$" + values[name] + value)

    extra = {name: f"{q[name]}: 1" if name == place else "" for name in REQUIRED}
    imports = f"import: [{q['import']}]" if place == "import" else ""
    return f"""archc: {q["version"]}
name: {q["name"]}
description: {q["description"]}
params: [{q["param"]}: 1, mode: {q["param_text"]}, wide: {q["param_number"]}]
variants: {{{q["variant"]}: {{mode: {q["variant_text"]}, wide: {q["variant_number"]}}}}}
{imports}
{extra["key"]}
inputs:
  {q["input"]}: {{height: 8, width: 8, {q["axis"]}: {q["size"]}}}
defaults: {{{q["default_op"]}: {{epsilon: {q["default"]}}}}}
blocks:
  {q["block"]}:
    inputs: [{q["block_input"]}]
    params: [{q["block_param"]}: 1, kind: {q["block_text"]}, filters: {q["block_number"]}, table: {{{q["map_key"]}: 2}}]
    layers:
      - conv: {{filters: $filters, kernel_size: {beside("block_param", "")}}}
        repeat: 2
      - relu:
        when: {quoted(f"$kind == {text_in_formula(values['when_text'])} or filters == 3")}
      - conv: {{filters: {beside("block_input", ".channels + 1")}, kernel_size: 1}}
      - conv: {{filters: "$table['harmless']", kernel_size: 1}}
layers:
  - conv: {{filters: $wide, kernel_size: 3, padding: {q["choice"]}, activation: {q["activation"]}}}
    name: stem
  - conv: {{filters: {q["expression"]}, kernel_size: {q["number"]}, padding: {q["sizes"]}}}
    name: {q["step"]}
  - batch_norm: {{epsilon: {q["epsilon"]}}}
    repeat: {q["repeat"]}
  - {q["op"]}
  - leaky_relu: {{slope: {q["slope"]}}}
  - dropout: {{rate: {q["rate"]}}}
    when: {q["when"]}
  - {q["block"]}: {{{q["called_param"]}: {q["call_text"]}, filters: {q["call_number"]}}}
    name: call
  - {q["block"]}: {{kind: $mode}}
    name: other
  - add:
      {q["branch"]}:
        - conv: {{filters: 2, kernel_size: {beside("param", "")}}}
          name: {q["step"]}
      short: []
  - concat: {{axis: {q["axis_name"]}}}
    from: [add, {q["from"]}]
  - elu: {{alpha: 1.0{", " + extra["argument"] if extra["argument"] else ""}}}
    name: last
outputs: [last, {q["output"]}]
training:
  loss: {q["loss"]}
  optimizer: {{{q["optimizer"]}: {{learning_rate: {q["learning_rate"]}}}}}
  seed: {q["seed"]}
  {extra["training_key"]}
"""


def cases() -> dict[str, list[tuple[str, Callable[[str], str]]]]:
    """Return, for each place, the payloads to put there, and how; raw texts are mostly errors of YAML, so a few do."""
    found: dict[str, list[tuple[str, Callable[[str], str]]]] = {}
    for place in TEXTUAL:
        found[place] = [(text, quoted) for text in TEXTS[:: 5 if place in SPARSE else 1]]
        found[place] += [(text, raw) for text in TEXTS[:: 5 if place == "description" else 11]]
    for place in NUMERIC:
        found[place] = [(text, raw) for text in NUMBERS]
        found[place] += [(text, quoted) for text in TEXTS[::11]]
    return found
