"""A spec to start from: small, right as it is, and commented."""

from __future__ import annotations

SPEC = """\
# yaml-language-server: $schema=archc.schema.json
# The line above lets an editor check and complete this file; `archc schema > archc.schema.json` writes the schema.
archc: 1  # the version of the language
name: {name}
description: Two convolutions, a residual block, and a ten-way softmax.

# Params can be set from the command line: `archc check FILE --set classes=3`, or all at once by a variant.
params: [filters: 16, classes: 10]
variants:
  wide: {{filters: 64}}

# Axes have names, so no memory layout appears here. The batch is implied.
input: {{height: 32, width: 32, channels: 3}}

# Arguments that every use of an op gets in this file.
defaults:
  conv: {{kernel_size: 3, padding: same}}

# A block is a chain of steps with a signature, used like an op. It becomes a class, or a function.
blocks:
  residual:
    params: [filters]
    layers:
      - add:
          main:
            - conv: {{filters: $filters, activation: relu}}
            - conv: {{filters: $filters}}
          shortcut: []  # an empty branch passes on what comes in
      - relu

# The network: each step takes what the step before it gives. `archc ops` lists the ops, `archc ops conv` explains one.
layers:
  - conv: {{filters: $filters, activation: relu}}
  - residual: {{filters: $filters}}
    repeat: 2
  - max_pool: {{kernel_size: 2}}
  - conv: {{filters: $filters * 2, activation: relu}}
  - global_avg_pool
  - dense: {{units: $classes, activation: softmax}}

# How to train it; every key may be left out.
training:
  loss: cross_entropy
  optimizer: {{adam: {{learning_rate: 0.001}}}}
  batch_size: 64
  epochs: 3
"""


def start(name: str) -> str:
    """Return the text of a spec of a network called `name`."""
    return SPEC.format(name=name)
