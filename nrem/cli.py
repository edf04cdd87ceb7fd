"""The `nrem` program. Without a command: the main job, then serving until Ctrl-C.

With `--json` a command prints progress to stderr and exactly one JSON object to stdout. It exits
with 0 when what it reports holds, 1 when it does not, 2 on wrong usage or settings.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from nrem import __version__, cli_hold, cli_policy
from nrem.command import duty, evaluate, keys, load, main_job, parked, status, system
from nrem.config import Settings
from nrem.errors import ConfigError, NremError

app = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False)
parked_app = typer.Typer(help="Work that was set aside: list it, look at it, replay or drop it.")
keys_app = typer.Typer(help="API keys.")
app.add_typer(parked_app, name="parked")
app.add_typer(keys_app, name="keys")
eval_app = typer.Typer(help="Measures of quality, on real conversations.")
app.add_typer(eval_app, name="eval")
app.add_typer(cli_policy.app, name="policy")
app.add_typer(cli_hold.app, name="hold")

Data = Annotated[
    Path | None, typer.Option("--data", help="The one directory with everything nrem keeps.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Files = Annotated[list[Path], typer.Argument(help="Conversations: LoCoMo samples or own files.")]


class KeyKind(StrEnum):
    """Which scopes a new key gets; see `keys.KINDS`."""

    API = "api"
    ADMIN = "admin"
    PURGE = "purge"


def _say(line: str) -> None:
    typer.echo(line)


def _progress(line: str) -> None:
    typer.echo(f"nrem: {line}", err=True)


def _settings(data: Path | None, **given: object) -> Settings:
    return Settings(**({"data_dir": data} if data else {}), **given)


def _guarded(work: Callable[[], int]) -> NoReturn:
    """Run a command; errors on purpose become one line and a status."""
    try:
        code = work()
    except ConfigError as error:
        _progress(str(error))
        code = 2
    except NremError as error:
        _progress(str(error))
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.stdout.flush()
    raise typer.Exit(code)


def _print(value: Any, *, as_json: bool, text: Callable[[], str]) -> None:  # noqa: ANN401 - JSON
    typer.echo(json.dumps(value, ensure_ascii=False, default=str) if as_json else text())


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    data: Data = None,
    port: Annotated[int, typer.Option(help="Public port; 0 = any free one.")] = 8000,
    admin_port: Annotated[int, typer.Option(help="Admin port; 0 = any free one.")] = 8001,
    *,
    exit_after: Annotated[
        bool, typer.Option("--exit", help="End after the main job instead of serving.")
    ] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Turn a sample conversation into memory, show it, and serve until Ctrl-C."""
    if version:
        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is not None:
        context.obj = data
        return

    def work() -> int:
        settings = _settings(data, api_port=port, admin_port=admin_port)
        return _main_job(settings, exit_after=exit_after)

    _guarded(work)


def _main_job(settings: Settings, *, exit_after: bool) -> int:
    with system.started(settings, _progress) as running:
        main_job.run(running.server, _progress, _say)
        main_job.introduce(running, _say)
        if not exit_after and running.own is not None:
            running.own.wait()
    return 0


def _data(context: typer.Context, data: Path | None) -> Settings:
    # A command that starts a system of its own must not fight for the usual ports.
    return _settings(data or context.obj, api_port=0, admin_port=0)


@app.command("load")
def load_command(
    context: typer.Context, files: Files, data: Data = None, *, as_json: Json = False
) -> None:
    """Feed conversations through HTTP and wait until they are consolidated."""

    def work() -> int:
        with system.opened(_data(context, data), _progress) as running:
            done = load.load(running.server, files, _progress)
        _print(asdict(done), as_json=as_json, text=lambda: load.describe(done))
        return 1 if done.errors else 0

    _guarded(work)


@app.command("recall")
def recall_command(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="What to remember.")],
    agent: Annotated[str | None, typer.Option(help="One agent; default: all of them.")] = None,
    user: Annotated[str | None, typer.Option(help="Only what is about this user.")] = None,
    top_k: Annotated[int, typer.Option(min=1, max=1000)] = 5,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Ask the memories of an agent, or of all agents."""

    def work() -> int:
        with system.opened(_data(context, data), _progress) as running:
            results = main_job.ask(running.server, query, agent=agent, user=user, top_k=top_k)
        _print(
            {"results": results}, as_json=as_json, text=lambda: main_job.describe_results(results)
        )
        return 0 if results else 1

    _guarded(work)


@app.command("status")
def status_command(context: typer.Context, data: Data = None, *, as_json: Json = False) -> None:
    """Which processes live, what waits, and how old the oldest of it is."""

    def work() -> int:
        with system.opened(_data(context, data), _progress) as running:
            found = status.read(_data(context, data), running)
        _print(found, as_json=as_json, text=lambda: status.describe(found))
        return 0

    _guarded(work)


@app.command("pass")
def pass_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The pass: score, embed, consolidate, decay …")],
    org: Annotated[int | None, typer.Option(help="Only this org.")] = None,
    now: Annotated[str | None, typer.Option(help="The instant to work at, ISO 8601.")] = None,
    data: Data = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Until nothing is due, then end.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Run one pass in the foreground; suits a system cron."""
    if not once and not dry_run:
        raise typer.BadParameter("say --once (or --dry-run): a pass is no server")

    def work() -> int:
        settings = _data(context, data)
        with system.opened(settings, _progress):
            return duty.run(settings, name, org=org, now=now, dry_run=dry_run, as_json=as_json)

    _guarded(work)


@parked_app.command("list")
def parked_list(context: typer.Context, data: Data = None, *, as_json: Json = False) -> None:
    """What is set aside, oldest first."""

    def work() -> int:
        settings = _data(context, data)
        with system.opened(settings, _progress):
            found = parked.read(settings)
        _print({"parked": found}, as_json=as_json, text=lambda: parked.describe(found))
        return 0

    _guarded(work)


@parked_app.command("show")
def parked_show(
    context: typer.Context, parked_id: str, data: Data = None, *, as_json: Json = False
) -> None:
    """One parked piece of work: its pass, its item, why and when."""

    def work() -> int:
        settings = _data(context, data)
        with system.opened(settings, _progress):
            found = parked.read(settings, parked_id)
        _print(found[0], as_json=as_json, text=lambda: parked.describe(found))
        return 0

    _guarded(work)


@parked_app.command("replay")
def parked_replay(context: typer.Context, parked_id: str, data: Data = None) -> None:
    """Give parked work another chance."""
    _resolve(context, parked_id, data, parked.replay)


@parked_app.command("drop")
def parked_drop(context: typer.Context, parked_id: str, data: Data = None) -> None:
    """Give parked work up for good."""
    _resolve(context, parked_id, data, parked.drop)


@keys_app.command("create")
def keys_create(
    context: typer.Context,
    org: Annotated[str, typer.Option(help="The org's name; made if there is none.")],
    kind: Annotated[KeyKind, typer.Option(help="What the key opens.")] = KeyKind.API,
    data: Data = None,
) -> None:
    """Make a key and print it, the only time it can be seen."""

    def work() -> int:
        settings = _data(context, data)
        if settings.migrate_database_url is None:
            with system.opened(settings, _progress):
                _say(keys.create(settings, org, kind))
        else:
            _say(keys.create(settings, org, kind))
        return 0

    _guarded(work)


def _resolve(
    context: typer.Context,
    parked_id: str,
    data: Path | None,
    resolve: Callable[[Settings, str], None],
) -> None:
    def work() -> int:
        settings = _data(context, data)
        with system.opened(settings, _progress):
            resolve(settings, parked_id)
        return 0

    _guarded(work)


@eval_app.command("locomo")
def eval_locomo(
    context: typer.Context, files: Files, data: Data = None, *, as_json: Json = False
) -> None:
    """Ask the questions of LoCoMo files and compare recall with plain search over the turns."""

    def work() -> int:
        settings = _data(context, data)
        with system.opened(settings, _progress) as running:
            found = evaluate.run(settings, running, files, _progress)
        _print(found, as_json=as_json, text=lambda: evaluate.describe(found))
        return 0 if evaluate.holds(found) else 1

    _guarded(work)


if __name__ == "__main__":
    app()
