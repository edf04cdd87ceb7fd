"""`nrem hold`: keep memories from being purged while a case is open."""

from enum import StrEnum
from typing import Annotated

import typer

from nrem.cli_frame import Data, Json, answer
from nrem.command import hold

hold_app = typer.Typer(help="Legal holds: what is under one is never purged.")


class Kind(StrEnum):
    """What a hold stands over."""

    ORG = "org"
    AGENT = "agent"
    USER = "user"
    MEMORY = "memory"


@hold_app.command("place")
def hold_place(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="What to hold.")],
    reference: Annotated[str, typer.Option(help="The case, as those who ask for it call it.")],
    ref: Annotated[str | None, typer.Argument(help="Its id; none for the org.")] = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Keep the org, an agent, a user or a memory from being purged."""
    answer(
        context,
        data,
        lambda running: hold.place(running.admin, kind, ref, reference),
        as_json=as_json,
        text=hold.describe,
    )


@hold_app.command("list")
def hold_list(
    context: typer.Context,
    data: Data = None,
    *,
    standing: Annotated[bool, typer.Option("--standing", help="Not the lifted ones.")] = False,
    as_json: Json = False,
) -> None:
    """Every hold of the org, oldest first."""
    answer(
        context,
        data,
        lambda running: hold.find(running.admin, is_standing=standing),
        as_json=as_json,
        text=hold.describe_all,
    )


@hold_app.command("lift")
def hold_lift(
    context: typer.Context, hold_id: str, data: Data = None, *, as_json: Json = False
) -> None:
    """Lift a hold; the next run of the pass expire purges what is due by then."""
    answer(
        context,
        data,
        lambda running: hold.lift(running.admin, hold_id),
        as_json=as_json,
        text=hold.describe,
    )
