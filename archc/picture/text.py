"""How wide text is in a picture, without a font at hand: never narrower than a usual sans-serif font shows it."""

from __future__ import annotations

# For each character from space to `~`, in thousandths of the font size: the wider of DejaVu Sans and Liberation Sans
# (which is as wide as Arial and Helvetica).
REGULAR = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 556, 1015, 684, 686, 722, 770, 667,
    611, 778, 752, 295, 500, 667, 557, 863, 748, 787, 667, 787, 722, 667, 611, 732, 684, 989, 685,
    667, 685, 390, 337, 390, 838, 556, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
)  # fmt: skip
BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696,
    696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 611, 1000, 774, 762, 734, 830, 683,
    683, 821, 837, 372, 556, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771,
    724, 725, 457, 365, 457, 838, 556, 500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665,
    343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
)  # fmt: skip

KNOWN = {"×": 838, "·": 380, "−": 838, "…": 1000, "→": 838}
"""The characters beyond ASCII that pictures write themselves."""
WIDEST = 1400
"""What any other character is taken for."""


def width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of `text` in pixels, rounded up to a tenth, in a font of `size` pixels."""
    table = BOLD if bold else REGULAR
    total = 0
    for character in text:
        code = ord(character) - 32
        total += table[code] if 0 <= code < len(table) else KNOWN.get(character, WIDEST)
    return -(-total * size // 100) / 10


def cropped(text: str, longest: int) -> str:
    """Return `text` with at most `longest` characters, on one line; what is cut off is shown as `…`."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
