"""File params and what binds them: defaults, then a variant, then single settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archc.document import Source
from archc.problems import Problems, nearest, whole_file
from archc.read import read
from archc.spec import Spec
from archc.training.words import KEYS
from archc.values import Scope, given


def bind(spec: Spec, variant: str | None, settings: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """Return the file's params with their values. A variant or a setting that does not exist is a problem."""
    unknown_names(spec, variant, settings, problems)
    values = {name: param.default.value for name, param in spec.params.items() if param.default is not None}
    if variant is not None:
        values.update({name: setting.value for name, setting in spec.variants.get(variant, {}).items()})
    values.update({name: value for name, value in settings.items() if name in spec.params})
    for name, param in spec.params.items():
        if name not in values:
            problems.add(
                "E0407",
                f"param `{name}` of the file has no default",
                param.mark,
                help=f"add one, or `--set {name}=...`",
            )
            values[name] = 1
    return values


def unknown_names(spec: Spec, variant: str | None, settings: Mapping[str, Any], problems: Problems) -> None:
    """Report a variant or a setting that the file does not have."""
    if variant is not None and variant not in spec.variants:
        close = nearest(variant, spec.variants)
        problems.add(
            "E0416", f"{spec.file} has no variant `{variant}`", whole_file(f"--variant {variant}"),
            help=f"did you mean `{close}`?" if close else f"variants: {', '.join(spec.variants) or 'none'}",
        )  # fmt: skip
    for name in settings:
        if name not in spec.params:
            close = f"training.{name}" if name in KEYS else nearest(name, spec.params)
            problems.add(
                "E0414", f"{spec.file} has no param `{name}`", whole_file(f"--set {name}"),
                help=f"did you mean `{close}`?" if close else f"params: {', '.join(spec.params) or 'none'}",
            )  # fmt: skip


def setting(text: str, problems: Problems) -> tuple[str, Any]:
    """Parse `NAME=VALUE`, the value as YAML. Raises ValueError where there is no `=`."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise ValueError("NAME=VALUE is wanted")
    source = Source(f"--set {name}", value or "''")
    problems.sources[source.name] = source
    node = read(source, problems)
    return name.strip(), None if node is None else given(node, Scope.literal(problems)).value
