"""`nrem fuzz`: requests of every kind, and no 5xx to any."""

from typing import Annotated

import typer

from nrem.cli_frame import Data, Json, guarded
from nrem.command import fuzz as program

Requests = Annotated[int, typer.Option(min=1, help="How many requests to send.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed makes the same requests.")]
Only = Annotated[
    str | None, typer.Option(metavar="'METHOD /path'", help="One operation, by its path template.")
]


def fuzz(
    context: typer.Context,
    *,
    requests: Requests = 50_000,
    seed: Seed = 1,
    only: Only = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Send requests made from the OpenAPI documents of both listeners, fitting and not.

    They are sent with the development keys and change what is in their org; use a data directory
    of its own.
    """
    guarded(
        lambda: program.run(
            requests=requests,
            seed=seed,
            only=only,
            data_dir=data or context.obj,
            as_json=as_json,
        )
    )
