"""File params and what binds them: defaults, then a variant, then single settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archc.document import Source
from archc.problems import Problems, nearest
from archc.read import read
from archc.spec import Spec
from archc.values import Scope, given


def bind(spec: Spec, variant: str | None, settings: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """Return the file's params with their values. A variant or a setting that does not exist is a problem."""
    values = {name: param.default.value for name, param in spec.params.items() if param.default is not None}
    if variant is not None:
        if variant in spec.variants:
            values.update({name: setting.value for name, setting in spec.variants[variant].items()})
        else:
            close = nearest(variant, spec.variants)
            known = ", ".join(spec.variants) or "none"
            problems.add(
                "E0416", f"there is no variant `{variant}`", spec.node.mark,
                help=f"did you mean `{close}`?" if close else f"variants: {known}",
            )  # fmt: skip
    for name, value in settings.items():
        if name in spec.params:
            values[name] = value
        else:
            close = nearest(name, spec.params)
            known = ", ".join(spec.params) or "none"
            problems.add(
                "E0414", f"there is no param `{name}`", spec.node.mark,
                help=f"did you mean `{close}`?" if close else f"params: {known}",
            )  # fmt: skip
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


def setting(text: str, problems: Problems) -> tuple[str, Any]:
    """Parse `NAME=VALUE`, the value as YAML. Raises ValueError where there is no `=`."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError("NAME=VALUE is wanted")
    source = Source(f"--set {name}", value or "''")
    problems.sources[source.name] = source
    node = read(source, problems)
    return name.strip(), None if node is None else given(node, Scope.literal(problems)).value
