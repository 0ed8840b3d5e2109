"""What an ONNX model holds: names, shapes and bytes; what is refused; and the command that writes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from archc.__main__ import main
from archc.compile import compile_weighted, load, load_text
from archc.draws import draw
from archc.graph import Graph
from archc.ops import OPS, Op
from archc.problems import SpecError
from archc_onnx.parts import layer
from archc_onnx.spell import FAMILIES, spelled
from tests.onnx_models import backend, model
from tests.zoo import NETWORKS, SPECS, Network

TWO_CONV = SPECS / "two_conv.yaml"


# What the model holds


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
def test_models_are_valid_and_shapes_are_those_of_the_spec(network: Network) -> None:
    from onnx import shape_inference

    from archc_onnx.model import check

    graph = network.graph()
    proto = model(graph)
    check(proto)
    told = [value for value in proto.graph.value_info if value.name in half_known(graph)]
    del proto.graph.value_info[:]
    proto.graph.value_info.extend(told)
    inferred = shape_inference.infer_shapes(proto, strict_mode=True, data_prop=True).graph
    found = {value.name: value.type.tensor_type.shape.dim for value in [*inferred.value_info, *inferred.output]}
    # How large a batch is that slices were put into, ONNX does not infer.
    apart = any(line.op.name == "apart" for line in graph.layers)
    for line in graph.layers:
        batch, *dims = found[line.path]
        assert apart or batch.dim_param == "batch", line.path
        if line.output.known():
            assert sorted(dim.dim_value for dim in dims) == sorted(int(str(n)) for n in line.output.sizes), line.path


def half_known(graph: Graph) -> set[str]:
    """Return the layers of which ONNX infers not all, and takes what the model says.

    Of group norms it infers nothing, and what Resize does to a batch it does not know.
    """
    return {found.path for found in graph.layers if found.op.name in ("group_norm", "upsample")}


def test_another_shape_than_that_inferred_is_found() -> None:
    from onnx import shape_inference

    from archc_onnx.model import check

    proto = model(load(str(TWO_CONV)))
    proto.graph.value_info[0].type.tensor_type.shape.dim[2].dim_value += 1
    with pytest.raises(shape_inference.InferenceError):
        check(proto)


def test_nodes_and_weights_have_the_names_of_pytorch() -> None:
    graph = load(str(SPECS / "resnet.yaml"), "resnet18")
    weights = {name: np.zeros([int(str(n)) for n in w.shape], "float32") for name, w in graph.weights().items()}
    proto = model(graph, weights).graph
    assert [tensor.name for tensor in proto.initializer if "/" not in tensor.name] == list(weights)
    assert {layer.path for layer in graph.layers} <= {node.name for node in proto.node}
    assert all(node.name == node.output[0] for node in proto.node)
    assert [value.name for value in proto.input] == ["input"]
    assert [value.name for value in proto.output] == [graph.outputs[0].final.path if graph.outputs[0].final else ""]


def test_outputs_have_the_names_of_their_steps() -> None:
    text = "archc: 1\nname: net\ninput: {features: 3}\nblocks:\n  head: {layers: [{dense: {units: 2}}]}\nlayers:\n"
    text += "  - head:\n    name: left\n  - dense: {units: 2, activation: sigmoid}\n    from: input\n    name: right\n"
    graph = load_text(
        text + "  - relu:\n    from: left\n    repeat: 2\n    name: twice\noutputs: [right, twice, left]\n"
    )
    drawn = draw(graph, 0, 0)
    assert [value.name for value in model(graph).graph.output] == ["right_sigmoid", "twice", "left"]
    runner = backend().runner(graph, dtype="float32")
    runner.load(drawn.weights)
    found, layers = runner.outputs(drawn.inputs), runner.layers(drawn.inputs)
    for name, path in {"right": "right", "twice": "twice.1", "left": "left.dense"}.items():
        np.testing.assert_array_equal(found[name], layers[path])


def test_every_op_has_a_function_of_its_name() -> None:
    assert all(layer.dispatch(cls) is not layer.dispatch(Op) for cls in OPS.values())
    names = {layer.dispatch(cls).__name__.rstrip("_") for cls in OPS.values()}
    assert (names - {"reduction"}) | {"mean", "sum", "max", "min"} == set(OPS)  # the four are one function
    assert {layer.dispatch(cls).__module__ for cls in OPS.values()} == {family.__name__ for family in FAMILIES}


@pytest.mark.parametrize("epsilon", ["1.0e+300", "1.0e-60"])
def test_numbers_that_no_attribute_can_hold_are_refused(epsilon: str) -> None:
    text = f"archc: 1\nname: net\ninput: {{features: 3}}\nlayers:\n  - batch_norm: {{epsilon: {epsilon}}}\n"
    graph = load_text(text)
    assert spelled(graph.layers[0])
    with pytest.raises(SpecError) as error:
        compile_weighted(graph, backend(), {}, origin="net.yaml")
    (problem,) = error.value.problems
    assert (problem.code, problem.mark.line) == ("E0601", 5)
    assert "`epsilon`" in problem.message


def test_what_is_too_large_for_a_file_is_refused() -> None:
    graph = load_text("archc: 1\nname: net\ninput: {features: 30000}\nlayers: [{dense: {units: 20000}}]\n")
    with pytest.raises(SpecError) as error:
        compile_weighted(graph, backend(), {}, origin="net.yaml")
    assert [problem.code for problem in error.value.problems] == ["E0708"]


def test_text_shows_the_graph_with_its_weights_as_inputs() -> None:
    text = load(str(TWO_CONV)).compile("onnx")
    assert "Compiled by archc" in text
    assert 'float[3,5760] "dense.weight"' in text
    assert "[dense_softmax] dense_softmax = Softmax <axis: int = 1> (dense)" in text


# The command


@pytest.fixture
def weights(tmp_path: Path) -> str:
    from safetensors.numpy import save_file

    path = tmp_path / "two_conv.safetensors"
    save_file(draw(load(str(TWO_CONV)), 0, 0).weights, path)
    return str(path)


def test_the_command_writes_a_model_that_runs(tmp_path: Path, weights: str) -> None:
    import onnx
    import onnxruntime

    path = tmp_path / "models" / "two_conv.onnx"
    for _ in range(2):  # the second time over what archc wrote itself
        command = ["compile", str(TWO_CONV), "-b", "onnx", "--weights", weights, "-o", f"{path.parent}/"]
        assert main(command) == 0
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (shares,) = session.run(None, {"input": np.zeros((4, 1, 28, 28), "float32")})
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    assert shares.shape == (4, 3)


def test_a_file_of_others_is_kept(tmp_path: Path, weights: str, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(b"mine")
    command = ["compile", str(TWO_CONV), "-b", "onnx", "--weights", weights, "-o", str(path)]
    assert main(command) == 1
    assert "E0701" in capfd.readouterr().err
    assert path.read_bytes() == b"mine"
    assert main([*command, "--force"]) == 0
    assert path.stat().st_size > 70_000


def test_what_the_command_asks_for(weights: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", str(TWO_CONV), "-b", "onnx"]) == 2
    assert "--weights FILE.safetensors" in capfd.readouterr().err
    assert main(["compile", str(TWO_CONV), "-b", "torch", "--weights", weights]) == 2
    assert "holds no weights" in capfd.readouterr().err
    assert main(["compile", str(SPECS / "one_conv.yaml"), "-b", "onnx", "--weights", weights]) == 1
    assert "E0704" in capfd.readouterr().err


def test_bytes_are_the_same_in_every_process(weights: str) -> None:
    command = [sys.executable, "-m", "archc", "compile", str(TWO_CONV), "-b", "onnx", "--weights", weights]
    found = {
        subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout for seed in "12"
    }
    graph = load(str(TWO_CONV))
    found.add(compile_weighted(graph, backend(), draw(graph, 0, 0).weights, origin="two_conv.yaml"))
    assert len(found) == 1


def test_finding_the_backend_imports_neither_onnx_nor_numpy() -> None:
    code = (
        "import sys, archc_onnx, archc_onnx.spell; print(sorted({'onnx', 'numpy', 'onnxruntime'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
