"""`nrem preview …`: see what a pass would do before it does it, and have exactly that done."""

from typing import Annotated

import typer

from nrem.cli_frame import Data, Json, answer, progress
from nrem.command import preview

preview_app = typer.Typer(help="What a pass would do: ask, show, approve.")

PreviewId = Annotated[str, typer.Argument(metavar="ID", help="As `ask` printed it: prv_…")]


@preview_app.command("ask")
def preview_ask(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="PASS", help="consolidate, promote or reflect")],
    agent: Annotated[str | None, typer.Option(help="Only what this agent knows.")] = None,
    user: Annotated[str | None, typer.Option(help="And only of this user.")] = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Show what a pass would do now, with its evidence; nothing of it is done."""
    answer(
        context,
        data,
        lambda running: preview.ask(running.admin, name, agent=agent, user=user, progress=progress),
        as_json=as_json,
        text=preview.describe,
    )


@preview_app.command("show")
def preview_show(
    context: typer.Context, preview_id: PreviewId, data: Data = None, *, as_json: Json = False
) -> None:
    """Show a preview again; after 24 hours it shows nothing any more."""
    answer(
        context,
        data,
        lambda running: preview.show(running.admin, preview_id),
        as_json=as_json,
        text=preview.describe,
    )


@preview_app.command("approve")
def preview_approve(
    context: typer.Context, preview_id: PreviewId, data: Data = None, *, as_json: Json = False
) -> None:
    """Have exactly what a preview shows be done; refused when its sources changed since."""
    answer(
        context,
        data,
        lambda running: preview.approve(running.admin, preview_id, progress=progress),
        as_json=as_json,
        text=preview.describe,
    )
