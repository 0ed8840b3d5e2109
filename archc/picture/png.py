"""A picture as PNG, by resvg: the extra `draw`."""

from __future__ import annotations

import struct
import zlib

from archc import __version__
from archc.backend import MissingFramework

ZOOM = 2.0
"""Pixels for each of the picture's own, so that text stays sharp in print."""
LARGEST = 16_000
"""The most pixels along a side, for each of which memory is taken."""
HEAD = 33
"""Where the first chunk, of 13 bytes and its frame, ends in every PNG file."""


def rasterised(svg: str, width: float, height: float) -> bytes:
    """Return an SVG picture of this size as the bytes of a PNG file. Raises MissingFramework without resvg."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise MissingFramework("PNG files need resvg: `pip install 'archc[draw]'`; SVG needs nothing") from error
    zoom = min(ZOOM, LARGEST / max(width, height))
    return _signed(bytes(svg_to_bytes(svg_string=svg, width=round(width * zoom), height=round(height * zoom))))


def _signed(png: bytes) -> bytes:
    """Return the file with a line of text that says who drew it."""
    chunk = b"tEXt" + f"Software\0Drawn by archc {__version__}".encode("latin-1")
    framed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:HEAD] + framed + png[HEAD:]
