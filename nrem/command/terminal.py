"""What the commands that have files of their own share: options, errors, and the way to print."""

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


def progress(line: str) -> None:
    """Say a line that is no part of the answer."""
    typer.echo(f"nrem: {line}", err=True)


def answer(
    context: typer.Context,
    data: Path | None,
    ask: Callable[[System], Any],
    *,
    as_json: bool,
    text: Callable[[Any], str],
) -> NoReturn:
    """Print what `ask` gets from the system; errors on purpose become one line and a status."""
    try:
        # A command that starts a system of its own must not fight for the usual ports.
        given = {"data_dir": where} if (where := data or context.obj) else {}
        with system.opened(Settings(**given, api_port=0, admin_port=0), progress) as running:
            found = ask(running)
        typer.echo(json.dumps(found, ensure_ascii=False) if as_json else text(found))
        code = 0
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
