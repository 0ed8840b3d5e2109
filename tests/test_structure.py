"""Emitted source keeps the spec's structure: it does not grow with repeats or depth, and blocks stay blocks."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from archc.backend import find
from archc.compile import load_text
from tests.zoo import HARD, SPECS, Network

BACKENDS = ("torch", "keras")
HEADER = "archc: 1\nname: net\n"
IMAGE = HEADER + "params: [n: 2]\ninput: {height: 64, width: 64, channels: 8}\n"

GROWING = {
    "an op": IMAGE
    + """
layers:
  - conv: {filters: 8, kernel_size: 3, padding: same, activation: relu}
    repeat: $n
  - flatten
""",
    "an op of another size at first": IMAGE
    + """
layers:
  - conv: {filters: 5, kernel_size: 3, padding: same, activation: relu}
    repeat: $n
""",
    "an op by its index": IMAGE
    + """
layers:
  - conv: {filters: $4 + index % 2, kernel_size: 1}
    repeat: $n
""",
    "an op without weights": IMAGE
    + """
layers:
  - relu:
    repeat: $n
""",
    "all but the first": IMAGE
    + """
layers:
  - conv: {filters: 8, kernel_size: 3, padding: same}
    repeat: $n
    when: $index > 0
""",
    "a block": IMAGE
    + """
blocks:
  unit:
    params: [filters, stride: 1]
    layers:
      - conv: {filters: $filters, kernel_size: 3, stride: $stride, padding: 1}
      - batch_norm
      - relu
layers:
  - unit: {filters: 6, stride: $2 if index == 0 else 1}
    repeat: $n
""",
    "in a block": IMAGE
    + """
blocks:
  stage:
    params: [filters, depth]
    layers:
      - conv: {filters: $filters, kernel_size: 3, padding: same}
        repeat: $depth
layers:
  - stage: {filters: 6, depth: $n}
  - stage: {filters: 7, depth: $n + 1}
""",
    "a chain": IMAGE
    + """
layers:
  - chain:
      - conv: {filters: 8, kernel_size: 3, padding: same}
      - batch_norm
      - relu
    repeat: $n
""",
    "a residual": IMAGE
    + """
layers:
  - add:
      main:
        - conv: {filters: 8, kernel_size: 3, padding: same, activation: relu}
        - conv: {filters: 8, kernel_size: 3, padding: same}
      shortcut: []
    repeat: $n
""",
    "a dense block": IMAGE
    + """
blocks:
  dense_block:
    params: [depth, growth: 3]
    layers:
      - concat:
          before: []
          new:
            - batch_norm
            - conv: {filters: $growth, kernel_size: 3, padding: same}
        repeat: $depth
layers:
  - dense_block: {depth: $n}
  - conv: {filters: 4, kernel_size: 1}
""",
    "repeats in repeats": IMAGE
    + """
blocks:
  unit:
    params: [filters, depth]
    layers:
      - chain:
          - conv: {filters: $filters, kernel_size: 3, padding: same}
            repeat: $depth
          - relu
        repeat: $depth
layers:
  - chain:
      - unit: {filters: 8, depth: $n}
      - max_pool: {kernel_size: 3, stride: 1, padding: same}
    repeat: $n
""",
    "with a step from outside": IMAGE
    + """
layers:
  - conv: {filters: 8, kernel_size: 3, padding: same}
    name: stem
  - chain:
      - conv: {filters: 8, kernel_size: 3, padding: same}
        name: inner
      - add:
        from: [inner, stem]
    repeat: $n
""",
    "a sequence": HEADER
    + """
params: [n: 2]
input: {length: 10, channels: 8}
layers:
  - add:
      mixed:
        - layer_norm
        - dense: {units: 8, activation: gelu}
      skip: []
    repeat: $n
  - flatten
""",
}

RECURSIVE = {
    "unet": (2, 6, HEADER + "params: [n: 2]\n" + (SPECS / "unet.yaml").read_text().partition("input:")[2].join(["input:", ""])
             .replace("$base", "4").replace("$depth}\n  - conv", "$n}\n  - conv").replace("$classes", "1")),
    "down": (2, 20, HEADER + """params: [n: 2]
input: {height: 64, width: 64, channels: 3}
blocks:
  down:
    params: [filters, depth]
    layers:
      - conv: {filters: $filters, kernel_size: 3, padding: same, activation: relu}
      - down: {filters: $filters + 2, depth: $depth - 1}
        when: $depth > 0
layers:
  - down: {filters: 4, depth: $n}
  - global_avg_pool
"""),
}  # fmt: skip
