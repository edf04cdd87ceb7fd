"""`nrem agents`: the ids of agents over the admin listener."""

from typing import Any

from nrem.command.server import Server


def rename(admin: Server, old: str, new: str) -> dict[str, Any]:
    """Give an agent another id and answer both."""
    return dict(admin.ask("POST", "/v1/admin/agents:rename", json={"old": old, "new": new}))


def describe(done: dict[str, Any]) -> str:
    """What was done, as a line."""
    return f"{done['old']} is called {done['new']} now"
