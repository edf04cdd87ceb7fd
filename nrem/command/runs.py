"""`nrem runs`: what executions of passes read, proposed and changed; over the admin listener."""

from typing import Any
from urllib.parse import quote

from nrem.command.server import Server


def read(admin: Server, *, limit: int, **filters: str | None) -> list[dict[str, Any]]:
    """The newest runs that fit the filters given: pass, outcome, cause."""
    params = {name: value for name, value in filters.items() if value is not None}
    page = admin.ask("GET", "/v1/admin/runs", params={**params, "limit": str(limit)})
    return list(page["runs"])


def read_one(admin: Server, run_id: str) -> dict[str, Any]:
    """One run.

    Raises: AnswerError when there is none.
    """
    found: dict[str, Any] = admin.ask("GET", f"/v1/admin/runs/{quote(run_id, safe='')}")
    return found


def describe(found: list[dict[str, Any]]) -> str:
    """Runs as lines for a person."""
    return "\n".join(_line(one) for one in found) if found else "no runs"


def _line(one: dict[str, Any]) -> str:
    reason = f" ({one['reason']})" if one["reason"] else ""
    took = f", {one['duration_ms']:.0f} ms" if one["duration_ms"] is not None else ""
    return (
        f"{one['id']}  {one['started_at']}  {one['pass']}: {one['outcome']}{reason}, "
        f"{one['read']} read, {one['changed']} changed{took}, by {one['cause']}"
    )


def describe_one(one: dict[str, Any]) -> str:
    """One run, a line for each of its fields."""
    return "\n".join(f"{name:<12} {value}" for name, value in one.items() if value is not None)
