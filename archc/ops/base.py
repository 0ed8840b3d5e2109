"""What every op is made of: arguments, shapes, weights, cost and examples, told once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, TypeVar, dataclass_transform

from archc.ops.words import WORDS, Word
from archc.shapes import Shape, Size, product


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED: Any = _Required()


class Argument(NamedTuple):
    """One argument of an op. `default` is REQUIRED where it must be given."""

    help: str
    default: Any
    word: Word
    name: str = ""

    def accepts(self, value: Any) -> bool:
        """Tell whether a plain value may stand here. What is left out by default may be null."""
        return (value is None and self.default is None) or self.word.accepts(value)

    def freeze(self, value: Any) -> Any:
        """Turn an accepted plain value into the form that ops hold."""
        return freeze(value, self.word.whole)


class Example(NamedTuple):
    """A use of an op: its arguments, what goes in (one shape, or several) and what must come out."""

    args: dict[str, Any]
    input: Shape | tuple[Shape, ...]
    output: Shape

    @property
    def inputs(self) -> tuple[Shape, ...]:
        return (self.input,) if isinstance(self.input, Shape) else self.input


class Weight(NamedTuple):
    """A tensor that a layer holds, in PyTorch's layout. `initial` is a distribution's name and its numbers."""

    shape: tuple[Size, ...]
    initial: tuple[str | float, ...] = ("glorot_uniform",)
    trainable: bool = True

    @property
    def elements(self) -> Size:
        return product(self.shape)


class ShapeError(Exception):
    """An op cannot take what it is given. `argument` is the one at fault, where one is.

    `differing` holds the places, in the op's inputs, of two that do not go together.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        argument: str = "",
        label: str = "",
        help: str = "",
        differing: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.argument = argument
        self.label = label
        self.help = help
        self.differing = differing


def arg(help: str, *, default: Any = REQUIRED, word: Word | None = None) -> Any:
    """Describe an argument. Its word is the annotation's unless `word` is given."""
    return Argument(help, default, word if word is not None else WORDS["Flag"], "" if word is None else word.name)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(arg,))
class Op:
    """A layer or a function of tensors, apart from any framework. Immutable; equal where type and arguments are."""

    name: ClassVar[str] = ""
    family: ClassVar[str] = ""
    paper: ClassVar[str] = ""
    arguments: ClassVar[dict[str, Argument]] = {}
    examples: ClassVar[tuple[Example, ...]] = ()
    defaults: ClassVar[dict[str, Any]] = {}
    merges: ClassVar[bool] = False
    """True where the op takes several tensors: its map then holds named branches."""
    exactly: ClassVar[int] = 0
    """How many tensors a merge takes; 0 for two or more."""
    most_inputs: ClassVar[int] = 1
    """How many tensors `from` may name, where the op does not merge."""
    absent: ClassVar[dict[str, str]] = {}
    """Arguments that one may look for in vain, with why there are none."""

    def __init_subclass__(cls) -> None:
        arguments = dict(cls.arguments)
        for name, annotation in cls.__annotations__.items():
            argument = cls.__dict__.get(name)
            if isinstance(argument, Argument):
                word = argument.word if argument.name else WORDS[str(annotation).removesuffix(" | None")]
                arguments[name] = Argument(argument.help, argument.default, word, name)
                delattr(cls, name)
        cls.arguments = arguments
        cls.defaults = {a.name: a.default for a in arguments.values() if a.default is not REQUIRED}

    def __init__(self, **values: Any) -> None:
        """Take checked values: whole numbers as int, lists as tuples (see `freeze`)."""
        self.__dict__.update(self.defaults)
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{self.name} is immutable")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), repr(sorted(self.__dict__.items()))))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.__dict__.items())})"

    def replace(self, **values: Any) -> Any:
        """Return the same op with some arguments changed."""
        return type(self)(**{**self.__dict__, **values})

    # Any arguments here, so that an op may name the shapes it takes.
    def output(self, *xs: Any, **_named: Any) -> Shape:
        """Return the shape that comes out. Raises ShapeError where the op cannot take `xs`."""
        shape: Shape = xs[0]
        return shape

    def weights(self, *_xs: Any, **_named: Any) -> dict[str, Weight]:
        """Return the tensors that the layer holds, by name within the layer, in PyTorch's layout and order."""
        return {}

    def zeros(self, *_xs: Any, **_named: Any) -> dict[str, tuple[Size, ...]]:
        """Return the tensors that PyTorch's layer holds besides, by name: they are no weights, but zero for ever."""
        return {}

    def macs(self, *_shapes: Any, **_named: Any) -> Size:
        """Return the multiply-accumulates of one example: for the first input, the output and any further inputs."""
        return 0


OPS: dict[str, type[Op]] = {}
"""Every op by its name in a spec."""

OpClass = TypeVar("OpClass", bound=type[Op])


def op(name: str) -> Callable[[OpClass], OpClass]:
    """Register an op under the name that specs use."""

    def register(cls: OpClass) -> OpClass:
        cls.name = name
        cls.family = cls.__module__.rpartition(".")[2]
        OPS[name] = cls
        return cls

    return register


def freeze(value: Any, whole: bool = False) -> Any:
    """Turn a checked plain value into the form that ops hold: lists as tuples, 2.0 as 2 where `whole` is meant."""
    if isinstance(value, (list, tuple)):
        return tuple(freeze(v, whole) for v in value)
    if isinstance(value, dict):
        return {k: freeze(v, whole) for k, v in value.items()}
    return int(value) if whole and isinstance(value, float) else value
