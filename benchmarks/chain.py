"""A chain of convolutions, read, checked, inferred and compiled, against ONNX's building, checking and inferring it.

Goals: at most half of ONNX's time at 10,000 layers, under 100 MiB, and ten times the layers in at most twelve times the
time (less what starting Python costs). With `--varied`, convolutions of seven sizes and three kernels.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.paired import Command, paired, python, show

HEAD = "archc: 1\nname: chain\ninput: {height: 32, width: 32, channels: 8}\nlayers:\n"
ONNX = """
import sys
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference
sizes = [tuple(map(int, size.split(","))) for size in sys.argv[2].split()]
count, channels = int(sys.argv[1]), 8
nodes, weights, zeros = [], [], numpy.zeros
for i in range(count):
    filters, kernel = sizes[i % len(sizes)]
    weight, bias = zeros((filters, channels, kernel, kernel), numpy.float32), zeros(filters, numpy.float32)
    weights += [numpy_helper.from_array(weight, f"w{i}"), numpy_helper.from_array(bias, f"b{i}")]
    inputs, pads = [f"x{i}", f"w{i}", f"b{i}"], [kernel // 2] * 4
    nodes.append(helper.make_node("Conv", inputs, [f"x{i + 1}"], kernel_shape=[kernel, kernel], pads=pads))
    channels = filters
start, end = (
    helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size, 32, 32])
    for name, size in (("x0", 8), (f"x{count}", channels))
)
model = helper.make_model(helper.make_graph(nodes, "chain", [start], [end], weights))
onnx.checker.check_model(model, full_check=len(sys.argv) > 3)
shape_inference.infer_shapes(model, strict_mode=True)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--layers", type=int, default=10_000)
    parser.add_argument("--varied", action="store_true")
    given = parser.parse_args()
    sizes = [(4 * (1 + 3 * i % 7), 1 + 2 * (i % 3)) for i in range(21)] if given.varied else [(8, 3)]
    layers = [f"  - conv: {{filters: {filters}, kernel_size: {kernel}, padding: same}}\n" for filters, kernel in sizes]
    listed = " ".join(f"{filters},{kernel}" for filters, kernel in sizes)
    archc = os.path.join(os.path.dirname(sys.executable), "archc")
    with tempfile.TemporaryDirectory() as folder:
        commands = [
            Command("onnx", python("-c", ONNX, str(given.layers), listed)),
            Command("onnx, full check", python("-c", ONNX, str(given.layers), listed, "full")),
        ]
        for count in (given.layers // 100, given.layers // 10, given.layers):
            path = os.path.join(folder, f"chain{count}.yaml")
            text = HEAD + "".join(layers[place % len(layers)] for place in range(count))
            Path(path).write_text(text, encoding="utf-8")
            commands.append(Command(f"archc torch, {count} layers", [archc, "compile", path, "--backend", "torch"]))
        commands.append(Command(f"archc keras, {count} layers", [archc, "compile", path, "--backend", "keras"]))
        show(paired(commands, given.runs), "onnx")


if __name__ == "__main__":
    main()
