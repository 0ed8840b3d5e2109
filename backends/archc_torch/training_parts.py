"""The pieces of PyTorch's training script that depend on the recipe and on the data."""

from __future__ import annotations

from typing import Any

from archc.backend import Emitted
from archc.emit.source import signature, spell, split, split_tuple, unpacked
from archc.emit.spelling import View
from archc.graph import Graph, Output
from archc.shapes import Shape
from archc.training import script
from archc.training.plan import Plan
from archc.training.recipe import Loss
from archc_torch.spell import layer


def optimizer(plan: Plan) -> str:
    """Return the call that makes the optimiser."""
    name, settings = plan.recipe.optimizer
    if name == "sgd":
        found = {"momentum": settings["momentum"]} if settings["momentum"] else {}
        found |= {"nesterov": True} if settings["nesterov"] else {}
        return _call("torch.optim.SGD", {**found, **_decay(settings), "fused": True})
    if name == "rmsprop":
        if plan.strict:
            own = {"rho": settings["rho"], "eps": settings["epsilon"], "momentum": settings["momentum"]}
            return _call("RMSprop", {**own, "weight_decay": settings["weight_decay"]})
        found = {"momentum": settings["momentum"]} if settings["momentum"] else {}
        return _call(
            "torch.optim.RMSprop", {"alpha": settings["rho"], "eps": settings["epsilon"], **found, **_decay(settings)}
        )
    betas = (float(settings["beta1"]), float(settings["beta2"]))
    found = {"betas": betas} if betas != (0.9, 0.999) else {}
    found["eps"] = settings["epsilon"]
    if name == "adamw":
        return _call("torch.optim.AdamW", {**found, "weight_decay": settings["weight_decay"], "fused": True})
    return _call("torch.optim.Adam", {**found, "fused": True})


def _decay(settings: dict[str, Any]) -> dict[str, Any]:
    return {"weight_decay": settings["weight_decay"]} if settings["weight_decay"] else {}


def _call(name: str, pairs: dict[str, Any]) -> str:
    return f"{name}(model.parameters(), LEARNING_RATE{script.keywords(pairs)})"


def before_step(plan: Plan) -> list[str]:
    """Return the lines between the gradients and the optimiser's step."""
    recipe = plan.recipe
    name, settings = recipe.optimizer
    lines = []
    if script.rate(recipe):
        lines.append("lr = rate(step, steps)")
        if plan.strict and settings.get("momentum"):
            lines += (
                [
                    "for moved in optimizer.state.values():  # Keras keeps the rate within the momentum",
                    '    moved["momentum_buffer"] *= optimizer.param_groups[0]["lr"] / lr',
                ]
                if name == "sgd"
                else []
            )
        lines.append('optimizer.param_groups[0]["lr"] = lr')
    if plan.strict and name in ("adam", "adamw"):
        correction = f"(1 - {spell(settings['beta2'])} ** (step + 1)) ** 0.5"
        lines.append("# Keras adds epsilon before it corrects for the start, PyTorch after.")
        lines.append(f'optimizer.param_groups[0]["eps"] = {spell(settings["epsilon"])} / {correction}')
    if recipe.clip is not None and plan.strict:
        lines += [
            "grads = [weight.grad for weight in model.parameters() if weight.grad is not None]",
            "norm = torch.stack([grad.norm() for grad in grads]).norm()",
            "for grad in grads:  # PyTorch's own clipping adds 1e-6 to the norm",
            f"    grad *= ({spell(recipe.clip)} / norm).clamp(max=1)",
        ]
    elif recipe.clip is not None:
        lines.append(f"nn.utils.clip_grad_norm_(model.parameters(), {spell(recipe.clip)})")
    return lines


# From arrays to batches


def turn(plan: Plan) -> list[str]:
    """Return the lines that give a batch as the model takes it."""
    inputs, targets = script.names(plan)
    names = [*inputs, *targets]
    got = "part.to(device, non_blocking=True) for part in parts" if plan.streamed else "part[index] for part in data"
    scaled, _ = script.kinds(plan)
    turned = []
    for name, scale, (own, shape) in zip(inputs, scaled, plan.graph.inputs.items(), strict=True):
        text = _first(name, own, shape, plan.model)
        turned.append(f"{text}.float() / 255" if scale else text)
    for name, output in zip(targets, plan.graph.outputs, strict=True):
        assert output.tensor.shape is not None
        floats = plan.data.targets[output.name] == "floats"
        turned.append(_first(name, output.name, output.tensor.shape, plan.model) if floats else name)
    if turned == names:
        return [f"return tuple({got})"]
    lines = [*unpacked(names, f"({got})", 4), *split_tuple("return ", turned, 4)]
    return [line[4:] for line in lines]


def _first(name: str, own: str, shape: Shape, model: Emitted) -> str:
    """Return an array as the model has it: channels first, in memory still last."""
    if shape.vocabulary is not None or shape.rank == 0 or shape.axes[-1] != "channels":
        return name
    if shape.kind == "sequence" and model.layouts.get(own) != "channels_first":
        return name
    return f"{name}.permute(0, {shape.rank + 1}, {', '.join(str(n) for n in range(1, shape.rank + 1))})"


def augmented(plan: Plan) -> dict[str, list[str]]:
    """Return the lines that change a batch to train with, and those that cut the middle to test with."""
    augment = plan.recipe.augment
    if augment is None:
        return {"augment": [], "middle": []}
    x = script.names(plan)[0][0]
    middle = script.middle(plan)
    cut = [] if middle is None else [f"{x} = {x}[:, :, {', '.join(f'{part.start}:{part.stop}' for part in middle)}]"]
    return {
        "augment": [
            "rows, columns = windows(len(batch), step)",
            *([f"{x} = F.pad({x}, (SHIFT,) * 4)"] if augment["shift"] else []),
            f"each = torch.arange(len({x}))[:, None, None]",
            f"{x} = {x}[each, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)",
        ],
        "middle": cut,
    }


# The loss


def criterion(plan: Plan) -> list[str]:
    """Return `criterion`: the loss of a batch, and the sum of its metric."""
    outputs = plan.graph.outputs
    _, targets = script.names(plan)
    given = ["logits"] if len(outputs) == 1 else [f"out{place}" for place in range(1, len(outputs) + 1)]
    terms, metrics = [], []
    chosen = script.metric(plan.recipe)
    for name, target, output, loss in zip(given, targets, outputs, plan.recipe.losses, strict=True):
        ids = plan.data.targets[output.name] == "ids"
        last = _classes_last(output, plan.model)
        terms.append(_loss(_moved(name, output, loss, last), target, output, loss, last))
        if loss.logits or chosen == "mae":
            metrics.append(_metric(name, target, output, loss, ids, last))
    arguments = [f"{name}: Tensor" for name in (*given, *targets)]
    lines = ["", "", *signature("criterion", arguments, " -> tuple[Tensor, Tensor]:", 0)]
    what = "the number of right answers" if chosen == "accuracy" else "the sum of absolute errors"
    lines.append(f'    """Return the mean loss of a batch, and {what}."""')
    if len(terms) == 1:
        return [*lines, *split("loss = ", terms[0], 4), f"    return loss, {metrics[0]}"]
    lines += [
        part for n, term in enumerate(terms) for part in split("loss = " if n == 0 else "loss = loss + ", term, 4)
    ]
    share = f" / {len(metrics)}" if len(metrics) > 1 else ""
    for n, term in enumerate(metrics):
        lines += split("metric = " if n == 0 else "metric = metric + ", term, 4)
    return [*lines, f"    return loss, metric{share}"]


def _classes_last(output: Output, model: Emitted) -> bool:
    """Tell whether an output with places has its channels after them."""
    shape = output.tensor.shape
    assert shape is not None
    return shape.kind == "sequence" and model.outputs.get(output.name) != "channels_first"


def _moved(name: str, output: Output, loss: Loss, last: bool) -> str:
    shape = output.tensor.shape
    assert shape is not None
    return f"{name}.movedim(-1, 1)" if loss.kind == "cross_entropy" and shape.rank and last else name


def _loss(name: str, target: str, output: Output, loss: Loss, last: bool) -> str:
    """Return the mean loss of an output, with its weight."""
    smoothing = loss.settings.get("smoothing", 0.0)
    if loss.kind == "cross_entropy":
        extra = f", label_smoothing={spell(smoothing)}" if smoothing else ""
        text = f"F.cross_entropy({name}, {target}{extra})"
    elif loss.kind == "binary_cross_entropy":
        aim = f"{target} * {spell(1 - smoothing)} + {spell(smoothing / 2)}" if smoothing else target
        text = f"F.binary_cross_entropy_with_logits({name}, {aim})"
    else:
        function = {"mean_squared_error": "mse_loss", "mean_absolute_error": "l1_loss", "huber": "huber_loss"}[
            loss.kind
        ]
        delta = loss.settings.get("delta", 1.0)
        extra = f", delta={spell(delta)}" if delta != 1.0 else ""
        text = f"F.{function}({finished(name, output, last)}, {target}{extra})"
    weight = loss.settings["weight"]
    return text if weight == 1.0 else f"{spell(weight)} * {text}"


def finished(name: str, output: Output, last: bool) -> str:
    """Return what the output's last activation makes of its logits; `last` where its channels are."""
    if output.final is None:
        return name
    shape = output.final.output
    part = layer(output.final.op, View(shape, bool(shape.rank) and not last))[0].parts[0]
    slots = {slot: spell(value) for slot, value in part.slots.items()}
    return part.template.format(x=name, **slots)  # type: ignore[union-attr]


def _metric(name: str, target: str, output: Output, loss: Loss, ids: bool, last: bool) -> str:
    shape = output.tensor.shape
    assert shape is not None
    axis = -1 if last or not shape.rank else 1
    if loss.kind == "cross_entropy":
        axis = axis if axis == 1 else (1 if not shape.rank else -1)
        wanted = target if ids else f"{target}.argmax({axis})"
        right = f"({name}.argmax({axis}) == {wanted})"
        return f"{right}.sum()" if not shape.rank else f"{right}.float().mean() * len({target})"
    if loss.kind == "binary_cross_entropy":
        return f"(({name} > 0) == ({target} > 0.5)).float().mean() * len({target})"
    return f"F.l1_loss({finished(name, output, last)}, {target}) * len({target})"


def normed(graph: Graph) -> bool:
    """Tell whether the network takes means over the batch."""
    return any(layer.op.name == "batch_norm" for layer in graph.layers)


def penalised(plan: Plan) -> list[str]:
    """Return the line that adds the regularizers' part to the loss, where there are any."""
    return ["loss = loss + model.penalty()"] * ("def penalty(self)" in plan.model.source)
