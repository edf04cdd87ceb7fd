"""`nrem export`: everything that is kept about a person, as lines of JSON."""

from pathlib import Path
from typing import Annotated

import typer

from nrem.cli_frame import Data, guarded, progress, say, settings_for
from nrem.command import export, system


def export_command(
    context: typer.Context,
    user: Annotated[str, typer.Option(help="The person's id, as callers know it.")],
    out: Annotated[
        Path | None, typer.Option(help="A new file (0600); default: standard output.")
    ] = None,
    data: Data = None,
) -> None:
    """Everything that is kept about a person, with where it came from: a JSON object per line."""

    def work() -> int:
        with system.opened(settings_for(context, data), progress) as running:
            found = export.lines(running.admin, user)
            if out is None:
                for line in found:
                    say(line)
            else:
                progress(f"{export.into(out, found)} lines in {out}")
        return 0

    guarded(work)
