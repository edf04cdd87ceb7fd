"""What every command of the program shares: its options, its two streams and its exit codes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from nrem.command import system
from nrem.command.system import System
from nrem.config import Settings
from nrem.errors import ConfigError, NremError

Data = Annotated[
    Path | None, typer.Option("--data", help="The one directory with everything nrem keeps.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def say(line: str) -> None:
    """A line of the answer."""
    typer.echo(line)


def progress(line: str) -> None:
    """A line about what is going on."""
    typer.echo(f"nrem: {line}", err=True)


def show(value: Any, *, as_json: bool, text: Callable[[], str]) -> None:  # noqa: ANN401 - JSON
    """The answer, as one JSON object or as text for a person."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str) if as_json else text())


def guarded(work: Callable[[], int]) -> NoReturn:
    """Run a command; errors on purpose become one line and a status."""
    try:
        code = work()
    except ConfigError as error:
        progress(str(error))
        code = 2
    except NremError as error:
        progress(str(error))
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.stdout.flush()
    raise typer.Exit(code)


def settings_of(data: Path | None, **given: object) -> Settings:
    """The settings of the environment, with those of the command line."""
    return Settings(**({"data_dir": data} if data else {}), **given)


def settings_for(context: typer.Context, data: Path | None) -> Settings:
    """The settings of a command below the program; `--data` may stand before or after it."""
    # A command that starts a system of its own must not fight for the usual ports.
    return settings_of(data or context.obj, api_port=0, admin_port=0)


def answer(
    context: typer.Context,
    data: Path | None,
    ask: Callable[[System], Any],
    *,
    as_json: bool,
    text: Callable[[Any], str],
) -> NoReturn:
    """Print what `ask` gets from the system that serves, or from one of the command's own."""

    def work() -> int:
        with system.opened(settings_for(context, data), progress) as running:
            found = ask(running)
        show(found, as_json=as_json, text=lambda: text(found))
        return 0

    guarded(work)
