"""Runs emitted PyTorch source: outputs, every layer, gradients and training steps, for `archc verify`."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from archc.backend import Emitted, Gradients, MissingFramework, Training
from archc.execute import execute, last_defined
from archc.graph import Graph
from archc.probed import alike
from archc.shapes import Shape

try:
    with warnings.catch_warnings():
        # What a framework warns of while it is imported is no finding about the network.
        warnings.simplefilter("ignore")
        import numpy as np
        import torch
except ImportError as error:
    raise MissingFramework("PyTorch is not installed: `pip install 'archc[torch]'`") from error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Arrays = Mapping[str, Array]

COUNTER = "num_batches_tracked"
"""A batch norm's count of its steps, which is no weight."""


@contextmanager
def settings(dtype: torch.dtype) -> Iterator[None]:
    """Compute on one thread, with `dtype` where the source leaves it open."""
    threads, before = torch.get_num_threads(), torch.get_default_dtype()
    torch.set_num_threads(1)
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_default_dtype(before)


class Recorder:
    """The `_probe` of probed source: keeps what each layer gives, by path, channels last."""

    def __init__(self) -> None:
        self.paths: dict[int, str] = {}
        self.turns: Counter[tuple[int, str]] = Counter()
        self.values: dict[str, Array] = {}

    def __call__(self, owner: torch.nn.Module, local: str, value: Any, first: bool, part: int | None = None) -> Any:
        """Keep `value`, the result of layer `local` of module `owner`, and return it for the layers after it.

        `first` tells whether its channels stand first. Of several values, the layer's is the one at `part`.
        """
        if not self.paths:
            return value
        if part is not None:
            return [*value[:part], self(owner, local, value[part], first), *value[part + 1 :]]
        if "#" in local:
            turn = self.turns[id(owner), local]
            self.turns[id(owner), local] += 1
            local = local.replace("#", str(turn))
        prefix = self.paths[id(owner)]
        return self.keep(".".join(part for part in (prefix, local) if part), value, first)

    def keep(self, path: str, value: torch.Tensor, first: bool) -> torch.Tensor:
        """Keep what one layer gives, as it is now: the layer after it may overwrite it. Return what that one takes."""
        self.values[path] = last(value, first).numpy().copy()
        return value

    def watch(self, model: torch.nn.Module) -> None:
        """Learn the paths of a model's modules; before, nothing is kept."""
        self.paths = {id(module): path for path, module in model.named_modules()}

    def stop(self) -> dict[str, Array]:
        """Return what was kept, and keep nothing of what comes."""
        found, self.paths, self.turns, self.values = self.values, {}, Counter(), {}
        return found


def last(value: torch.Tensor, first: bool) -> torch.Tensor:
    """Move channels from first to last where they are first."""
    return value.detach().movedim(1, -1) if first else value.detach()


def silence_dropout(model: torch.nn.Module) -> None:
    """Set every dropout rate, and every noise, to zero."""
    for module in model.modules():
        if isinstance(module, torch.nn.modules.dropout._DropoutNd):
            module.p = 0.0
        if type(module).__name__ == "GaussianNoise":
            vars(module)["stddev"] = 0.0
        if isinstance(getattr(module, "dropout", None), float):  # attention's
            module.__dict__["dropout"] = 0.0


def build(graph: Graph, plain: Emitted, probed: Emitted, *, dtype: str) -> TorchRunner:
    """Return the runner of emitted source; `probed` is the same source with probes."""
    return TorchRunner(graph, plain, probed, dtype)


class TorchRunner:
    """A model built from emitted PyTorch source."""

    def __init__(self, graph: Graph, plain: Emitted, probed: Emitted, dtype: str, **given: Any) -> None:
        self.graph = graph
        self.layouts = {**probed.layouts, **plain.layouts}
        self.output_layouts = {**probed.outputs, **plain.outputs}
        self.probed = probed.source
        self.dtype: torch.dtype = getattr(torch, dtype)
        self.seen: tuple[Arrays, dict[str, Array]] | None = None
        """The inputs of `layers`, and what came out of the same pass."""
        self.recorder = Recorder()
        self.one = alike(plain.source, ast.parse(self.probed), 2)
        with settings(self.dtype):
            self.model = self._probed(self.recorder) if self.one else self._model(plain.source, **given)

    def _model(self, source: str, **given: Any) -> torch.nn.Module:
        module = execute(source, self.graph.name, **given)
        model: torch.nn.Module = last_defined(module, type)().to(self.dtype)
        silence_dropout(model)
        return model

    def _probed(self, recorder: Recorder) -> torch.nn.Module:
        return self._model(self.probed, _probe=recorder)

    def load(self, weights: Arrays) -> None:
        """Set every weight."""
        self.seen = None
        held = self.model.state_dict()
        with torch.no_grad():
            for name, array in weights.items():
                held[name].copy_(torch.from_numpy(np.array(array)))

    def weights(self) -> dict[str, Array]:
        """Return every weight."""
        held = self.model.state_dict()
        others = self.graph.zeros()
        return {
            name: value.numpy().copy()
            for name, value in held.items()
            if not name.endswith(COUNTER) and not (name in others and not value.any())
        }

    def layers(self, inputs: Arrays) -> dict[str, Array]:
        """Return what each named layer gives; raise RuntimeError where probes change what comes out."""
        recorder, model = self.recorder, self.model
        with settings(self.dtype), torch.no_grad():
            if not self.one:
                recorder = Recorder()
                model = self._probed(recorder)
                model.load_state_dict(self.model.state_dict(), assign=True)
            recorder.watch(model)
            logits = self._spec_order(self._run(model.eval(), inputs))
            found = recorder.stop() | self._probabilities(inputs)
        if self.one:
            self.seen = inputs, logits
            return found
        for name, array in self.outputs(inputs).items():
            if not np.array_equal(array, logits[name], equal_nan=True):
                raise RuntimeError(f"the probed PyTorch source gives another `{name}` than the plain one")
        return found

    def outputs(self, inputs: Arrays) -> dict[str, Array]:
        """Return each output's logits."""
        if self.seen is not None and self.seen[0] is inputs:
            return dict(self.seen[1])
        with settings(self.dtype), torch.no_grad():
            return self._spec_order(self._run(self.model.eval(), inputs))

    def gradients(self, inputs: Arrays, targets: Arrays) -> Gradients:
        """Return loss and gradients; the running statistics stay as they are."""
        kept = {name: buffer.clone() for name, buffer in self.model.named_buffers()}
        with settings(self.dtype):
            xs = self.tensors(inputs)
            floats = {name: x.requires_grad_() for name, x in xs.items() if x.is_floating_point()}
            loss, weights, into = self._backward(xs, targets, floats)
        with torch.no_grad():
            for name, buffer in self.model.named_buffers():
                buffer.copy_(kept[name])
        shapes = self.graph.inputs
        return Gradients(
            loss,
            {name: gradient.numpy() for name, gradient in weights.items()},
            {
                name: last(gradient, self.has_channels_first(name, shapes[name])).numpy()
                for name, gradient in into.items()
            },
        )

    def train(self, batches: Sequence[tuple[Arrays, Arrays]], learning_rate: float) -> Training:
        """Take one step of plain SGD for each batch."""
        self.seen = None
        losses = []
        with settings(self.dtype):
            for inputs, targets in batches:
                xs = self.tensors(inputs)
                # PyTorch crashes in group norm's gradient where channels lie last and its input's is not wanted.
                floats = {name: x.requires_grad_() for name, x in xs.items() if x.is_floating_point()}
                loss, gradients, _ = self._backward(xs, targets, floats)
                losses.append(loss)
                with torch.no_grad():
                    for name, weight in self.model.named_parameters():
                        if name in gradients:
                            weight.sub_(learning_rate * gradients[name])
        return Training(losses, self.weights())

    def _backward(
        self, xs: Mapping[str, torch.Tensor], targets: Arrays, wanted: Mapping[str, torch.Tensor]
    ) -> tuple[float, dict[str, torch.Tensor], dict[str, torch.Tensor]]:
        """Return the loss in training mode, and its gradients by the weights and by what is `wanted`."""
        weights = {name: weight for name, weight in self.model.named_parameters() if weight.requires_grad}
        loss = torch.zeros(())
        for output, logits in zip(self.graph.outputs, self.call(self.model.train(), xs), strict=True):
            assert output.tensor.shape is not None
            target = self._tensor(targets[output.name], output.tensor.shape, self.output_layouts.get(output.name))
            loss = loss + (logits - target).square().mean()
        if hasattr(self.model, "penalty"):
            loss = loss + self.model.penalty()  # type: ignore[operator]
        by = [*weights.values(), *wanted.values()]
        found = torch.autograd.grad(loss, by, allow_unused=True) if by else ()
        full = [torch.zeros_like(x) if g is None else g for x, g in zip(by, found, strict=True)]
        count = len(weights)
        return (
            float(loss.detach()),
            dict(zip(weights, full[:count], strict=True)),
            dict(zip(wanted, full[count:], strict=True)),
        )

    def call(self, model: Any, xs: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, ...]:
        """Return the logits of every output."""
        call = model.logits if any(output.final for output in self.graph.outputs) else model
        found = call(*xs.values())
        return found if isinstance(found, tuple) else (found,)

    def _run(self, model: torch.nn.Module, inputs: Arrays) -> tuple[torch.Tensor, ...]:
        return self.call(model, self.tensors(inputs))

    def _probabilities(self, inputs: Arrays) -> dict[str, Array]:
        """Return what plain `forward` gives after each final activation, by that layer's path."""
        if not any(output.final for output in self.graph.outputs):
            return {}
        found = self.model.eval()(*self.tensors(inputs).values())
        arrays = self._spec_order(found if isinstance(found, tuple) else (found,))
        return {output.final.path: arrays[output.name] for output in self.graph.outputs if output.final}

    def _spec_order(self, values: tuple[torch.Tensor, ...]) -> dict[str, Array]:
        found = {}
        for output, value in zip(self.graph.outputs, values, strict=True):
            assert output.tensor.shape is not None
            found[output.name] = last(
                value, channels_first(self.output_layouts.get(output.name), output.tensor.shape)
            ).numpy()
        return found

    def tensors(self, inputs: Arrays) -> dict[str, torch.Tensor]:
        """Return inputs as the source takes them."""
        return {
            name: self._tensor(inputs[name], shape, self.layouts.get(name)) for name, shape in self.graph.inputs.items()
        }

    def _tensor(self, array: Array, shape: Shape, layout: str | None) -> torch.Tensor:
        if shape.vocabulary is not None:
            return torch.from_numpy(np.array(array, np.int64))
        tensor = torch.from_numpy(np.array(array)).to(self.dtype)
        if not channels_first(layout, shape):
            return tensor
        # One channel is contiguous as it is, with strides that PyTorch takes for channels last: group norm crashes.
        return tensor.movedim(-1, 1).clone(memory_format=torch.contiguous_format)

    def has_channels_first(self, name: str, shape: Shape) -> bool:
        """Tell whether an input has its channels first in the source."""
        return channels_first(self.layouts.get(name), shape)


def channels_first(layout: str | None, shape: Shape) -> bool:
    """Tell whether an input or output of this layout has its channels first; images do where nothing is said."""
    return layout != "channels_last" and shape.axes[-1] == "channels" and len(shape.axes) > 1
