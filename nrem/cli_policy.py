"""`nrem policy`: show, try, set and take back the settings of an org."""

from pathlib import Path
from typing import Annotated

import typer

from nrem.cli_frame import Data, Json, answer, progress
from nrem.command import policy

policy_app = typer.Typer(
    help="The policy: the numbers by which memories are scored, faded, forgotten."
)

Pairs = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATH=JSON]...", help="Settings, as in tiers.short_idle_days=14."),
]
File = Annotated[
    Path | None, typer.Option("--file", help="A whole policy as JSON; the rest gets its default.")
]
Expected = Annotated[
    int | None, typer.Option("--expected-version", help="Refuse if another one is the newest.")
]


@policy_app.command("show")
def policy_show(
    context: typer.Context,
    version: Annotated[int | None, typer.Option(help="An earlier version; 0: defaults.")] = None,
    data: Data = None,
    *,
    whole: Annotated[bool, typer.Option("--all", help="Defaults too.")] = False,
    as_json: Json = False,
) -> None:
    """The policy in force, and where it differs from the defaults."""
    answer(
        context,
        data,
        lambda running: policy.show(running.admin, version),
        as_json=as_json,
        text=lambda found: policy.describe(found, whole=whole),
    )


@policy_app.command("set")
def policy_set(
    context: typer.Context,
    pairs: Pairs = None,
    file: File = None,
    expected: Expected = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Change some settings, or with --file all of them; in force at once."""
    answer(
        context,
        data,
        lambda running: policy.change(running.admin, policy.wanted(pairs or [], file), expected),
        as_json=as_json,
        text=policy.describe_change,
    )


@policy_app.command("preview")
def policy_preview(
    context: typer.Context,
    pairs: Pairs = None,
    file: File = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """How many memories a change would archive, forget and purge; changes nothing."""
    answer(
        context,
        data,
        lambda running: policy.preview(running.admin, policy.wanted(pairs or [], file), progress),
        as_json=as_json,
        text=policy.describe_preview,
    )


@policy_app.command("history")
def policy_history(context: typer.Context, data: Data = None, *, as_json: Json = False) -> None:
    """Every version, the newest first, and what it changed."""
    answer(
        context,
        data,
        lambda running: policy.history(running.admin),
        as_json=as_json,
        text=policy.describe_history,
    )


@policy_app.command("rollback")
def policy_rollback(
    context: typer.Context,
    version: Annotated[int, typer.Argument(min=0, help="The version to take up again.")],
    expected: Expected = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Make a new version that equals an earlier one; 0 stands for the defaults."""
    answer(
        context,
        data,
        lambda running: policy.roll_back(running.admin, version, expected),
        as_json=as_json,
        text=policy.describe_change,
    )
