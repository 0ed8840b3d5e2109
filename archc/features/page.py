"""The page: one file of HTML with its pictures in it, and captions that say what to look for."""

from __future__ import annotations

from archc import webpage
from archc.features import pictures
from archc.features.gathering import Features, LayerFeatures
from archc.features.looking import Unit
from archc.receptive_field import reach_of
from archc.webpage import text

MOST = 64
"""So many maps and kernels of a layer are shown."""

STYLE = """
figure { margin: 1rem 0; }
img { max-width: 100%; image-rendering: pixelated; }
.row figure { margin: 0; }
td, th { padding: 0.35rem 0.6rem 0.35rem 0; text-align: left; vertical-align: middle; font-weight: normal; }
tr + tr td, tr + tr th { border-top: 1px solid var(--line); }
code { font-size: 0.95em; }
"""

FEW = (
    "Look for edges, spots and flat patches: each unit sees little of the picture and answers to contrast, whatever is "
    "shown. Much of the picture can still be recognised in the maps."
)
SOME = (
    "Look for corners, textures and parts: what excites such a unit is put together from what the layers before it "
    "found. The maps are coarser, and fewer places light up."
)
MUCH = (
    "Look for whole things: each unit sees much of the picture, and the pictures that excite it most often show one "
    "class. Its map says less of where, and more of what."
)
LITTLE, HALF = 0.25, 0.6
"""Up to which share of the picture's height a unit sees little of it, and up to which a part."""


def page(found: Features) -> str:
    """Return the page as HTML."""
    name, told = text(found.graph.name), text(found.graph.spec.description)
    parts = [
        f"<h1>What <code>{name}</code> responds to</h1>",
        f"<p>{told}</p>" if told else "",
        f'<p class="note">Computed with {text(found.backend)} from trained weights.{_searched(found)}</p>',
        *(_layer(found, layer) for layer in found.layers),
        _decisions(found),
    ]
    return webpage.page(f"{found.graph.name}: what it responds to", "features", STYLE, parts)


def _searched(found: Features) -> str:
    images = found.material.searched
    return "" if images is None else f" {len(images):,} images were searched for what excites each unit."


def _figure(source: str, caption: str, alt: str) -> str:
    return f'<figure><img src="{source}" alt="{text(alt)}"><figcaption>{caption}</figcaption></figure>'


def _layer(found: Features, layer: LayerFeatures) -> str:
    look = layer.look
    path = text(look.path)
    height, width, channels = layer.maps.shape
    field = reach_of(look.fields, found.graph.inputs).size
    seen = " by ".join("all" if size is None else str(size) for size in field)
    share = 1.0 if field[0] is None else field[0] / found.plan.size[0]
    deep = f"{look.depth} layer{'s' * (look.depth != 1)} with weights deep"
    parts = [
        f"<h2>{text(look.title)}: <code>{path}</code></h2>" if look.title else f"<h2><code>{path}</code></h2>",
        f"<p>{channels} units, each at {height} by {width} places, each place seeing {seen} pixels; {deep}.</p>",
        f"<p>{FEW if share <= LITTLE else SOME if share <= HALF else MUCH}</p>",
    ]
    if layer.kernels is not None:
        parts.append(
            _figure(
                pictures.data_uri(pictures.kernels(layer.kernels, MOST)),
                "Its kernels: light weighs for, dark against, grey not at all. A kernel that is light on one side and "
                f"dark on the other answers to an edge.{_more(len(layer.kernels))}",
                "kernels",
            )
        )
    parts.append(
        '<div class="row">'
        + _figure(
            pictures.data_uri(pictures.magnified(pictures.pixels(found.material.shown[0]))), "One picture", "picture"
        )
        + _figure(
            pictures.data_uri(pictures.maps(layer.maps, MOST)),
            f"and its feature maps: light where a unit responds, each map in its own range.{_more(channels)}",
            "feature maps",
        )
        + "</div>"
    )
    parts.append(_units(found, layer))
    return "\n".join(parts)


def _more(count: int) -> str:
    return f" The first {MOST} of {count}." if count > MOST else ""


def _units(found: Features, layer: LayerFeatures) -> str:
    if not layer.units:
        return "<p>No unit of this layer responds to any of the pictures.</p>"
    head = "<th>unit</th><th>made to excite it</th>"
    if layer.units[0].hits:
        head += "<th>excite it most; framed is what it sees</th><th>what it sees of them</th>"
    rows = [_unit(found, unit, pictures.pixels(dream)) for unit, dream in zip(layer.units, layer.dreams, strict=True)]
    return f"<table><tr>{head}</tr>\n" + "\n".join(rows) + "</table>"


def _unit(found: Features, unit: Unit, dream: pictures.Array) -> str:
    cells = [
        f"<th>{unit.channel}</th>",
        f"<td>{_image(pictures.magnified(dream), f'made for unit {unit.channel}')}</td>",
    ]
    images = found.material.searched
    if unit.hits and images is not None:
        whole = [pictures.boxed(images[hit.image], hit.box) for hit in unit.hits]
        patches = [pictures.cut(images[hit.image], hit.box) for hit in unit.hits]
        said = _classes(found, unit)
        cells.append(f"<td>{_image(pictures.grid(whole), f'pictures that excite unit {unit.channel}')}{said}</td>")
        cells.append(f"<td>{_image(pictures.grid(patches), f'patches that excite unit {unit.channel}')}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _image(picture: pictures.Array, alt: str) -> str:
    return f'<img src="{pictures.data_uri(picture)}" alt="{text(alt)}">'


def _classes(found: Features, unit: Unit) -> str:
    """Say of which classes the strongest pictures are."""
    labels, names = found.material.labels, found.material.classes
    if labels is None:
        return ""
    ids = [int(labels[hit.image]) for hit in unit.hits]
    counts = {key: ids.count(key) for key in dict.fromkeys(ids)}
    told = ", ".join(
        f"{count} {_class(names, key)}" for key, count in sorted(counts.items(), key=lambda item: -item[1])
    )
    return f'<p class="note">{told}</p>'


def _class(names: tuple[str, ...], key: int) -> str:
    return text(names[key]) if key < len(names) else f"class {key}"


def _decisions(found: Features) -> str:
    if not found.decisions:
        return ""
    names = found.material.classes
    figures = [
        _figure(
            pictures.data_uri(pictures.heated(image, decision.places)),
            f"{_class(names, decision.chosen)}, {100 * decision.share:.0f} %",
            "heat over the picture",
        )
        for image, decision in zip(found.material.shown, found.decisions, strict=True)
    ]
    return (
        "<h2>Where the decision comes from</h2>\n<p>Light is where the last feature maps "
        f"(<code>{text(found.plan.last.path)}</code>) speak for the class that the network chose "
        "(Grad-CAM). Look whether that is the thing itself, or something beside it that goes with the class.</p>\n"
        f'<div class="row">{"".join(figures)}</div>'
    )
