"""`nrem schedule`: when each pass ticks, and how its last run went; over the admin listener."""

from typing import Any, Final
from urllib.parse import quote

from nrem.command.server import AnswerError, Server
from nrem.errors import ConfigError

_PATH: Final = "/v1/admin/schedules"
_NEVER: Final = "-"
# The pass, the expression or the zone was named wrongly.
_USAGE: Final = frozenset((404, 422))


def read(admin: Server) -> dict[str, Any]:
    """Every schedule, and the policy version that says so."""
    return _ask(admin, "GET", _PATH)


def plan(admin: Server, name: str, cron: str, timezone: str | None) -> dict[str, Any]:
    """Set a pass's schedule; answers it as it is now.

    Raises: ConfigError when there is no such pass, or expression or zone are wrong.
    """
    wanted = {"cron": cron} | ({"timezone": timezone} if timezone else {})
    return _ask(admin, "PUT", f"{_PATH}/{quote(name, safe='')}", json=wanted)


def rest(admin: Server, name: str, *, paused: bool) -> dict[str, Any]:
    """Pause a pass, or resume it; answers its schedule as it is now.

    Raises: ConfigError when there is no such pass.
    """
    verb = "pause" if paused else "resume"
    return _ask(admin, "POST", f"{_PATH}/{quote(name, safe='')}:{verb}")


def run_now(admin: Server, name: str) -> dict[str, Any]:
    """Ask for a run; answers the cause that its row will have.

    Raises: ConfigError when there is no such pass.
    """
    return _ask(admin, "POST", f"/v1/admin/passes/{quote(name, safe='')}:run")


def _ask(admin: Server, method: str, path: str, json: object = None) -> dict[str, Any]:
    try:
        found: dict[str, Any] = admin.ask(method, path, json=json)
    except AnswerError as error:
        if error.status in _USAGE:
            raise ConfigError(str(error)) from None
        raise
    return found


def describe(schedules: list[dict[str, Any]]) -> str:
    """Schedules as a table for a person."""
    head = ("pass", "cron", "time zone", "next", "last", "outcome")
    rows = [head, *(_cells(one) for one in schedules)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    reason = f" ({one['last_reason']})" if one["last_reason"] else ""
    return (
        one["pass"],
        one["cron"],
        one["timezone"],
        "paused" if one["paused"] else one["next_at"] or _NEVER,
        one["last_at"] or _NEVER,
        f"{one['last_outcome']}{reason}" if one["last_outcome"] else _NEVER,
    )


def describe_request(asked: dict[str, Any]) -> str:
    """What was asked for, and how to see what came of it."""
    return (
        f"{asked['pass']} is due; its run has the cause {asked['cause']}: "
        f"see `nrem runs list --cause {asked['cause']}`"
    )
