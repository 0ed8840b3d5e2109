"""The colours of pictures, for light and for dark pages, as style sheets."""

from __future__ import annotations

from typing import NamedTuple


class Tone(NamedTuple):
    """A box's colours: inside and border."""

    fill: str
    stroke: str


class Palette(NamedTuple):
    """All colours of a picture. `tones` are by the op's family; `other` is for what has none here."""

    page: str
    text: str
    quiet: str
    line: str
    accent: str
    other: Tone
    tones: dict[str, Tone]


LIGHT = Palette(
    page="#ffffff",
    text="#1c2330",
    quiet="#5d6778",
    line="#8791a3",
    accent="#b4451f",
    other=Tone("#eef0f5", "#717b8e"),
    tones={
        "convolutions": Tone("#e2ecfd", "#3e72d6"),
        "pools": Tone("#e1f4e8", "#2f9a5f"),
        "linear": Tone("#fdeedb", "#d4801f"),
        "merging": Tone("#f0e8fc", "#8659cc"),
        "norms": Tone("#e4f3f5", "#3f93a0"),
        "activations": Tone("#fde8ef", "#cf4d7b"),
        "recurrent": Tone("#f3f3d8", "#99912c"),
        "attention": Tone("#fbe7da", "#c65f2e"),
        "block": Tone("#ffffff", "#4c566a"),
        "chain": Tone("#ffffff", "#4c566a"),
        "open": Tone("#f6f7fa", "#b9c0cd"),
    },
)
DARK = Palette(
    page="#14181f",
    text="#e8ecf3",
    quiet="#9aa6b8",
    line="#75809a",
    accent="#ff9b71",
    other=Tone("#272d38", "#8893a8"),
    tones={
        "convolutions": Tone("#1b2d4f", "#6d9bf1"),
        "pools": Tone("#17372a", "#55bd85"),
        "linear": Tone("#42301a", "#e5a152"),
        "merging": Tone("#322650", "#a988e6"),
        "norms": Tone("#18363b", "#5fb3bf"),
        "activations": Tone("#44202f", "#e57ba0"),
        "recurrent": Tone("#36361c", "#c3ba57"),
        "attention": Tone("#43291b", "#e88a5c"),
        "block": Tone("#212733", "#a7b2c6"),
        "chain": Tone("#212733", "#a7b2c6"),
        "open": Tone("#1a1f28", "#4a5466"),
    },
)

FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
THEMES = ("auto", "light", "dark")


def family(kind: str) -> str:
    """Return the class of a part's colours."""
    return kind if kind in LIGHT.tones else "other"


def style(theme: str) -> str:
    """Return the style sheet of a theme; `auto` follows the reader's setting."""
    if theme != "auto":
        return _plain() + _coloured(DARK if theme == "dark" else LIGHT)
    return f"{_plain()}{_coloured(LIGHT)}@media (prefers-color-scheme: dark) {{\n{_coloured(DARK)}}}\n"


def _plain() -> str:
    return (
        f".archc-text {{ font-family: {FONT}; text-anchor: middle; }}\n"
        ".archc-left { text-anchor: start; }\n"
        ".archc-title { font-size: 13px; font-weight: bold; }\n"
        ".archc-plain { font-size: 12px; }\n"
        ".archc-quiet { font-size: 11px; }\n"
        ".archc-times { font-size: 13px; font-weight: bold; }\n"
        ".archc-name { font-size: 17px; font-weight: bold; }\n"
        ".archc-line { fill: none; stroke-width: 1.4; stroke-linejoin: round; }\n"
        ".archc-ray { fill: none; stroke-width: 0.8; stroke-opacity: 0.7; }\n"
    )


def _coloured(palette: Palette) -> str:
    rules = [
        f".archc-page {{ fill: {palette.page}; }}",
        f".archc-title, .archc-plain, .archc-name {{ fill: {palette.text}; }}",
        f".archc-quiet {{ fill: {palette.quiet}; }}",
        f".archc-times {{ fill: {palette.accent}; }}",
        f".archc-line, .archc-ray {{ stroke: {palette.line}; }}",
        f".archc-tip {{ fill: {palette.line}; }}",
        f".archc-patch {{ fill: {palette.accent}; fill-opacity: 0.25; stroke: {palette.accent}; }}",
        f".archc-project {{ fill: none; stroke: {palette.accent}; stroke-width: 0.9; stroke-dasharray: 3 2; }}",
    ]
    tones = {**palette.tones, "other": palette.other}
    rules += [f".archc-{name} {{ fill: {tone.fill}; stroke: {tone.stroke}; }}" for name, tone in tones.items()]
    return "".join(rule + "\n" for rule in rules)
