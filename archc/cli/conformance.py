"""`archc conformance`: the tests that every backend should pass, for those who write one."""

from __future__ import annotations

import click

from archc.cli.options import format_option


@click.command("conformance", short_help="Test an installed backend against the one that is trusted.")
@click.option("--backend", metavar="NAME", required=True, help="Which backend to test.")
@click.option("--against", metavar="NAME", help="Which to trust; `torch`, or `keras` for that one itself.")
@click.option("--random", "count", type=click.IntRange(0, 100_000), default=20, show_default=True, help="Networks.")
@format_option("text", "json")
def command(backend: str, against: str | None, count: int, form: str) -> None:
    """Run every op's examples, small networks, random ones and hostile text through a backend.

    \b
    Example:
        archc conformance --backend numpy

    Each op and network passes, is refused by the backend with a reason, or fails with the first difference; the exit
    code is 1 where one fails. A backend whose models are for inference alone is compared as far as that goes.
    """  # noqa: D301
    from archc.backend import find
    from archc.testing.conformance import conformance

    chosen = find(backend)
    trusted = find(against or ("keras" if backend == "torch" else "torch"))
    if chosen is trusted:
        raise click.BadParameter("is the backend that is tested", param_hint="--against")
    for needed in (chosen, trusted):
        needed.versions()
    report = conformance(chosen, trusted, count=count)
    if form == "json":
        import json

        click.echo(json.dumps(report.to_json(), indent=2))
    else:
        click.echo(report.text())
    if report.failed:
        click.get_current_context().exit(1)
