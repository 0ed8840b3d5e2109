"""Which names a spec may give, and why not."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")
LONGEST = 100
RESERVED = frozenset({"name", "from", "repeat", "when", "share"})
FUNCTIONS = frozenset({"min", "max", "abs", "round", "floor", "ceil", "len", "sum", "divisible"})
WORDS = frozenset({"true", "false", "and", "or", "not", "if", "else", "in"})

# The public attributes of `nn.Module` in PyTorch 2.13: a weight of such a name would shadow a method.
MODULE_ATTRIBUTES = frozenset(
    [
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "forward",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "ipu",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "set_extra_state",
        "set_submodule",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "xpu",
        "zero_grad",
    ]
)
# What the emitted PyTorch class defines itself.
MODEL_ATTRIBUTES = frozenset({"logits", "penalty", "reset_parameters"})
TAKEN = MODULE_ATTRIBUTES | MODEL_ATTRIBUTES | frozenset(keyword.kwlist)


def fault(name: str) -> str:
    """Return why `name` is no name in a spec; empty where it is one."""
    if len(name) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if not IDENTIFIER.match(name):
        return "is not a name: lower-case ASCII letters, digits and `_`, starting with a letter"
    return ""


def step_fault(name: str) -> str:
    """Return why a step cannot be called `name`, since it names weights in files; empty where it can."""
    if name not in TAKEN and len(name) <= LONGEST and IDENTIFIER.match(name):
        return ""
    found = fault(name)
    if found:
        return found
    if keyword.iskeyword(name):
        return "is a keyword of Python"
    if name in MODULE_ATTRIBUTES:
        return "is an attribute of PyTorch's `nn.Module`"
    if name in MODEL_ATTRIBUTES:
        return "is a method of the emitted PyTorch model"
    return ""


def harmless(name: str) -> str:
    """Return an identifier like `name`, for a spec that goes on being checked after a bad name."""
    return re.sub(r"[^a-z0-9_]", "_", name.lower())[:LONGEST] or "unnamed"


def model_name(wish: str, taken: Iterable[str]) -> str:
    """Return what an emitted file calls its model: `wish`, with `_` where Python or the file means another thing."""
    meant = keyword.iskeyword(wish) or hasattr(builtins, wish) or wish in taken
    return f"{wish}_" if meant else wish


def camel(name: str) -> str:
    """Return the class name: `conv_relu` gives `ConvRelu`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
