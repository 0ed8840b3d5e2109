"""The commands. A command's module is imported only when the command is used, so that each starts fast."""

from __future__ import annotations

from importlib import import_module

import click

from archc import __version__

COMMANDS = {
    "new": "Print a commented spec to start from.",
    "check": "Report all that is wrong with specs.",
    "compile": "Write a network as source for one framework.",
    "summary": "Show shapes, parameters and cost, per layer and in all; or compare networks.",
    "diff": "Say what changed from one network to another.",
    "draw": "Draw a network, as SVG, PNG, HTML, Mermaid or DOT.",
    "verify": "Prove that the sources for two frameworks compute the same.",
    "train": "Write a training script, and run it.",
    "weights": "Carry trained weights from one framework to the other.",
    "features": "Show what a trained network responds to, as a page.",
    "study": "Train over a grid of params and data, and report what is enough.",
    "report": "Write one page about a network.",
    "fmt": "Write specs in the one canonical layout.",
    "ops": "List the ops, or explain one.",
    "backends": "List the frameworks that sources can be written for.",
    "conformance": "Test an installed backend against the one that is trusted.",
    "explain": "Explain an error by its code.",
    "lsp": "Run the language server, for editors.",
    "schema": "Print the JSON Schema of specs, for editors.",
}
"""Every command and what it does; the module of the same name here holds it."""


class Commands(click.Group):
    """The group that knows its commands by name and imports the one that is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"archc.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from archc.problems import nearest

            close = nearest(args[0], COMMANDS)
            hint = f"did you mean `{close}`?" if close else f"commands: {', '.join(COMMANDS)}"
            raise click.UsageError(f"there is no command `{args[0]}`; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="archc", message="%(prog)s %(version)s")
def commands() -> None:
    """Compile a network's YAML spec to PyTorch and Keras source.

    \b
    Example:
        archc new my_network > my_network.yaml
        archc compile my_network.yaml --backend torch -o my_network.py
    """  # noqa: D301
