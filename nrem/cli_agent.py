"""`nrem agents`: give an agent another id."""

from typing import Annotated

import typer

from nrem.cli_frame import Data, Json, answer
from nrem.command import agent

agent_app = typer.Typer(help="Agents: what they are called.")


@agent_app.callback()
def agents() -> None:
    """Agents: what they are called."""


@agent_app.command("rename")
def agent_rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(help="What it is called.")],
    new: Annotated[str, typer.Argument(help="An id that no agent has.")],
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Give an agent another id; its cards, observations and memories stay its own."""
    answer(
        context,
        data,
        lambda running: agent.rename(running.admin, old, new),
        as_json=as_json,
        text=agent.describe,
    )
