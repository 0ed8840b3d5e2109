"""How the site is built: `make docs` writes it to docs/_build/html."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from sphinx.application import Sphinx  # noqa: E402

from archc import __version__  # noqa: E402
from docs import derive  # noqa: E402

project = "archc"
copyright = "the authors of archc"
release = version = __version__
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"archc {__version__}"
html_static_path: list[str] = []
html_copy_source = False
html_show_sphinx = False
suppress_warnings = ["misc.highlighting_failure", "myst.xref_missing"]


def setup(app: Sphinx) -> None:
    """Write the derived pages before any page is read."""
    app.connect("builder-inited", lambda _app: derive.write(HERE / "reference"))
