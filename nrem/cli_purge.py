"""`nrem purge`: erasures, as operators ask for them."""

from dataclasses import dataclass
from typing import Annotated, Any, NoReturn

import typer

from nrem.cli_frame import Data, Json, guarded, progress, settings_for, show
from nrem.command import purge, purge_replay, system
from nrem.command.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What one call is about: something to erase, or an erasure there is."""

    kind: str | None = None
    ref: str | None = None
    confirm: str | None = None
    preview_hash: str | None = None
    cancel: str | None = None
    waits: bool = False


def purge_command(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    user: Annotated[str | None, typer.Option(help="Erase a user, by the callers' id.")] = None,
    agent: Annotated[str | None, typer.Option(help="Erase an agent.")] = None,
    session: Annotated[str | None, typer.Option(help="Erase a session.")] = None,
    memory: Annotated[str | None, typer.Option(help="Erase a memory and its sources.")] = None,
    confirm: Annotated[str | None, typer.Option(help="Say yes to an erasure's preview.")] = None,
    preview_hash: Annotated[
        str | None, typer.Option("--hash", help="The preview that is meant.")
    ] = None,
    cancel: Annotated[str | None, typer.Option(help="End an erasure in time.")] = None,
    *,
    data: Data = None,
    org: Annotated[bool, typer.Option("--org", help="Erase all of the org.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Until it is certified.")] = False,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="Do again what a restored database does not know of."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Ask for an erasure and show what would go; confirm it; or cancel it."""
    if replay:
        _replay(context, data, as_json=as_json)
    named = {"user": user, "agent": agent, "session": session, "memory": memory}
    given: list[tuple[str, str | None]] = [
        (kind, ref) for kind, ref in named.items() if ref is not None
    ]
    given += [("org", None)] if org else []
    if len(given) + (confirm is not None) + (cancel is not None) != 1:
        raise typer.BadParameter("name one thing to erase, or --confirm, or --cancel")
    if (confirm is None) != (preview_hash is None):
        raise typer.BadParameter("--confirm and --hash belong together")
    kind, ref = given[0] if given else (None, None)
    target = _Target(
        kind=kind, ref=ref, confirm=confirm, preview_hash=preview_hash, cancel=cancel, waits=wait
    )

    def work() -> int:
        with system.opened(settings_for(context, data), progress) as running:
            found = _do(running, target)
        show(found, as_json=as_json, text=lambda: purge.describe(found))
        return 1 if found["state"] == "failed" else 0

    guarded(work)


def _replay(context: typer.Context, data: Data, *, as_json: bool) -> NoReturn:
    def work() -> int:
        found = purge_replay.run(settings_for(context, data), progress)
        show(found, as_json=as_json, text=lambda: purge_replay.describe(found))
        return 0

    guarded(work)


def _do(running: System, target: _Target) -> dict[str, Any]:
    if target.cancel is not None:
        return purge.cancel(running.admin, target.cancel)
    if target.confirm is not None:
        return purge.confirm(
            running,
            target.confirm,
            target.preview_hash or "",
            waits=target.waits,
            progress=progress,
        )
    return purge.ask(running, target.kind or "", target.ref)
