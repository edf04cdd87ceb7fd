"""The `nrem` program. Without a command: the main job, then serving until Ctrl-C.

With `--json` a command prints progress to stderr and exactly one JSON object to stdout. It exits
with 0 when what it reports holds, 1 when it does not, 2 on wrong usage or settings.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from nrem import __version__
from nrem.cli_agent import agent_app
from nrem.cli_audit import audit_app
from nrem.cli_bench import bench_app
from nrem.cli_doctor import doctor_app
from nrem.cli_export import export_command
from nrem.cli_frame import (
    Data,
    Json,
    guarded,
    progress,
    say,
    settings_for,
    settings_of,
    show,
)
from nrem.cli_fuzz import fuzz
from nrem.cli_hold import hold_app
from nrem.cli_import import import_app
from nrem.cli_keys import keys_app, orgs_app
from nrem.cli_policy import policy_app
from nrem.cli_preview import preview_app
from nrem.cli_promotion import promote_explain
from nrem.cli_purge import purge_command
from nrem.cli_receipt import receipt_app
from nrem.cli_schedule import runs_app, schedule_app
from nrem.command import duty, evaluate, load, main_job, parked, status, system
from nrem.config import Settings

app = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False)
parked_app = typer.Typer(help="Work that was set aside: list it, look at it, replay or drop it.")
app.add_typer(parked_app, name="parked")
app.add_typer(keys_app, name="keys")
app.add_typer(orgs_app, name="orgs")
eval_app = typer.Typer(help="Measures of quality, on real conversations.")
app.add_typer(eval_app, name="eval")
app.add_typer(schedule_app, name="schedule")
app.add_typer(runs_app, name="runs")
app.add_typer(bench_app, name="bench")
app.add_typer(doctor_app, name="doctor")
app.add_typer(policy_app, name="policy")
app.add_typer(hold_app, name="hold")
app.add_typer(import_app, name="import")
app.command("fuzz")(fuzz)
app.add_typer(audit_app, name="audit")
app.add_typer(agent_app, name="agents")
app.command("export")(export_command)
app.command("purge")(purge_command)
app.command("promote-explain")(promote_explain)
app.command("purge")(purge_command)
app.add_typer(preview_app, name="preview")
app.add_typer(receipt_app, name="receipt")

Files = Annotated[list[Path], typer.Argument(help="Conversations: LoCoMo samples or own files.")]


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    data: Data = None,
    port: Annotated[int, typer.Option(help="Public port; 0 = any free one.")] = 8000,
    admin_port: Annotated[int, typer.Option(help="Admin port; 0 = any free one.")] = 8001,
    *,
    exit_after: Annotated[
        bool, typer.Option("--exit", help="End after the main job instead of serving.")
    ] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Turn a sample conversation into memory, show it, and serve until Ctrl-C."""
    if version:
        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is not None:
        context.obj = data
        return

    def work() -> int:
        settings = settings_of(data, api_port=port, admin_port=admin_port)
        return _main_job(settings, exit_after=exit_after)

    guarded(work)


def _main_job(settings: Settings, *, exit_after: bool) -> int:
    with system.started(settings, progress) as running:
        main_job.run(running.server, running.admin, progress, say)
        main_job.introduce(running, say)
        if not exit_after and running.own is not None:
            running.own.wait()
    return 0


@app.command("load")
def load_command(
    context: typer.Context, files: Files, data: Data = None, *, as_json: Json = False
) -> None:
    """Feed conversations through HTTP and wait until they are consolidated and observed."""

    def work() -> int:
        with system.opened(settings_for(context, data), progress) as running:
            done = load.load(running.server, files, progress)
        show(asdict(done), as_json=as_json, text=lambda: load.describe(done))
        return 1 if done.errors else 0

    guarded(work)


@app.command("recall")
def recall_command(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="What to remember.")],
    agent: Annotated[str | None, typer.Option(help="One agent; default: all of them.")] = None,
    user: Annotated[str | None, typer.Option(help="Only what is about this user.")] = None,
    top_k: Annotated[int, typer.Option(min=1, max=1000)] = 5,
    graph_depth: Annotated[int, typer.Option(min=0, max=5, help="Edges to follow.")] = 1,
    data: Data = None,
    *,
    as_json: Json = False,
) -> None:
    """Ask the memories of an agent, or of all agents."""

    def work() -> int:
        with system.opened(settings_for(context, data), progress) as running:
            asked = {"query": query, "top_k": top_k, "graph_depth": graph_depth}
            results = main_job.ask(running.server, asked, agent=agent, user=user)
        show({"results": results}, as_json=as_json, text=lambda: main_job.describe_results(results))
        return 0 if results else 1

    guarded(work)


@app.command("status")
def status_command(context: typer.Context, data: Data = None, *, as_json: Json = False) -> None:
    """Which processes live, what waits, and how old the oldest of it is."""

    def work() -> int:
        with system.opened(settings_for(context, data), progress) as running:
            found = status.read(settings_for(context, data), running)
        show(found, as_json=as_json, text=lambda: status.describe(found))
        return 0

    guarded(work)


@app.command("pass")
def pass_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The pass: score, embed, consolidate, decay …")],
    org: Annotated[int | None, typer.Option(help="Only this org.")] = None,
    now: Annotated[str | None, typer.Option(help="The instant to work at, ISO 8601.")] = None,
    data: Data = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Until nothing is due, then end.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Run one pass in the foreground; suits a system cron."""
    if not once and not dry_run:
        raise typer.BadParameter("say --once (or --dry-run): a pass is no server")

    def work() -> int:
        settings = settings_for(context, data)
        with system.opened(settings, progress):
            return duty.run(settings, name, org=org, now=now, dry_run=dry_run, as_json=as_json)

    guarded(work)


@parked_app.command("list")
def parked_list(context: typer.Context, data: Data = None, *, as_json: Json = False) -> None:
    """What is set aside, oldest first."""

    def work() -> int:
        settings = settings_for(context, data)
        with system.opened(settings, progress):
            found = parked.read(settings)
        show({"parked": found}, as_json=as_json, text=lambda: parked.describe(found))
        return 0

    guarded(work)


@parked_app.command("show")
def parked_show(
    context: typer.Context, parked_id: str, data: Data = None, *, as_json: Json = False
) -> None:
    """One parked piece of work: its pass, its item, why and when."""

    def work() -> int:
        settings = settings_for(context, data)
        with system.opened(settings, progress):
            found = parked.read(settings, parked_id)
        show(found[0], as_json=as_json, text=lambda: parked.describe(found))
        return 0

    guarded(work)


@parked_app.command("replay")
def parked_replay(context: typer.Context, parked_id: str, data: Data = None) -> None:
    """Give parked work another chance."""
    _resolve(context, parked_id, data, parked.replay)


@parked_app.command("drop")
def parked_drop(context: typer.Context, parked_id: str, data: Data = None) -> None:
    """Give parked work up for good."""
    _resolve(context, parked_id, data, parked.drop)


def _resolve(
    context: typer.Context,
    parked_id: str,
    data: Path | None,
    resolve: Callable[[Settings, str], None],
) -> None:
    def work() -> int:
        settings = settings_for(context, data)
        with system.opened(settings, progress):
            resolve(settings, parked_id)
        return 0

    guarded(work)


@eval_app.command("locomo")
def eval_locomo(
    context: typer.Context, files: Files, data: Data = None, *, as_json: Json = False
) -> None:
    """Ask the questions of LoCoMo files and compare recall with plain search over the turns."""

    def work() -> int:
        settings = settings_for(context, data)
        with system.opened(settings, progress) as running:
            found = evaluate.run(settings, running, files, progress)
        show(found, as_json=as_json, text=lambda: evaluate.describe(found))
        return 0 if evaluate.holds(found) else 1

    guarded(work)


if __name__ == "__main__":
    app()
