"""`nrem import …`: memories from elsewhere, carried over through the API."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Final

import typer

from nrem.cli_frame import Data, Json, guarded, progress, settings_for, show
from nrem.command import import_run, import_z3rno, import_zeno, import_zeno_run, keys, system
from nrem.command.import_jsonl import Jsonl
from nrem.command.import_ledger import Ledger
from nrem.command.import_source import Source
from nrem.config import Settings
from nrem.embedded import stack
from nrem.sdk import Client
from nrem.zeno.link import AGENT, Link

import_app = typer.Typer(help="Carries memories over from elsewhere; a repeat changes nothing.")

Url = Annotated[
    str | None,
    typer.Option("--url", help="A server to carry to; its key stands in NREM_API_KEY."),
]
_BAR: Final = 40


@import_app.command("z3rno")
def import_z3rno_(
    context: typer.Context,
    dsn: Annotated[str, typer.Option("--dsn", help="Address of the Z3rno database.")],
    org: Annotated[str | None, typer.Option("--org", help="Which org, if it has several.")] = None,
    url: Url = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Carry one org of a Z3rno database over: memories, relationships and conversations."""
    settings = settings_for(context, data)
    guarded(lambda: _run(import_z3rno.opened(dsn, org), settings, url, as_json=as_json))


@import_app.command("jsonl")
def import_jsonl(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Files with one memory per line.")],
    url: Url = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Carry memories over from files with one JSON object per line."""
    settings = settings_for(context, data)
    guarded(lambda: _run(nullcontext(Jsonl(files)), settings, url, as_json=as_json))


@import_app.command("zeno")
def import_zeno_(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("--dir", help="Where zeno-memory's SQLite files lie.")],
    agent: Annotated[
        str, typer.Option("--agent", help="In whose name stores keep what names no agent.")
    ] = AGENT,
    org: Annotated[str, typer.Option("--org", help="The org to carry to.")] = keys.ORG,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Carry zeno-memory's sessions, conversations, memories, cards and observations over."""
    settings = settings_for(context, data)

    def work() -> int:
        files = import_zeno.find(folder)
        with system.opened(settings, progress):
            url = stack.urls(settings).api
            reached = settings.model_copy(update={"database_url": url})
            with closing(Link(reached, org=org, agent=agent)) as link:
                done = import_zeno_run.ZenoImport(link, files, _bar).run()
        show(done, as_json=as_json, text=lambda: import_zeno_run.describe(done))
        return 1 if done["refused_count"] else 0

    guarded(work)


def _run(
    given: AbstractContextManager[Source], settings: Settings, url: str | None, *, as_json: bool
) -> int:
    with (
        given as source,
        _client(settings, url) as client,
        Ledger(settings.data_dir, source.name, url or "") as ledger,
    ):
        done = import_run.Import(client, source, ledger, _bar).run().shown()
    show(done, as_json=as_json, text=lambda: import_run.describe(done))
    return 1 if done["refused_count"] else 0


@contextmanager
def _client(settings: Settings, url: str | None) -> Iterator[Client]:
    """A client of the server named, else of the system of the data directory."""
    if url is not None:
        with Client(url) as client:
            yield client
        return
    with (
        system.opened(settings, progress) as running,
        Client(running.endpoints.api, running.keys.api) as client,
    ):
        yield client


def _bar(done: int, total: int) -> None:
    """How far it is: a bar on a terminal, a line now and then elsewhere."""
    part = done / total if total else 1.0
    if sys.stderr.isatty():
        filled = "#" * round(part * _BAR)
        sys.stderr.write(f"\r[{filled:.<{_BAR}}] {done} of {total}")
        sys.stderr.write("\n" if done >= total else "")
        sys.stderr.flush()
    else:
        progress(f"{done} of {total}")
