"""The training script for PyTorch: a loop as one writes it by hand, with only the parts that the recipe needs."""

from __future__ import annotations

from archc.emit.source import uses
from archc.naming import camel, model_name
from archc.training import script
from archc.training.plan import Plan
from archc_torch import training_text as text
from archc_torch.training_parts import before_step, judge, normed, optimizer, penalised, turn
from archc_torch.units import TAKEN

USES = [
    ("python train.py", "on whatever device there is"),
    ("python train.py --resume", "go on after a break"),
    ("torchrun --nproc-per-node 2 train.py --resume", "the same training, shared"),
]


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
        head.append("WORKERS = 4  # processes that read ahead")
    head += ["", "HERE = Path(__file__).resolve().parent"]
    head.append('RANK, WORLD = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))')
    if plan.fsdp:
        head.append("FULL = StateDictOptions(full_state_dict=True, cpu_offload=True)  # all weights, in process 0")
    return "\n".join([*head, "", "", code]) + "\n"


def _functions(plan: Plan) -> list[str]:
    """Return the functions after `main`; those that the recipe does not need are empty."""
    words, blocks = _words(plan), _blocks(plan)
    inputs, targets = script.names(plan)
    tested = {
        "turn": [f"{', '.join((*inputs, *targets))} = turn(*parts)"],
        "judge": [line.replace("net(", "model(") for line in blocks["judge"]],
    }
    return [
        text.DEVICE,
        text.RMSPROP if plan.strict and plan.recipe.optimizer.name == "rmsprop" else "",
        "\n".join(turn(plan)),
        text.STREAMED if plan.streamed else text.HELD,
        "\n".join(script.windows(plan, "[RANK::WORLD]")),
        "\n".join(judge(plan)),
        "\n".join(script.rate(plan.recipe)),
        "\n".join(script.stopping(plan.recipe)),
        script.filled(text.EVALUATE, words, tested),
        script.filled(text.SHOW, words, {}),
        script.filled(text.KEEP, words, {}),
    ]


def _words(plan: Plan) -> dict[str, str]:
    images = [shape for shape in plan.graph.inputs.values() if shape.kind == "image"]
    inputs, _ = script.names(plan)
    return {
        "layout": ", memory_format=torch.channels_last" if images and not plan.fsdp else "",
        "stop": " and not finished(history)" if plan.recipe.early_stopping else "",
        "first": inputs[0],
        "metric": script.metric(plan.recipe),
        "things": "images" if images else "examples",
        "name": plan.graph.name,
        "weights": "get_model_state_dict(model, options=FULL)" if plan.fsdp else "model.state_dict()",
        # Where weights are shared, all processes must call the model equally often.
        "part": "" if plan.fsdp else "[RANK::WORLD]",
        "sum": "totals" if plan.fsdp else "together(totals)",
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
    windows = ", *windows(len(batch), step)" if recipe.augment is not None else ""
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
            "for name, value in values.items() if writer else ():",
            "    writer.add_scalar(name, value, epoch + 1)",
        ] * plan.tensorboard,
        "final": [_loaded(plan, 'load_file(HERE / "best.safetensors")')] * (recipe.early_stopping is not None),
    }  # fmt: skip
    return (
        on
        | _sharing(plan)
        | {
            "steps": [f"# A last batch {why} is left out.", f"steps = (count + BATCH - {spare}) // BATCH"],
            "optimizer": script.laid_out("optimizer = ", optimizer(plan), 4),
            "turn": [f"{', '.join((*inputs, *targets))} = turn(*parts{windows})"],
            "judge": script.laid_out("loss, metric = ", f"judge({called}, {', '.join(targets)})", 16) + penalised(plan),
            "before": before_step(plan),
        }
    )


def _loaded(plan: Plan, weights: str) -> str:
    """Return the line that puts weights into the model."""
    return f"set_model_state_dict(model, {weights}, options=FULL)" if plan.fsdp else f"model.load_state_dict({weights})"


def _sharing(plan: Plan) -> dict[str, list[str]]:
    """Return the lines that differ where processes share the weights (FSDP2) and not only the work (DDP)."""
    if not plan.fsdp:
        return {
            "shard": [],
            "net": ["net = DistributedDataParallel(model) if WORLD > 1 else model"],
            "restore": [
                'model.load_state_dict(state["model"])',
                'optimizer.load_state_dict(state["optimizer"])',
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


def _imports(plan: Plan, code: str, own: str, called: str) -> list[str]:
    """Return the imports, sorted as `ruff` sorts them."""
    standard = [f"import {name}" for name in ("argparse", "io", "math", "os", "sys", "time")]
    kinds = [*(["Iterable"] if "Iterable[" in code else []), "Iterator"]
    standard += [f"from collections.abc import {', '.join(kinds)}", "from pathlib import Path"]
    third = [
        "import numpy as np",
        "import torch",
        "from safetensors.torch import load_file",
        "from safetensors.torch import save as safetensors",
        "from torch import Tensor, distributed, nn",
        *(FULLY_SHARDED if plan.fsdp else []),
        *(["from torch.nn import functional as F"] if uses("F.", code) else []),
        *(["from torch.nn.parallel import DistributedDataParallel"] if not plan.fsdp else []),
        *(["from torch.utils.data import DataLoader, Dataset"] if plan.streamed else []),
        *(["from torch.utils.tensorboard import SummaryWriter"] if plan.tensorboard else []),
    ]
    model = f"from model import {own}" + (f" as {called}" if called != own else "")
    return [*standard, "", *third, "", model]
