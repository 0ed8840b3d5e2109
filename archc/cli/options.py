"""What several commands take: a spec, and what binds its params."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from archc.problems import Problems

Function = TypeVar("Function", bound=Callable[..., Any])


def _settings(_ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]) -> dict[str, Any]:
    """Parse every `--set NAME=VALUE`; the last of the same name holds."""
    if not texts:
        return {}
    from archc.bind import setting

    found = {}
    for text in texts:
        problems = Problems()
        try:
            name, value = setting(text, problems)
        except ValueError as error:
            raise click.BadParameter(f"{error}, not `{text}`") from None
        if problems.found:
            raise click.BadParameter(f"`{text}`: {problems.found[0].message}")
        found[name] = value
    return found


def setting_option(function: Function) -> Function:
    """Add `--set` to a command."""
    return click.option(
        "--set",
        "settings",
        metavar="NAME=VALUE",
        multiple=True,
        callback=_settings,
        help="Give a param of the file a value.",
    )(function)


def parted(spec: str, variant: str | None) -> tuple[str, str | None]:
    """Return the file and the variant that SPEC@VARIANT names; where a file is called so, `@` and all, that file."""
    import os

    path, at, name = spec.rpartition("@")
    if not at or variant is not None or not path or os.path.exists(spec):
        return spec, variant
    return path, name


def binding(function: Function) -> Function:
    """Add `--set` and `--variant` to a command."""
    function = setting_option(function)
    return click.option("--variant", metavar="NAME", help="Use the params of this variant.")(function)


def spec_argument(function: Function) -> Function:
    """Add the argument SPEC: a file, or `-` for standard input."""
    return click.argument("spec", metavar="SPEC")(function)


def format_option(*formats: str) -> Callable[[Function], Function]:
    """Add `--format`; the first of `formats` is what is used without it."""
    return click.option(
        "--format", "form", type=click.Choice(formats), default=formats[0], show_default=True, help="How to print it."
    )


__all__ = ["binding", "format_option", "parted", "setting_option", "spec_argument"]
