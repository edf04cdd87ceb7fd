"""`nrem schedule …` and `nrem runs …`: when passes run, and what their runs did."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from nrem.cli_frame import Data, Json, guarded, progress, settings_for, show
from nrem.command import runs, schedule, system
from nrem.command.server import Server

schedule_app = typer.Typer(help="When passes run: list, set, pause, resume, run now.")
runs_app = typer.Typer(help="What passes did: list runs, look at one, undo one.")

Pass = Annotated[str, typer.Argument(metavar="PASS", help="score, embed, consolidate, decay …")]


class OutcomeName(StrEnum):
    """How a run may end."""

    APPLIED = "applied"
    NOOP = "noop"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    FAILED = "failed"
    PARKED = "parked"


def _asked(context: typer.Context, data: Path | None, ask: Callable[[Server], Any]) -> Any:  # noqa: ANN401 - JSON
    with system.opened(settings_for(context, data), progress) as running:
        return ask(running.admin)


@schedule_app.command("list")
def schedule_list(context: typer.Context, data: Data = None, *, as_json: Json = False) -> None:
    """Each pass: expression, time zone, next and last instant, last outcome."""

    def work() -> int:
        found = _asked(context, data, schedule.read)
        show(found, as_json=as_json, text=lambda: schedule.describe(found["schedules"]))
        return 0

    guarded(work)


@schedule_app.command("set")
def schedule_set(
    context: typer.Context,
    name: Pass,
    cron: Annotated[str, typer.Argument(help="As in a crontab: '30 3 * * mon-fri'.")],
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="Such as Europe/Berlin; default: as it was.")
    ] = None,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Plan a pass; takes effect at its next instant, without a restart."""
    _change(
        context, data, lambda admin: schedule.plan(admin, name, cron, timezone), as_json=as_json
    )


@schedule_app.command("pause")
def schedule_pause(
    context: typer.Context, name: Pass, data: Data = None, *, as_json: Json = False
) -> None:
    """Let a pass rest; events are accepted, and its work stays due."""
    _change(context, data, lambda admin: schedule.rest(admin, name, paused=True), as_json=as_json)


@schedule_app.command("resume")
def schedule_resume(
    context: typer.Context, name: Pass, data: Data = None, *, as_json: Json = False
) -> None:
    """End the rest of a pass; what became due meanwhile is done."""
    _change(context, data, lambda admin: schedule.rest(admin, name, paused=False), as_json=as_json)


def _change(
    context: typer.Context,
    data: Path | None,
    change: Callable[[Server], dict[str, Any]],
    *,
    as_json: bool,
) -> None:
    def work() -> int:
        found = _asked(context, data, change)
        show(found, as_json=as_json, text=lambda: schedule.describe([found["schedule"]]))
        return 0

    guarded(work)


@schedule_app.command("run-now")
def schedule_run_now(
    context: typer.Context, name: Pass, data: Data = None, *, as_json: Json = False
) -> None:
    """Ask for a run, also of a pass that rests; the workers do it."""

    def work() -> int:
        asked = _asked(context, data, lambda admin: schedule.run_now(admin, name))
        show(asked, as_json=as_json, text=lambda: schedule.describe_request(asked))
        return 0

    guarded(work)


@runs_app.command("list")
def runs_list(
    context: typer.Context,
    duty: Annotated[str | None, typer.Option("--pass", help="Only this pass.")] = None,
    outcome: Annotated[OutcomeName | None, typer.Option(help="Only these.")] = None,
    cause: Annotated[str | None, typer.Option(help="Its beginning will do: tick:decay.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 20,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Runs, newest first: why, what they read and changed, how they ended."""

    def work() -> int:
        filters = {"pass": duty, "outcome": outcome, "cause": cause}
        found = _asked(context, data, lambda admin: runs.read(admin, limit=limit, **filters))
        show({"runs": found}, as_json=as_json, text=lambda: runs.describe(found))
        return 0

    guarded(work)


@runs_app.command("show")
def runs_show(
    context: typer.Context, run_id: str, data: Data = None, *, as_json: Json = False
) -> None:
    """One run with everything that is known of it."""

    def work() -> int:
        found = _asked(context, data, lambda admin: runs.read_one(admin, run_id))
        show(found, as_json=as_json, text=lambda: runs.describe_one(found))
        return 0

    guarded(work)


@runs_app.command("revert")
def runs_revert(
    context: typer.Context,
    run_id: Annotated[
        str, typer.Argument(metavar="RUN", help="A run of consolidate, promote or reflect.")
    ],
    data: Data = None,
    *,
    again: Annotated[bool, typer.Option("--again", help="Let the pass look anew.")] = False,
    as_json: Json = False,
) -> None:
    """Undo a whole run; what people or other runs did since is kept, and told."""

    def work() -> int:
        done = _asked(context, data, lambda admin: runs.revert(admin, run_id, again=again))
        show(done, as_json=as_json, text=lambda: runs.describe_revert(done))
        return 0

    guarded(work)
