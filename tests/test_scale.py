"""The model of training on many GPUs, held to figures worked out here, and the page that is made from it."""

from __future__ import annotations

import re
import shlex

import pytest

import archc
from archc.cli import commands
from archc.compile import load_text
from archc.training.scale import BUCKET, H100, LATENCY, LAUNCH, step
from docs import scale_tables

DENSE = "archc: 1\nname: net\ninput: {features: 4000}\nlayers:\n  - dense: {units: 8000, bias: false}\n"
WEIGHTS = 4000 * 8000


def test_a_layer_bound_by_computing_takes_three_times_its_operations_at_half_the_peak() -> None:
    found = step(load_text(DENSE), 1, 4096, "sgd")
    passes = 3 * 2 * WEIGHTS * 4096 / (989e12 / 2)
    assert found.compute == pytest.approx(passes + 3 * 4 * WEIGHTS / 3.35e12)
    assert found.launches == pytest.approx(3 * LAUNCH)
    assert (found.exchange, found.exposed) == (0, 0)
    assert found.seconds == pytest.approx(found.compute)
    assert found.examples_per_second == pytest.approx(4096 / found.seconds)


def test_a_layer_bound_by_memory_takes_what_it_moves() -> None:
    found = step(load_text(DENSE), 1, 1, "adam")
    moved = 3 * (2 * WEIGHTS + 2 * (4000 + 8000)) + 7 * 4 * WEIGHTS  # a pass's, and Adam's: w, g, m, v; w, m, v
    assert found.compute == pytest.approx(moved / 3.35e12)


def test_a_ring_sends_nearly_twice_the_gradients_and_the_backward_pass_hides_them() -> None:
    net = load_text(DENSE)
    gradients = 4 * WEIGHTS
    near, far = step(net, 8, 4096, "sgd"), step(net, 64, 1, "sgd")
    assert near.exchange == pytest.approx(2 * 7 / 8 * gradients / 450e9 + 2 * 3 * LATENCY)
    assert near.exposed == pytest.approx(near.exchange * BUCKET / gradients)
    assert far.exchange == pytest.approx(2 * 63 / 64 * gradients / 400e9 + 2 * 6 * LATENCY)
    assert far.exposed == pytest.approx(far.exchange - 2 / 3 * far.compute)
    shared = step(net, 8, 4096, "sgd", fsdp=True)
    assert shared.exchange - 6 * LATENCY == pytest.approx(1.5 * (near.exchange - 6 * LATENCY))


def test_memory_is_that_of_the_summary_with_activations_in_half_the_bytes() -> None:
    net = load_text(DENSE)
    kept = 100 * (4000 + 4000 + 8000) * 2  # what it takes, for the weights' gradients; and gradients in and out
    assert step(net, 8, 100, "adam").memory == pytest.approx(4 * 4 * WEIGHTS + kept)
    assert step(net, 8, 100, "adam", fsdp=True).memory == pytest.approx(4 * 4 * WEIGHTS / 8 + kept)


def test_inputs_of_any_size_have_no_cost_that_is_known() -> None:
    any_size = load_text(
        "archc: 1\nname: net\ninput: {height: any, width: any, channels: 3}\nlayers:\n"
        "  - conv: {filters: 8, kernel_size: 3}\n  - global_avg_pool\n"
    )
    with pytest.raises(ValueError, match="any size"):
        step(any_size, 8, 32, "adam")


def test_the_page_has_the_tables_that_the_code_gives() -> None:
    page = scale_tables.PAGE.read_text(encoding="utf-8")
    assert scale_tables.written(page) == page, "run `python -m docs.scale_tables`"
    assert set(re.findall(r"<!-- table: ([\w-]+) -->", page)) == set(scale_tables.TABLES)


@pytest.mark.parametrize("work", [scale_tables.RESNET50, scale_tables.VIT])
def test_what_is_planned_fits_and_its_lines_are_right(work: scale_tables.Work) -> None:
    assert all(found.memory < H100.memory for found in work.steps())
    lines = scale_tables.commands(work).replace("\\\n", "").replace("--data imagenet", "--data lesson").split("\n")
    planned = [shlex.split(line)[1:] for line in lines if line.startswith("archc ")]
    assert len(planned) == len(work.batches)
    for arguments in planned:  # the lesson is of another size: all that is read before it is right
        with pytest.raises(archc.SpecError) as raised, commands.make_context("archc", arguments) as context:
            commands.invoke(context)
        assert {problem.code for problem in raised.value.problems} == {"E0710"}
