"""`nrem preview`: what a pass would do, looked at and approved; over the admin listener."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from nrem.clock import monotonic, sleep
from nrem.command.server import AnswerError, Server
from nrem.errors import ConfigError, NremError
from nrem.wire.preview import ChangeLine, describe_changes

_PATH: Final = "/v1/admin/previews"
# The pass, the agent, the user or the preview was named wrongly.
_USAGE: Final = frozenset((404, 422))
_PATIENCE_SECONDS: Final = 300.0
_PAUSE_SECONDS: Final = 0.5


def ask(
    admin: Server,
    name: str,
    *,
    agent: str | None,
    user: str | None,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """What a pass would do; waits until it is told.

    Raises: ConfigError when there is no such pass, agent or user.
    """
    given = {"agent_id": agent, "user_id": user}
    wanted = {name: value for name, value in given.items() if value is not None}
    path = f"/v1/admin/passes/{quote(name, safe='')}:preview"
    return _settled(admin, _send(admin, "POST", path, wanted), "asked", progress)


def show(admin: Server, preview_id: str) -> dict[str, Any]:
    """A preview as it stands.

    Raises: ConfigError when there is none.
    """
    return _send(admin, "GET", f"{_PATH}/{quote(preview_id, safe='')}")


def approve(admin: Server, preview_id: str, *, progress: Callable[[str], None]) -> dict[str, Any]:
    """Have what a preview shows be done; waits until it is.

    Raises: ConfigError when there is none; AnswerError when it cannot be done any more.
    """
    path = f"{_PATH}/{quote(preview_id, safe='')}:approve"
    found = _settled(admin, _send(admin, "POST", path), "approved", progress)
    if found["state"] != "applied":
        # It took so long that only looking it up told: the refusal says what to do.
        return _send(admin, "POST", path)
    return found


def _settled(
    admin: Server, found: dict[str, Any], waiting: str, progress: Callable[[str], None]
) -> dict[str, Any]:
    ends = monotonic() + _PATIENCE_SECONDS
    while found["state"] == waiting:
        if monotonic() > ends:
            raise NremError(
                f"no worker answers; look later: nrem preview show {found['preview_id']}"
            )
        progress(f"{found['preview_id']} is {waiting}; waiting for a worker")
        sleep(_PAUSE_SECONDS)
        found = show(admin, found["preview_id"])
    return found


def _send(admin: Server, method: str, path: str, json: object = None) -> dict[str, Any]:
    try:
        found: dict[str, Any] = admin.ask(method, path, json=json)
    except AnswerError as error:
        if error.status in _USAGE:
            raise ConfigError(str(error)) from None
        raise
    return found


def describe(found: dict[str, Any]) -> str:
    """A preview for a person: its state, its diff, and what to do next."""
    reason = f" ({found['reason']})" if found["reason"] else ""
    first = (
        f"{found['preview_id']}  {found['pass']}: {found['state']}{reason}, {found['read']} read"
    )
    lines = [first, *describe_changes(ChangeLine(**one) for one in found["changes"])]
    if found["run_ids"]:
        lines.append(f"  runs: {', '.join(found['run_ids'])}")
    if found["state"] == "ready":
        lines.append(
            f"nothing is done yet; until {found['expires_at']}: "
            f"nrem preview approve {found['preview_id']}"
        )
    return "\n".join(lines)
