"""`nrem purge`: erasures over the admin listener; what one key asks for, the other one confirms."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from nrem.clock import monotonic, sleep
from nrem.command.server import AnswerError, Server
from nrem.command.system import System
from nrem.errors import NremError

_PATH: Final = "/v1/admin/erasures"
_PAUSE_SECONDS: Final = 0.2
# A preview looks through a whole org; a rewrite of large tables takes longer.
_PREVIEW_SECONDS: Final = 120.0
_WHOLE_SECONDS: Final = 3_600.0
_ENDED: Final = ("certified", "cancelled", "failed")


class PurgeError(NremError):
    """The erasure did not come so far."""


def ask(running: System, kind: str, ref: str | None) -> dict[str, Any]:
    """Ask for an erasure, wait for its preview and answer that; nothing is deleted yet."""
    body = {"kind": kind, **({} if ref is None else {"ref": ref})}
    made = running.admin.ask("POST", _PATH, json=body)
    return preview(running.admin, made["erasure_id"])


def preview(admin: Server, erasure_id: str) -> dict[str, Any]:
    """What would go; waits until that is known."""
    ends = monotonic() + _PREVIEW_SECONDS
    while True:
        try:
            return dict(admin.ask("GET", f"{_PATH}/{erasure_id}/preview"))
        except AnswerError as error:
            if error.body.get("error") != "not_previewed" or monotonic() > ends:
                raise
        sleep(_PAUSE_SECONDS)


def confirm(
    running: System,
    erasure_id: str,
    preview_hash: str,
    *,
    waits: bool,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """Say yes to a preview with the key `purge`, and wait for the end if that is wanted."""
    with Server(running.endpoints.admin, running.keys.purge) as purger:
        path = f"{_PATH}/{erasure_id}:confirm"
        its = dict(purger.ask("POST", path, json={"preview_hash": preview_hash}))
    return wait(running.admin, erasure_id, progress) if waits else its


def wait(admin: Server, erasure_id: str, progress: Callable[[str], None]) -> dict[str, Any]:
    """Follow an erasure to its end.

    Raises: PurgeError when it takes too long, or is to be confirmed anew.
    """
    ends, told = monotonic() + _WHOLE_SECONDS, ""
    while True:
        its = find(admin, erasure_id)
        if its["state"] != told:
            told = its["state"]
            progress(f"{erasure_id} is {told}")
        if told in _ENDED:
            return its
        if told == "previewed":
            raise PurgeError("more was found than was confirmed: read the preview and confirm it")
        if monotonic() > ends:
            raise PurgeError(f"{erasure_id} is {told} and takes too long; see `nrem status`")
        sleep(_PAUSE_SECONDS)


def find(admin: Server, erasure_id: str) -> dict[str, Any]:
    """How far an erasure has come."""
    return dict(admin.ask("GET", f"{_PATH}/{erasure_id}"))


def cancel(admin: Server, erasure_id: str) -> dict[str, Any]:
    """End an erasure of which nothing is destroyed yet."""
    return dict(admin.ask("POST", f"{_PATH}/{erasure_id}:cancel"))


def describe(its: Mapping[str, Any]) -> str:
    """A preview, or how far it has come, as lines for a person."""
    first = f"{its['erasure_id']} is {its['state']}"
    if "preview_hash" not in its:
        notes = [its[name] for name in ("warning", "error") if its.get(name)]
        rows = sum(its["deleted"].values())
        return "; ".join([first, f"{rows} rows deleted, due by {its['due_by']}", *notes])
    tables = [f"  {rows:>8}  {name}" for name, rows in sorted(its["tables"].items())]
    return "\n".join(
        [
            f"{first}; this would go:",
            *tables,
            (
                f"of others: {its['derived']} memories deleted, {its['mixed']} deleted and "
                f"{its['remade']} of these made anew; {sum(its['mentions'].values())} rows name it"
            ),
            (
                f"with the other key: nrem purge --confirm {its['erasure_id']} "
                f"--hash {its['preview_hash']} --wait"
            ),
        ]
    )
