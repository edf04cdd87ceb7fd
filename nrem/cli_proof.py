"""`nrem proof`: that an erasure leaves nothing of a person."""

from enum import StrEnum
from typing import Annotated

import typer

from nrem.cli_frame import Json, guarded
from nrem.command import proof as program


class Sabotage(StrEnum):
    """What to leave out, to see that it is noticed."""

    SKIP_REWRITE = "skip-rewrite"
    SKIP_DERIVED = "skip-derived"
    SKIP_WAL = "skip-wal"


Users = Annotated[int, typer.Option(min=4, help="How many people; every second one is erased.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed makes the same canaries.")]
Without = Annotated[
    Sabotage | None, typer.Option(help="Leave out a part of erasing: it must be found then.")
]


def proof(
    *, users: Users = 20, seed: Seed = 0, sabotage: Without = None, as_json: Json = False
) -> None:
    """Fill a system of its own with words that occur nowhere else, erase half the people, and look.

    Ends with 1 when a byte of who was erased is left, or a row of somebody else is not as it was.
    """
    guarded(
        lambda: program.run(
            users=users,
            seed=seed,
            sabotage=sabotage.value if sabotage else None,
            as_json=as_json,
        )
    )
