"""`nrem hold`: legal holds over the admin listener."""

from collections.abc import Mapping
from typing import Any, Final

from nrem.command.server import Server

_PATH: Final = "/v1/admin/holds"


def place(admin: Server, kind: str, ref: str | None, reference: str) -> dict[str, Any]:
    """Place a hold and answer it."""
    body = {"kind": kind, "ref": ref, "reference": reference}
    return dict(admin.ask("POST", _PATH, json=body))


def find(admin: Server, *, is_standing: bool) -> dict[str, Any]:
    """Every hold of the org, or those that stand."""
    found: list[dict[str, Any]] = []
    params = {"limit": "1000", **({"standing": "true"} if is_standing else {})}
    while True:
        page = admin.ask("GET", _PATH, params=params)
        found += page["holds"]
        if page["next_cursor"] is None:
            return {"holds": found}
        params["cursor"] = page["next_cursor"]


def lift(admin: Server, hold_id: str) -> dict[str, Any]:
    """Lift a hold and answer it."""
    return dict(admin.ask("POST", f"{_PATH}/{hold_id}:lift"))


def describe(one: Mapping[str, Any]) -> str:
    """A hold as a line."""
    what = f"{one['kind']} {one['ref']}" if one["ref"] else "the whole org"
    ended = f", lifted {one['lifted_at']}" if one["lifted_at"] else ""
    return f"{one['id']}  {what}: {one['reference']}, since {one['placed_at']}{ended}"


def describe_all(found: Mapping[str, Any]) -> str:
    """Holds as lines."""
    return "\n".join(describe(one) for one in found["holds"]) or "there is no hold"
