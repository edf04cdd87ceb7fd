"""`nrem promote-explain`: why a memory is promoted or not."""

from typing import Annotated

import typer

from nrem.cli_frame import Data, Json, guarded, progress, settings_for, show
from nrem.command import promotion, system


def promote_explain(
    context: typer.Context,
    memory_id: Annotated[str, typer.Argument(metavar="MEMORY", help="A memory's id.")],
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Why a memory is promoted or not: what is alike, which gates are passed, what is missing."""

    def work() -> int:
        with system.opened(settings_for(context, data), progress) as running:
            found = promotion.read(running.server, memory_id)
        show(found, as_json=as_json, text=lambda: promotion.describe(found))
        return 0

    guarded(work)
