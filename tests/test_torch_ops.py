"""Every way to write an op in PyTorch computes what plain NumPy computes."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from archc.emit.spelling import Default, Make, Spelling, Use, View
from archc.emit.symbolic import Whole
from archc.expressions import Name
from archc.ops import OPS, Op
from archc.ops.frames import Together
from archc.shapes import Image, Sequence, Shape, Unknown, Vector, Volume
from archc_torch.dispatch import plain
from archc_torch.spell import DEFINITIONS, INITIAL, LAYOUT, RESULT, layer, refuse, strict_name
from tests import reference
from tests.torch_spellings import CASES, Program, bare, emitted, given, made, offers, spec_order, views


@pytest.mark.framework
@pytest.mark.parametrize("name", OPS)
def test_every_form_computes_what_numpy_computes(name: str) -> None:
    import torch

    torch.set_num_threads(1)
    for case in CASES:
        if case[0] == name:
            inputs, weights = given(case)
            wanted = reference.run(name, case[1], inputs, weights)
            op = made(name, case[1])
            for seen, spelling in offers(case):
                program = Program(spelling)
                program.load(weights)
                y = program(*map(emitted, inputs, seen))
                shape = op.output(*case[2])
                way = seen[-1].first if shape.rank == 1 and name not in RESULT else shape.rank > 1
                got = spec_order(y, shape, way)
                assert got.shape == wanted.shape, (case, spelling)
                assert np.abs(got - wanted).max(initial=0) <= 1e-12, (case, spelling)


# Forms


def structure(spelling: Spelling) -> Any:
    def of(part: Make | Use) -> Any:
        if isinstance(part, Use):
            return part.template, list(part.slots), part.call
        return part.callee, len(part.args), list(part.kwargs), part.suffix, part.call, list(part.slots)

    return [of(part) for part in spelling.parts], spelling.stretch, spelling.needs


def test_one_form_has_one_structure() -> None:
    found = defaultdict(list)
    for case in CASES:
        for seen, spelling in offers(case):
            kind = (case[0], tuple((x.shape.axes, x.first) for x in seen), str(case[1].get("to")), spelling.form)
            found[kind].append(structure(spelling))
    assert [kind for kind, all_of_it in found.items() if any(s != all_of_it[0] for s in all_of_it)] == []


@pytest.mark.parametrize("name", [name for name in OPS if not OPS[name].merges])
def test_uses_with_other_numbers_have_a_form_in_common(name: str) -> None:
    fixed = {"padding", "activation", "to", "axis", "keep", "count_padding", "direction", "return_sequences", "method"}
    found = defaultdict(list)
    for case in CASES:
        if case[0] == name and isinstance(case[1].get("activation"), (str, type(None))):
            same = str({key: value for key, value in case[1].items() if key in fixed and key != "padding"})
            for seen in views(name, case[2]):
                forms = {spelling.form for spelling in layer(made(name, case[1]), *seen)}
                found[same, len(seen), seen[0].shape.axes, seen[0].first].append(forms)
    assert [kind for kind, offered in found.items() if not set.intersection(*offered)] == []


def best(name: str, x: Shape, args: dict[str, Any]) -> list[str]:
    """Return what is offered first, with the framework's defaults left out."""
    texts = []
    for part in layer(made(name, args), View(x))[0].parts:
        if isinstance(part, Use):
            texts.append(part.template.format(x="x", **part.slots))
            continue
        values = {
            key: value for key, value in part.kwargs.items() if not isinstance(value, Default) or value[0] != value[1]
        }
        texts.append(
            f"{part.callee}({', '.join([*map(str, part.args), *(f'{k}={bare(v)}' for k, v in values.items())])})"
        )
    return texts


IDIOMS: list[tuple[str, Shape, dict[str, Any], list[str]]] = [
    (
        "conv",
        Image(28, 28, 1),
        {"filters": 10, "kernel_size": 3, "activation": "relu"},
        ["nn.Conv2d(1, 10, kernel_size=3)", "F.relu(x, inplace=True)"],
    ),
    (
        "conv",
        Image(9, 9, 1),
        {"filters": 2, "kernel_size": 5, "padding": "same"},
        ["nn.Conv2d(1, 2, kernel_size=5, padding=same)"],
    ),
    (
        "conv",
        Image(224, 224, 3),
        {"filters": 64, "kernel_size": 7, "stride": 2, "padding": 3},
        ["nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3)"],
    ),
    (
        "conv",
        Image(8, 8, 3),
        {"filters": 4, "kernel_size": 3, "stride": 2, "padding": "same"},
        ["nn.ZeroPad2d((0, 1, 0, 1))", "nn.Conv2d(3, 4, kernel_size=3, stride=2)"],
    ),
    (
        "conv_transpose",
        Image(3, 4, 2),
        {"filters": 2, "kernel_size": 4, "stride": 2, "padding": "same"},
        ["nn.ConvTranspose2d(2, 2, kernel_size=4, stride=2, padding=1)"],
    ),
    (
        "conv_transpose",
        Image(3, 4, 2),
        {"filters": 2, "kernel_size": 3, "stride": 2, "padding": "same"},
        ["nn.ConvTranspose2d(2, 2, kernel_size=3, stride=2)", "x[:, :, :-1, :-1]"],
    ),
    (
        "max_pool",
        Image(112, 112, 64),
        {"kernel_size": 3, "stride": 2, "ceil": True},
        ["nn.MaxPool2d(3, stride=2, ceil_mode=True)"],
    ),
    (
        "max_pool",
        Image(112, 112, 64),
        {"kernel_size": 3, "stride": 2, "padding": "same"},
        ["nn.MaxPool2d(3, stride=2, ceil_mode=True)"],
    ),
    (
        "max_pool",
        Image(28, 28, 8),
        {"kernel_size": 3, "stride": 1, "padding": "same"},
        ["nn.MaxPool2d(3, stride=1, padding=1)"],
    ),
    ("max_pool", Image(28, 28, 8), {"kernel_size": 2}, ["nn.MaxPool2d(2)"]),
    (
        "avg_pool",
        Image(7, 7, 8),
        {"kernel_size": 3, "stride": 2, "padding": "same"},
        ["nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)"],
    ),
    ("lrn", Image(7, 7, 8), {"size": 5}, ["nn.LocalResponseNorm(5, alpha=0.0001, beta=0.75)"]),
    ("batch_norm", Image(7, 7, 64), {}, ["nn.BatchNorm2d(64)"]),
    ("batch_norm", Vector(4), {"momentum": 0.99, "epsilon": 1e-3}, ["nn.BatchNorm1d(4, eps=0.001, momentum=0.01)"]),
    ("flatten", Image(24, 24, 10), {}, ["torch.flatten(x.permute(0, 2, 3, 1), 1)"]),
    ("flatten", Image(1, 1, 10), {}, ["torch.flatten(x, 1)"]),
    ("reshape", Image(14, 14, 8), {"to": {"length": 196, "channels": 8}}, ["x.flatten(2).transpose(1, 2)"]),
    ("global_avg_pool", Image(7, 7, 8), {}, ["x.mean(dim=(2, 3))"]),
    ("crop", Image(7, 7, 8), {"cropping": [[1, 1], [0, 2]]}, ["x[:, :, 1:-1, :-2]"]),
]


@pytest.mark.parametrize(("name", "x", "args", "texts"), IDIOMS)
def test_what_is_idiomatic_comes_first(name: str, x: Shape, args: dict[str, Any], texts: list[str]) -> None:
    assert best(name, x, args) == texts


def test_expressions_are_handed_on() -> None:
    kernel, filters = Whole(3, Name("kernel_size")), Whole(8, Name("filters"))
    x = View(Image(Unknown("input.height"), 9, Whole(4, Name("in_channels"))))
    args = {"filters": filters, "kernel_size": kernel, "padding": "same"}
    made_part = layer(OPS["conv"](**args), x)[0].parts[0]
    assert isinstance(made_part, Make)
    assert [value.expression for value in made_part.args] == [Name("in_channels"), Name("filters")]
    assert made_part.kwargs["kernel_size"] is kernel
    pool = layer(OPS["max_pool"](kernel_size=kernel), x)[0].parts[0]
    assert isinstance(pool, Make)
    assert pool.kwargs["stride"] == Default(kernel, kernel)


def test_sizes_known_at_run_time_alone() -> None:
    x = View(Image(Unknown("input.height"), Unknown("input.width"), 4))
    same = {"kernel_size": 3, "stride": 1, "padding": "same"}
    for name in ("max_pool", "avg_pool"):
        for args in (same, {"kernel_size": 2}, {"kernel_size": 3, "stride": 1, "ceil": True}):
            assert layer(made(name, args), x)[0].form in ("plain", "excluded")
        uneven = layer(made(name, {**same, "kernel_size": 2}), x)
        assert [spelling.form for spelling in uneven] == [{"max_pool": "padded", "avg_pool": "divided"}[name]]
    assert layer(made("conv_transpose", {**same, "filters": 2}), x)[0].form == "symmetric"
    assert layer(made("upsample", {"scale": 2}), x)[0].form == "plain"
    assert [spelling.form for spelling in layer(made("flatten", {}), x)] == ["permuted"]


# Tables


def test_tables_are_whole() -> None:
    assert LAYOUT.keys() == OPS.keys()
    assert RESULT.keys() <= {*OPS, Together.name}
    assert all(layer.dispatch(cls) is not layer.dispatch(Op) for cls in OPS.values())
    callees = {part.callee for case in CASES for _, s in offers(case) for part in s.parts if isinstance(part, Make)}
    assert INITIAL.keys() <= callees
    assert strict_name.keys() <= callees
    assert set(strict_name.values()) <= DEFINITIONS.keys()
    frozen = {f"Frozen{name}" for name in strict_name.values()}
    needed = {need for case in CASES for _, s in offers(case) for need in s.needs}
    assert needed | set(strict_name.values()) | frozen == set(DEFINITIONS)


def test_what_pytorch_lacks_is_refused() -> None:
    x = Shape(("depth", "height", "width", "length", "channels"), (2, 2, 2, 2, 3))
    assert "`reshape`" in str(refuse(made("batch_norm", {}), View(x)))
    assert all(refuse(made(name, args), *seen) is None for name, args, xs in CASES for seen in views(name, xs))


def test_definitions_are_formatted() -> None:
    text = "import torch\nfrom torch import Tensor, nn\nfrom torch.nn import functional as F\n"
    text += "".join(f"\n\n{definition}" for definition in DEFINITIONS.values())
    for command in (("format", "--check"), ("check", "--select", "E,W,F,I,D2,UP,B,RUF")):
        run = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "100", "-"]
        done = subprocess.run(run, input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


# Training


@pytest.mark.framework
@pytest.mark.parametrize("x", [Vector(3), Sequence(4, 3), Image(2, 3, 3), Volume(2, 1, 2, 3)], ids=lambda x: x.kind)
def test_strict_batch_norm_trains_by_the_formula(x: Shape) -> None:
    import torch

    args: dict[str, Any] = {"momentum": 0.75, "epsilon": 1e-3}
    (spelling,) = layer(made("batch_norm", args), View(x))
    (part,) = spelling.parts
    assert isinstance(part, Make)
    name = strict_name[part.callee]
    program = Program(Spelling("strict", (part._replace(callee=name),), needs=(name,)))
    _, module = program.parts[0]
    module.train()
    rng = np.random.default_rng(0)
    weights = {key: rng.uniform(0.5, 1.5, 3) for key in ("weight", "bias", "running_mean", "running_var")}
    program.load(weights)
    for step in range(3):
        batch = rng.normal(size=(5, *map(plain, x.sizes)))
        wanted, mean, var = reference.batch_norm_training(batch, w=weights, **args)
        weights |= {"running_mean": mean, "running_var": var}
        got = module(torch.from_numpy(np.ascontiguousarray(np.moveaxis(batch, -1, 1))).requires_grad_())
        got.sum().backward()
        np.testing.assert_allclose(np.moveaxis(got.detach().numpy(), 1, -1), wanted, rtol=0, atol=1e-12)
        running: dict[str, Any] = {"running_mean": mean, "running_var": var, "num_batches_tracked": step + 1}
        for key, value in running.items():
            np.testing.assert_allclose(module.state_dict()[key].numpy(), value, rtol=0, atol=1e-12)


@pytest.mark.framework
@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_the_first_of_equal_values_gets_the_gradient(name: str) -> None:
    import torch

    for count in (2, 3):
        for spelling in layer(made(name, {}), *[View(Vector(2))] * count):
            xs = [torch.ones(1, 2, dtype=torch.float64, requires_grad=True) for _ in range(count)]
            Program(spelling)(*xs).sum().backward()
            gradients = [0.0 if x.grad is None else float(x.grad.sum()) for x in xs]
            assert gradients == [2.0] + [0.0] * (count - 1)


@pytest.mark.framework
def test_global_max_pool_shares_the_gradient_among_equal_values() -> None:
    import torch

    (spelling,) = layer(made("global_max_pool", {}), View(Image(2, 2, 1)))
    x = torch.ones(1, 1, 2, 2, dtype=torch.float64, requires_grad=True)
    Program(spelling)(x).sum().backward()
    assert x.grad is not None
    assert x.grad.flatten().tolist() == [0.25] * 4


@pytest.mark.framework
@pytest.mark.parametrize("x", [Sequence(6, 40), Image(3, 2, 40), Volume(1, 3, 2, 40)], ids=lambda x: x.kind)
def test_spatial_dropout_zeroes_whole_channels(x: Shape) -> None:
    import torch

    (spelling,) = layer(made("spatial_dropout", {"rate": 0.5}), View(x))
    program = Program(spelling)
    program.parts[0][1].train()
    torch.manual_seed(0)
    y = program(torch.ones(1, 40, *x.spatial)).flatten(2)  # type: ignore[arg-type]
    assert set(y.mean(2).unique().tolist()) == {0.0, 2.0}
