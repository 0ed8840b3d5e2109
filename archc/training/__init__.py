"""Training: what a spec may say of it, the data, and the scripts that backends write.

`archc.training.run.train` does it all: it checks data against the network, writes the model and its script into a
folder, and runs it.
"""

from __future__ import annotations
