"""The training script for Keras: `compile` and `fit`, with the same batches and the same recipe as PyTorch's."""

from __future__ import annotations

from archc.emit.source import spell, split, split_tuple, unpacked
from archc.graph import Graph, Output
from archc.naming import model_name
from archc.training import script
from archc.training.plan import Plan
from archc.training.recipe import Loss
from archc_keras import training_text as text
from archc_keras.functions import TAKEN

USES = [
    ("python train.py", "on whatever device there is; with TF_CONFIG, as one of several"),
    ("python train.py --resume", "go on after a break"),
]

NAMES = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}
SHARED = ("beta1", "beta2", "epsilon", "rho", "momentum", "nesterov")
WORDS = {"beta1": "beta_1", "beta2": "beta_2"}
DEFAULTS = {"beta1": 0.9, "beta2": 0.999, "momentum": 0.0, "nesterov": False}

GATHERED = 'v for v in model.optimizer.variables if v.name != "learning_rate"'
"""What an optimizer has gathered: the rate is the script's."""

DECAYED = """
def update_step(self, gradient: KerasTensor, variable: Variable, learning_rate: float) -> None:
    super().update_step(gradient + @decay * variable, variable, learning_rate)
"""


def write_training(plan: Plan) -> str:
    """Return the source of `train.py`."""
    words, blocks = _words(plan), _blocks(plan)
    recipe = plan.recipe
    pieces = [
        script.filled(text.MAIN, words, blocks),
        script.filled(text.OPTIMIZER, words, blocks),
        script.filled(text.BATCHES, words, blocks),
        "\n".join(script.windows(plan, "[RANK::WORLD]")),
        script.filled(text.KEEP, words, blocks),
        script.ENDING,
    ]
    pieces[4:4] = ["\n".join(script.rate(recipe)), "\n".join(script.stopping(recipe))]
    code = "\n\n\n".join(piece.strip("\n") for piece in pieces if piece)
    own = model_name(plan.graph.name, TAKEN)
    name = script.called(own, "network", code + text.WORKERS)
    code = code.replace("@model", name)
    names = [f'"{name}"' for part in script.names(plan) for name in part]
    head = [
        *script.opening(plan, "Keras", USES),
        "",
        *_imports(code, own, name),
        "",
        *script.constants(plan, "examples a step, over all workers together"),
    ]
    head += ["", "HERE = Path(__file__).resolve().parent", *split("NAMES = ", f"({', '.join(names)})", 0)]
    head += text.WORKERS.strip("\n").split("\n")
    return "\n".join([*head, "", "", code]) + "\n"


def _logits(graph: Graph, losses: tuple[Loss, ...]) -> bool:
    """Tell whether the model is built without its last activations: where a loss is taken from logits."""
    return any(loss.logits and output.final is not None for loss, output in zip(losses, graph.outputs, strict=True))


def _words(plan: Plan) -> dict[str, str]:
    images = any(shape.kind == "image" for shape in plan.graph.inputs.values())
    seeds = script.random_in_training(plan.graph)
    board = ', *[keras.callbacks.TensorBoard(HERE / "runs")] * (RANK == 0)' if plan.tensorboard else ""
    stopped = "len(keeper.history) if finished(keeper.history) else EPOCHS"
    return {
        "logits": "logits=True" if _logits(plan.graph, plan.recipe.losses) else "",
        "optimizer": _optimizer(plan),
        "callbacks": f"[keeper{board}]",
        "epochs": stopped if plan.recipe.early_stopping else "EPOCHS",
        "name": plan.graph.name,
        "Name": NAMES[plan.recipe.optimizer.name],
        "said": "its own weight decay, and " if _decayed(plan) else "",
        "things": "images" if images else "examples",
        "seeds": ", random states" if seeds else "",
    }


def _optimizer(plan: Plan) -> str:
    name, settings = plan.recipe.optimizer
    called = NAMES[name]
    pairs = {
        WORDS.get(key, key): settings[key] for key in SHARED if key in settings and settings[key] != DEFAULTS.get(key)
    }
    if name == "adamw":
        pairs["weight_decay"] = settings["weight_decay"]
    if plan.recipe.clip is not None:
        pairs["global_clipnorm"] = plan.recipe.clip
    return f"{called}(LEARNING_RATE{script.keywords(pairs)})"


def _decayed(plan: Plan) -> list[str]:
    """Return the optimizer's lines where weight decay is a part of the gradient: Keras's own decay is apart from it."""
    name, settings = plan.recipe.optimizer
    if name == "adamw" or not settings.get("weight_decay"):
        return []
    return script.filled(DECAYED.rstrip(), {"decay": spell(settings["weight_decay"])}, {}).split("\n")


def _blocks(plan: Plan) -> dict[str, list[str]]:
    """Return what stands in the places of the script that are lines by themselves."""
    recipe = plan.recipe
    metric = script.metric(recipe)
    seeds = script.random_in_training(plan.graph)
    places = [
        f"gathered = [{GATHERED}]",
        'random = [v for v in model.variables if v.name == "seed_generator_state"]',
        "return [*model.weights, *gathered, *random]",
    ]
    last = [output.turn.path.replace(".", "_") for output in plan.graph.outputs]
    normed = any(layer.op.name == "batch_norm" for layer in plan.graph.layers)
    length = ["return math.ceil(len(self.order) / SHARE)"]
    if normed:
        length = [
            'least = 2 if self.part == "train" else 1  # one example alone has no variance',
            "return (len(self.order) + SHARE - least) // SHARE",
        ]
    return {
        "length": length,
        "decay": _decayed(plan),
        "random": [
            "for variable in model.variables:  # each worker draws its own numbers",
            '    if variable.name == "seed_generator_state":',
            "        variable.assign([variable[0] + RANK, variable[1]])",
        ] * seeds,
        "statistics": [
            "if WORLD > 1:",
            '    moving = [v.value for v in self.model.weights if "moving_" in v.path]',
            "    for variable, value in zip(moving, mean(moving), strict=True):",
            "        variable.assign(value)",
        ] * normed,
        "policy": ['keras.config.set_dtype_policy("mixed_bfloat16")'] * plan.mixed,
        "last": [f'model.get_layer("{name}").dtype_policy = "float32"' for name in last] * plan.mixed,
        "loss": _losses(plan),
        "take": _take(plan),
        "rate": [
            "def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:",
            "    step = self.data.epoch * len(self.data) + batch",
            "    self.model.optimizer.learning_rate = rate(step, len(self.data))",
            "",
        ] * bool(script.rate(recipe)),
        "row": _row(plan, metric),
        "stop": ["self.model.stop_training = finished(self.history)"] * (recipe.early_stopping is not None),
        "final": ['model.load_weights(HERE / "best.weights.h5")'] * (recipe.early_stopping is not None),
        "state": places if seeds else [f"return [*model.weights, *({GATHERED})]"],
    }  # fmt: skip


def _row(plan: Plan, metric: str) -> list[str]:
    """Return the lines that name what an epoch gave as PyTorch's script does."""
    several = len(plan.graph.outputs) > 1
    lines = ['values = {"loss": logs["loss"]' + ("" if several else f', "{metric}": logs["{metric}"]') + "}"]
    if not several:
        lines.append(f'values |= {{"test_loss": logs["val_loss"], "test_{metric}": logs["val_{metric}"]}}')
    else:
        mean = f'[value for name, value in logs.items() if name.endswith("{metric}")]'
        lines = [
            f"found = {mean}",
            "half = len(found) // 2  # those of the test come last",
            f'values = {{"loss": logs["loss"], "{metric}": sum(found[:half]) / half}}',
            f'values |= {{"test_loss": logs["val_loss"], "test_{metric}": sum(found[half:]) / half}}',
        ]
    return [*lines, "speed = round(len(self.data.order) * WORLD / self.seconds, 2)"]


def _losses(plan: Plan) -> list[str]:
    """Return the arguments of `compile` that say what is minimised and measured."""
    metric = script.metric(plan.recipe)
    _, ids = script.kinds(plan)
    losses, metrics = [], []
    from_logits = _logits(plan.graph, plan.recipe.losses)
    for output, loss, sparse in zip(plan.graph.outputs, plan.recipe.losses, ids, strict=True):
        losses.append(_loss(loss, output, sparse, from_logits))
        measured = loss.logits or metric == "mae"
        metrics.append(_metric(loss, sparse, metric) if measured else "")
    if len(losses) == 1:
        lines = [f"loss={losses[0]},", f"metrics=[{metrics[0]}],"]
    else:
        lines = ["loss=[", *[f"    {loss}," for loss in losses], "],"]
        lines += ["metrics=[", *[f"    [{found}]," for found in metrics], "],"]
        weights = [loss.settings["weight"] for loss in plan.recipe.losses]
        if set(weights) != {1.0}:
            lines.append(f"loss_weights={spell([float(weight) for weight in weights])},")
    if len(losses) == 1 and plan.recipe.losses[0].settings["weight"] != 1.0:
        lines.append(f"loss_weights=[{spell(plan.recipe.losses[0].settings['weight'])}],")
    return lines


def _loss(loss: Loss, output: Output, sparse: bool, from_logits: bool) -> str:
    smoothing = loss.settings.get("smoothing", 0.0)
    extra = f", label_smoothing={spell(smoothing)}" if smoothing else ""
    if loss.kind == "cross_entropy":
        kind = "SparseCategoricalCrossentropy" if sparse and not smoothing else "CategoricalCrossentropy"
        return f"keras.losses.{kind}(from_logits=True{extra})"
    if loss.kind == "binary_cross_entropy":
        return f"keras.losses.BinaryCrossentropy(from_logits=True{extra})"
    name = {"mean_squared_error": "MeanSquaredError", "mean_absolute_error": "MeanAbsoluteError", "huber": "Huber"}
    if output.final is not None and from_logits:
        function = {"MeanSquaredError": "mean_squared_error", "MeanAbsoluteError": "mean_absolute_error"}
        called = function.get(name[loss.kind], "huber")
        delta = f", {spell(loss.settings['delta'])}" if called == "huber" else ""
        return f"lambda y, z: keras.losses.{called}(y, keras.ops.{output.final.op.name}(z){delta})"
    delta = loss.settings.get("delta", 1.0)
    return f"keras.losses.{name[loss.kind]}({f'delta={spell(delta)}' if delta != 1.0 else ''})"


def _metric(loss: Loss, sparse: bool, metric: str) -> str:
    if metric == "mae":
        return 'keras.metrics.MeanAbsoluteError(name="mae")'
    if loss.kind == "binary_cross_entropy":
        return 'keras.metrics.BinaryAccuracy(name="accuracy", threshold=0)'
    smoothed = bool(loss.settings.get("smoothing"))
    kind = "SparseCategoricalAccuracy" if sparse and not smoothed else "CategoricalAccuracy"
    return f'keras.metrics.{kind}(name="accuracy")'


def _take(plan: Plan) -> list[str]:
    """Return the lines that make a batch of the examples at `index`."""
    inputs, targets = script.names(plan)
    scaled, ids = script.kinds(plan)
    taken = unpacked([*inputs, *targets], "(part[index] for part in self.data)", 8)
    lines = [line[8:] for line in taken]
    augment, middle = plan.recipe.augment, script.middle(plan)
    if augment is not None:
        x = inputs[0]
        lines.append('if self.part == "train":')
        if augment["shift"]:
            lines.append(f"    {x} = np.pad({x}, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)))")
        lines += [
            "    rows, columns = windows(len(index) * WORLD, self.epoch * len(self) + step)",
            "    each = np.arange(len(index))[:, None, None]",
            f"    {x} = {x}[each, rows[:, :, None], columns[:, None, :]]",
        ]
        if middle is not None:
            cut = ", ".join(f"{part.start}:{part.stop}" for part in middle)
            lines += ["else:", f"    {x} = {x}[:, {cut}]"]
    xs = [f'{name}.astype("float32") / 255' if scale else name for name, scale in zip(inputs, scaled, strict=True)]
    ys = []
    for name, output, loss, sparse in zip(targets, plan.graph.outputs, plan.recipe.losses, ids, strict=True):
        shape = output.tensor.shape
        assert shape is not None
        one_hot = sparse and loss.settings.get("smoothing")
        ys.append(f"keras.utils.to_categorical({name}, {shape.channels})" if one_hot else name)
    x, y = (", ".join(part) if len(part) == 1 else f"({', '.join(part)})" for part in (xs, ys))
    return [*lines, *split_tuple("return ", [x, y], 0)]


def _imports(code: str, own: str, called: str) -> list[str]:
    standard = ("argparse", "io", "json", "math", "os", "sys", "tempfile", "time")
    third = ["import keras", "import numpy as np"]
    if "KerasTensor" in code:
        third.append("from keras import KerasTensor, Variable")
    model = f"from model import {own}" + (f" as {called}" if called != own else "")
    return [*(f"import {name}" for name in standard), "from pathlib import Path", "", *third, "", model]
