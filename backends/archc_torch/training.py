"""The training script for PyTorch: a loop as one writes it by hand, with only the parts that the recipe needs."""

from __future__ import annotations

from archc.emit.source import WIDTH, split_tuple, unpacked, uses
from archc.naming import camel, model_name
from archc.training import script
from archc.training.plan import Plan
from archc_torch import training_text as text
from archc_torch.training_parts import augmented, before_step, criterion, normed, optimizer, penalised, turn
from archc_torch.units import TAKEN

USES = [
    ("python train.py", "on whatever device there is"),
    ("python train.py --resume", "go on after a break"),
    ("torchrun --nproc-per-node 2 train.py --resume", "the same training, shared"),
]


LONGEST = 20
"""The longest name of an input that stands for the whole batch where its examples are counted."""

FULLY_SHARDED = [
    "from torch.distributed.checkpoint.state_dict import (",
    "    StateDictOptions,",
    "    get_model_state_dict,",
    "    get_state_dict,",
    "    set_model_state_dict,",
    "    set_optimizer_state_dict,",
    ")",
    "from torch.distributed.fsdp import fully_shard",
]


def write_training(plan: Plan) -> str:
    """Return the source of `train.py`."""
    pieces = [script.filled(text.MAIN, _words(plan), _blocks(plan)), *_functions(plan), script.ENDING]
    code = "\n\n\n".join(piece.strip("\n") for piece in pieces if piece)
    own = model_name(camel(plan.graph.name), TAKEN)
    name = script.called(own, "Network", code)
    code = code.replace("@model", name)
    head = [
        *script.opening(plan, "PyTorch", USES),
        "",
        *_imports(plan, code, own, name),
        "",
        *script.constants(plan, "examples a step, over all processes together"),
    ]
    if plan.streamed:
        head.append("WORKERS = min(4, os.cpu_count() or 1)  # processes that read ahead")
    head += ["", "HERE = Path(__file__).resolve().parent"]
    head.append('RANK, WORLD = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))')
    if plan.fsdp:
        head.append("FULL = StateDictOptions(full_state_dict=True, cpu_offload=True)  # all weights, in process 0")
    return "\n".join([*head, "", "", code]) + "\n"


def _functions(plan: Plan) -> list[str]:
    """Return the functions after `main`; those that the recipe does not need are empty."""
    words, blocks = _words(plan), _blocks(plan)
    tested = blocks | {
        "judge": [line.replace("net(", "model(") for line in blocks["judge"]],
        "take": [line.replace("batch[RANK::WORLD]", "index") for line in blocks["take"]],
    }
    return [
        text.RMSPROP if plan.strict and plan.recipe.optimizer.name == "rmsprop" else "",
        script.filled(text.STREAMED if plan.streamed else text.HELD, words, blocks),
        "\n".join(script.windows(plan, "[RANK::WORLD]")),
        "\n".join(criterion(plan)),
        "\n".join(script.rate(plan.recipe)),
        "\n".join(script.stopping(plan.recipe)),
        script.filled(text.EVALUATE, words, tested),
        script.filled(text.SHOW, words, {}),
        script.filled(text.KEEP, words, {}),
    ]


def _words(plan: Plan) -> dict[str, str]:
    images = [shape for shape in plan.graph.inputs.values() if shape.kind == "image"]
    inputs, targets = script.names(plan)
    count = len(inputs) + len(targets)
    return {
        "device": "" if plan.streamed else ", device",
        "moved": "" if plan.streamed else ".to(device)",
        "taken": f"tuple[{', '.join(['Tensor'] * count) if count < 6 else 'Tensor, ...'}]",
        "layout": ", memory_format=torch.channels_last" if images and not plan.fsdp else "",
        "stop": " and not finished(history)" if plan.recipe.early_stopping else "",
        "first": _first(plan),
        "metric": script.metric(plan.recipe),
        "things": "images" if images else "examples",
        "name": plan.graph.name,
        "weights": "get_model_state_dict(model, options=FULL)" if plan.fsdp else "model.state_dict()",
        "sum": "totals" if plan.fsdp else "summed(totals)",
    }


def _blocks(plan: Plan) -> dict[str, list[str]]:
    """Return what stands in the places of the script that are lines by themselves."""
    graph, recipe = plan.graph, plan.recipe
    inputs, targets = script.names(plan)
    finals = any(output.final is not None for output in graph.outputs)
    alone = normed(graph)
    why = "with one example a process" if alone else "too small for all processes"
    spare = "2 * WORLD" if alone else "WORLD"
    net = "model" if plan.fsdp else "net"
    called = f"{'*' if len(graph.outputs) > 1 else ''}{net}({', '.join(inputs)})"
    on = {
        "logits": ["model.forward = model.logits  # the loss is taken from logits"] * finals,
        "sync": [
            'if WORLD > 1 and device.type == "cuda":',
            "    model = nn.SyncBatchNorm.convert_sync_batchnorm(model)",
        ] * alone,
        "random": ["torch.manual_seed(SEED + step * WORLD + RANK)  # for dropout, by the step alone"]
        * script.random_in_training(graph),
        "writer": ['writer = SummaryWriter(HERE / "runs") if RANK == 0 else None'] * plan.tensorboard,
        "write": [
            "if writer:",
            "    for name, value in values.items():",
            "        writer.add_scalar(name, value, epoch + 1)",
            "    writer.flush()",
        ] * plan.tensorboard,
        "final": [
            'best = safetensors.torch.load_file(HERE / "best.safetensors")',
            "set_model_state_dict(model, best, options=FULL)" if plan.fsdp else "model.load_state_dict(best)",
        ] * (recipe.early_stopping is not None),
    }  # fmt: skip
    return (
        on
        | _sharing(plan)
        | {
            "steps": [f"steps = (count + BATCH - {spare}) // BATCH  # without a last batch {why}"],
            "optimizer": script.laid_out("optimizer = ", optimizer(plan), 4),
            "paths": _paths((*inputs, *targets)),
            "share": _share(_first(plan)),
            "turn": turn(plan),
            **_batches(plan),
            **augmented(plan),
            "judge": script.laid_out("loss, metric = ", f"criterion({called}, {', '.join(targets)})", 16)
            + penalised(plan),
            "before": before_step(plan),
        }
    )


def _first(plan: Plan) -> str:
    """Return the array of a batch whose examples are counted: the first, or the one with the shortest name."""
    inputs, targets = script.names(plan)
    return inputs[0] if len(inputs[0]) <= LONGEST else min((*inputs, *targets), key=len)


def _share(first: str) -> list[str]:
    line, why = f"share = len({first}) * WORLD / len(batch)", "# of gradients, the processes' mean is taken"
    return [f"{line}  {why}"] if len(line) + len(why) + 14 <= WIDTH else [why, line]


def _batches(plan: Plan) -> dict[str, list[str]]:
    """Return the lines that go over batches, in training and in testing."""
    inputs, targets = script.names(plan)
    names = [*inputs, *targets]
    # Where weights are shared, all processes must call the model equally often.
    part = "" if plan.fsdp else "[RANK::WORLD]"
    if not plan.streamed:
        return {
            "batches": ["for batch in order.split(BATCH)[step % steps : steps]:"],
            "tested": [f"for index in torch.arange(len(data[0]), device=device).split(BATCH){part}:"],
            "take": _taken(names, "take(data, batch[RANK::WORLD])"),
        }
    return {
        "batches": [
            "chosen = order.split(BATCH)[step % steps : steps]",
            "shares = reader(data, [batch[RANK::WORLD] for batch in chosen])",
            "for batch, parts in zip(chosen, shares, strict=True):",
        ],
        "tested": [
            f"indices = torch.arange(len(data[0])).split(BATCH){part}",
            "for parts in reader(data, indices):",
        ],
        "take": _taken(names, "take(parts, device)"),
    }


def _taken(names: list[str], value: str) -> list[str]:
    return [line[12:] for line in unpacked(names, value, 12)]


def _paths(names: tuple[str, ...]) -> list[str]:
    """Return the line that finds the files of arrays."""
    listed = ", ".join(f'"{name}"' for name in names)
    line = f'paths = [HERE / "data" / f"{{name}}_{{part}}.npy" for name in ({listed})]'
    if len(line) <= 96:
        return [line]
    lines = split_tuple("names = ", [f'"{name}"' for name in names], 4)
    return [*(line[4:] for line in lines), 'paths = [HERE / "data" / f"{name}_{part}.npy" for name in names]']


def _sharing(plan: Plan) -> dict[str, list[str]]:
    """Return the lines that differ where processes share the weights (FSDP2) and not only the work (DDP)."""
    if not plan.fsdp:
        return {
            "shard": [],
            "net": ["net = nn.parallel.DistributedDataParallel(model) if WORLD > 1 else model"],
            "restore": [
                'model.load_state_dict(state["model"])',
                *_restored(plan),
            ],
            "state": ['state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}'],
        }
    return {
        "shard": ["if WORLD > 1:", "    fully_shard(model)"],
        "net": [],
        "restore": [
            'model_state, optimizer_state = state["model"], state["optimizer"]',
            "set_model_state_dict(model, model_state, options=FULL)",
            "set_optimizer_state_dict(model, optimizer, optimizer_state, options=FULL)",
        ],
        "state": [
            "weights, moments = get_state_dict(model, optimizer, options=FULL)",
            'state = {"model": weights, "optimizer": moments}',
        ],
    }


def _restored(plan: Plan) -> list[str]:
    """Return the lines that give the optimizer what it had gathered; its settings are the script's."""
    if plan.strict and script.rate(plan.recipe):  # the rate is within the momentum
        return ['optimizer.load_state_dict(state["optimizer"])']
    return ['optimizer.load_state_dict(optimizer.state_dict() | {"state": state["optimizer"]["state"]})']


def _imports(plan: Plan, code: str, own: str, called: str) -> list[str]:
    """Return the imports, sorted as `ruff` sorts them."""
    standard = [f"import {name}" for name in ("argparse", "io", "math", "os", "sys", "time")]
    kinds = [kind for kind in ("Iterable", "Sequence") if f"{kind}[" in code]
    standard += [f"from collections.abc import {', '.join(kinds)}"] * bool(kinds)
    standard.append("from pathlib import Path")
    third = [
        "import numpy as np",
        "import safetensors.torch",
        "import torch",
        "from torch import Tensor, distributed, nn",
        *(FULLY_SHARDED if plan.fsdp else []),
        *(["from torch.nn import functional as F"] if uses("F.", code) else []),
        *(["from torch.utils.data import DataLoader, Dataset"] if plan.streamed else []),
        *(["from torch.utils.tensorboard import SummaryWriter"] if plan.tensorboard else []),
    ]
    model = f"from model import {own}" + (f" as {called}" if called != own else "")
    return [*standard, "", *third, "", model]
