"""A chain of convolutions, read, checked, inferred and compiled, against ONNX's building, checking and inferring it.

Goals: at most half of ONNX's time at 10,000 layers, under 100 MiB, and ten times the layers in at most twelve times the
time (less what starting Python costs).
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
LAYER = "  - conv: {filters: 8, kernel_size: 3, padding: same}\n"
ONNX = """
import sys
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference
count = int(sys.argv[1])
weight, bias = numpy.zeros((8, 8, 3, 3), numpy.float32), numpy.zeros(8, numpy.float32)
nodes, weights = [], []
for i in range(count):
    weights += [numpy_helper.from_array(weight, f"w{i}"), numpy_helper.from_array(bias, f"b{i}")]
    inputs = [f"x{i}", f"w{i}", f"b{i}"]
    nodes.append(helper.make_node("Conv", inputs, [f"x{i + 1}"], kernel_shape=[3, 3], pads=[1] * 4))
ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 8, 32, 32]) for name in ("x0", f"x{count}")]
model = helper.make_model(helper.make_graph(nodes, "chain", ends[:1], ends[1:], weights))
onnx.checker.check_model(model, full_check=len(sys.argv) > 2)
shape_inference.infer_shapes(model, strict_mode=True)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--layers", type=int, default=10_000)
    given = parser.parse_args()
    archc = os.path.join(os.path.dirname(sys.executable), "archc")
    with tempfile.TemporaryDirectory() as folder:
        commands = [
            Command("onnx", python("-c", ONNX, str(given.layers))),
            Command("onnx, full check", python("-c", ONNX, str(given.layers), "full")),
        ]
        for count in (given.layers // 100, given.layers // 10, given.layers):
            path = os.path.join(folder, f"chain{count}.yaml")
            Path(path).write_text(HEAD + LAYER * count, encoding="utf-8")
            commands.append(Command(f"archc torch, {count} layers", [archc, "compile", path, "--backend", "torch"]))
        commands.append(Command(f"archc keras, {count} layers", [archc, "compile", path, "--backend", "keras"]))
        show(paired(commands, given.runs), "onnx")


if __name__ == "__main__":
    main()
