"""`nrem purge`: erasures, as operators ask for them."""

from typing import Annotated

import typer

from nrem.cli_frame import Data, Json, guarded, progress, settings_for, show
from nrem.command import purge_replay


def purge_command(
    context: typer.Context,
    data: Data = None,
    *,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="Do again what a restored database does not know of."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Carry out erasures."""
    if not replay:
        raise typer.BadParameter("say --replay")

    def work() -> int:
        found = purge_replay.run(settings_for(context, data), progress)
        show(found, as_json=as_json, text=lambda: purge_replay.describe(found))
        return 0

    guarded(work)
