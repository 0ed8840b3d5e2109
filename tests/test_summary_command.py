"""`archc summary` folded, sorted, with training memory, of several networks; and `archc diff`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archc.__main__ import main
from archc.compile import load, load_text
from archc.difference import difference
from archc.fold import folded
from archc.summary import summarize
from archc.training_memory import STATES, Tensors, kept_bytes, training_memory
from tests.zoo import SPECS, ZOO, Network

RESNET, DEEP, TWO = (str(SPECS / f"{name}.yaml") for name in ("resnet", "deep_conv", "two_conv"))
HEAD = "archc: 1\nname: net\ninput: {height: 8, width: 8, channels: 1}\nlayers:\n"


def said(capsys: pytest.CaptureFixture[str], *args: str, status: int = 0) -> str:
    assert main(list(args)) == status
    return capsys.readouterr().out


def shown(capsys: pytest.CaptureFixture[str], *args: str, status: int = 0) -> Any:
    return json.loads(said(capsys, *args, "--format", "json", status=status))


# Folding and sorting


@pytest.mark.parametrize("network", ZOO, ids=lambda network: network.name)
def test_folding_loses_nothing(network: Network) -> None:
    graph = network.graph()
    whole = summarize(graph)
    for depth in (0, 1, 2, 64):
        lines = folded(graph, whole, depth).layers
        assert sum(line.parameters for line in lines) == whole.parameters
        assert sum(line.macs or 0 for line in lines) == sum(line.macs or 0 for line in whole.layers)
        names = {line.name for line in lines}
        assert all(source in names or source in graph.inputs for line in lines for source in line.inputs)
        if depth == 64:
            assert lines == whole.layers


def test_a_folded_block_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys, "summary", str(SPECS / "googlenet.yaml"), "--depth", "0")
    line = next(layer for layer in found["layers"] if layer["name"] == "inception_3a")
    assert (line["op"], line["inputs"], line["parameters"]) == ("inception", ["max_pool2"], 163_696)
    assert line["macs"] == 28 * 28 * (192 * 64 + 192 * 96 + 96 * 128 * 9 + 192 * 16 + 16 * 32 * 25 + 192 * 32)
    assert line["output"] == {"height": 28, "width": 28, "channels": 256}
    assert line["receptive_field"] == [59, 59]
    assert line["field_stride"] == [8, 8]
    assert found["parameters"] == 6_998_552
    assert len(found["layers"]) == 21 + 1, "the softmax is apart"


def test_lines_are_sorted(capsys: pytest.CaptureFixture[str]) -> None:
    for column, key in (("parameters", "parameters"), ("macs", "macs"), ("memory", "activation_bytes")):
        values = [line[key] for line in shown(capsys, "summary", RESNET, "--sort", column)["layers"]]
        assert values == sorted(values, reverse=True)
    names = [line["name"] for line in shown(capsys, "summary", RESNET, "--sort", "layer")["layers"]]
    assert names == sorted(names)
    first = said(capsys, "summary", TWO, "--sort", "macs").splitlines()[4]
    assert first.startswith("conv2 ")


# Training memory


def test_training_memory_is_the_formula() -> None:
    tensors = Tensors(weights=400, trained=300, kept=100, largest=50)
    for optimizer, state in STATES.items():
        found = training_memory(tensors, optimizer, 7)
        assert found.optimizer_state == 300 * state
        assert found.total == 400 + 300 + 300 * state + 7 * 100 + 7 * 50


def test_training_memory_of_a_network_counted_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys, "summary", TWO, "--train-memory", "--optimizer", "momentum", "--batch-size", "2")
    kept = [784, 6760, 5760, 5760, 3]  # the input, both relus' outputs, what dense takes, and what softmax gives
    assert found["training_memory"] == {
        "optimizer": "momentum",
        "batch_size": 2,
        "weights": 18_293 * 4,
        "gradients": 18_293 * 4,
        "optimizer_state": 18_293 * 4,
        "activations": 2 * 4 * sum(kept),
        "activation_gradients": 2 * 4 * (6760 + 5760),
        "total": 4 * (3 * 18_293 + 2 * sum(kept) + 2 * (6760 + 5760)),
    }
    assert "training with momentum, 2 at once" in said(
        capsys, "summary", TWO, "--train-memory", "--optimizer", "momentum", "--batch-size", "2"
    )


def test_lines_tell_their_share_of_training_memory(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("summary", RESNET, "--train-memory", "--optimizer", "adam", "--batch-size", "3")
    for more in ((), ("--depth", "0"), ("--sort", "training")):
        found = shown(capsys, *options, *more)
        memory = found["training_memory"]
        shares = [line["training_bytes"] for line in found["layers"]]
        assert sum(shares) == memory["total"] - memory["activation_gradients"]
        assert more[:1] != ("--sort",) or shares == sorted(shares, reverse=True)
    two = shown(capsys, "summary", TWO, "--train-memory", "--optimizer", "sgd", "--batch-size", "2")["layers"]
    # A first layer's weights and gradients, the input that it takes, and what its relu gives.
    assert two[0]["training_bytes"] == 4 * (100 + 100 + 2 * (784 + 6760))
    assert "training_bytes" not in shown(capsys, "summary", TWO)["layers"][0]
    assert main(["summary", TWO, "--sort", "training"]) == 2


def test_a_backward_pass_needs_only_some_tensors() -> None:
    for layers, kept in (
        ("  - conv: {filters: 1, kernel_size: 1}\n  - batch_norm\n  - relu\n", 3 * 64),
        ("  - conv: {filters: 1, kernel_size: 1, activation: gelu}\n", 2 * 64),
        ("  - max_pool: {kernel_size: 2}\n", 64 + 2 * 16),
        ("  - add:\n      a: []\n      b: [tanh]\n  - zero_pad: {padding: 1}\n", 64),
    ):
        assert kept_bytes(load_text(HEAD + layers)) == 4 * kept


def test_the_specs_own_training_is_what_is_left_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    text = HEAD + "  - flatten\n  - dense: {units: 2}\ntraining: {optimizer: {sgd: {momentum: 0.9}}, batch_size: 5}\n"
    path.write_text(text, encoding="utf-8")
    found = shown(capsys, "summary", str(path), "--train-memory")["training_memory"]
    assert (found["optimizer"], found["batch_size"]) == ("momentum", 5)


def test_training_memory_of_unknown_sizes_is_unknown(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "archc: 1\nname: net\ninput: {height: any, width: 8, channels: 1}\nlayers:\n"
        "  - conv: {filters: 2, kernel_size: 3}\n  - global_avg_pool\n",
        encoding="utf-8",
    )
    found = shown(capsys, "summary", str(path), "--train-memory")["training_memory"]
    assert found["total"] is None
    assert found["weights"] == 20 * 4
    assert ": ? (weights 80 bytes" in said(capsys, "summary", str(path), "--train-memory")


# Several networks


def test_variants_stand_beside_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    by_option = said(capsys, "summary", RESNET, "--variant", "resnet18", "--variant", "resnet50")
    assert by_option == said(capsys, "summary", f"{RESNET}@resnet18", f"{RESNET}@resnet50")
    lines = {line.split("  ")[0]: line.split() for line in by_option.splitlines()}
    assert lines["parameters"][1:] == ["11,699,112", "25,610,152", "2.19"]
    assert lines["stage1"][1:3] == ["56x56x64", "56x56x256"]
    found = shown(capsys, "summary", f"{RESNET}@resnet18", f"{RESNET}@resnet34", "--depth", "1", "--train-memory")
    assert [network["label"] for network in found["networks"]] == [f"{RESNET}@resnet18", f"{RESNET}@resnet34"]
    only = [line for line in found["lines"] if line["layers"][0] is None]
    assert [line["name"] for line in only][:2] == ["stage1.basic.2", "stage2.basic.2"]
    assert all(network["training_memory"]["total"] for network in found["networks"])
    marked = said(capsys, "summary", TWO, DEEP, "--format", "markdown")
    assert "| parameters | 18,293 | 18,293 | 1.00 |" in marked


def test_an_at_sign_in_a_file_name_is_its_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "net@deep.yaml"
    shutil.copy(DEEP, path)
    assert shown(capsys, "summary", str(path))["parameters"] == 18_293
    assert shown(capsys, "summary", f"{path}@wide")["parameters"] == 148_163


@pytest.mark.parametrize(
    ("args", "status", "what"),
    [
        (["summary"], 2, "SPEC"),
        (["summary", TWO, TWO, "--sort", "macs"], 2, "`--sort` is for one network"),
        (["summary", TWO, "--optimizer", "adam"], 2, "are for `--train-memory`"),
        (["summary", TWO, "--train-memory", "--batch-size", "0"], 2, "0 is not in the range"),
        (["summary", f"{RESNET}@resnet19"], 2, "did you mean `resnet18`"),
        (["summary", TWO, "missing.yaml"], 2, "no such file or directory"),
        (["diff", TWO], 2, "Missing argument"),
        (["diff", TWO, "missing.yaml"], 2, "no such file or directory"),
        (["diff", TWO, f"{DEEP}@depe"], 2, "did you mean `deep`"),
    ],
)
def test_wrong_usage(args: list[str], status: int, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(args) == status
    stdout, stderr = capsys.readouterr()
    assert stdout == ""
    assert what in stderr


# Differences


def test_equal_networks_have_no_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "diff", TWO, TWO, "--exit-code").endswith("\nno difference\n")
    found = shown(capsys, "diff", RESNET, f"{RESNET}@resnet50")
    assert found["equal"] is True
    assert found["weights"]["fit"] == len(load(RESNET).weights())


def test_changes_are_told_by_path(capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys, "diff", DEEP, f"{DEEP}@wide")
    assert found["equal"] is False
    changed = {each["name"]: each for each in found["changed"]}
    assert list(changed) == ["conv.0", "conv.1", "flatten", "dense"]
    assert changed["conv.0"]["arguments"] == {"filters": [10, 64]}
    assert changed["conv.0"]["changes"]["parameters"] == [100, 640]
    assert found["weights"]["reshaped"]["conv.1.weight"] == [[10, 10, 3, 3], [64, 64, 3, 3]]
    assert (found["weights"]["fit"], found["weights"]["fitting_numbers"]) == (1, 3)
    assert said(capsys, "diff", DEEP, f"{DEEP}@wide", "--exit-code", status=1).startswith(
        f"--- {DEEP}\n+++ {DEEP}@wide\n~ conv.0"
    )


def test_a_block_that_one_lacks_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "diff", f"{RESNET}@resnet18", f"{RESNET}@resnet34")
    assert "+ stage1.basic.2: basic (gives 56x56x64, 74,240 parameters, 7 layers; line " in text
    assert "stage1.basic.2.main" not in text
    back = said(capsys, "diff", f"{RESNET}@resnet34", f"{RESNET}@resnet18")
    assert "- stage1.basic.2: basic (gives 56x56x64, 74,240 parameters, 7 layers; line " in back


def test_another_op_and_other_inputs_are_changes() -> None:
    a = load_text(
        HEAD
        + "  - conv: {filters: 2, kernel_size: 1}\n  - relu: {}\n    name: act\n  - flatten\n  - dense: {units: 2}\n"
    )
    b = load_text(
        HEAD + "  - conv: {filters: 2, kernel_size: 1}\n  - tanh: {}\n    name: act\n"
        "  - max_pool: {kernel_size: 2}\n  - flatten\n  - dense: {units: 2}\n"
    )
    found = difference(a, b, ("a", "b"))
    changed = {each.name: each for each in found.changed}
    assert changed["act"].changes == {"op": ("relu", "tanh")}
    assert changed["flatten"].changes["inputs"] == (["act"], ["max_pool"])
    assert [(lone.name, lone.op, lone.layers) for lone in found.added] == [("max_pool", "max_pool", 1)]
    assert found.removed == []
    assert found.weights.reshaped == {"dense.weight": ((2, 128), (2, 32))}


def test_inputs_that_differ_are_a_difference() -> None:
    one, other = (load_text(HEAD.replace("channels: 1", f"channels: {n}") + "  - relu\n") for n in (1, 2))
    found = difference(one, other, ("a", "b"))
    assert not found.equal
    assert found.totals["inputs"][0] != found.totals["inputs"][1]


def test_differences_in_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "diff", DEEP, f"{DEEP}@deep", "--format", "markdown")
    assert text.startswith(f"# `{DEEP}` → `{DEEP}@deep`\n\n## Added\n\n- conv.2: conv (gives 22x22x10, 910 parameters")
    assert "- macs: 596,520 -> " in text
