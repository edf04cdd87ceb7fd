"""`nrem bench …`: what things cost, each as a ratio within one run."""

from pathlib import Path
from typing import Annotated

import typer

from nrem.cli_frame import Json, guarded
from nrem.command import bench

bench_app = typer.Typer(help="Measures of cost, on servers of their own.")

Full = Annotated[bool, typer.Option("--full", help="The largest size, too; takes much longer.")]


@bench_app.command("graph")
def bench_graph(*, as_json: Json = False) -> None:
    """A hop over edges in recall, beside the recursive query over the edges alone."""
    guarded(lambda: bench.run("graph", is_full=False, as_json=as_json))


@bench_app.command("llm")
def bench_llm(
    file: Annotated[
        Path | None, typer.Argument(help="A conversation; default: the sample of the checkout.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Calls, tokens and money that a conversation takes, beside one call for each turn."""
    more = [str(file.absolute())] if file else []
    guarded(lambda: bench.run("llm", is_full=False, as_json=as_json, more=more))


@bench_app.command("decay")
def bench_decay(*, full: Full = False, as_json: Json = False) -> None:
    """A decay sweep against what is stored, and against rewriting every memory."""
    guarded(lambda: bench.run("decay", is_full=full, as_json=as_json))
